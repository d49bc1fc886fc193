namespace FactCheck.Host.Worker;

/// <summary>A supervisor's app, and its patience. The figures are those of Azure's host where it has them.</summary>
internal sealed record WorkerSettings
{
    public required string AppDirectory { get; init; }

    /// <summary>The host's gRPC address; known when it listens, before the first worker starts.</summary>
    public Uri HostEndpoint { get; set; } = new("http://127.0.0.1");

    /// <summary>Below it the durable client finds the management routes; ends in a slash. Known as late.</summary>
    public Uri PublicAddress { get; set; } = new("http://127.0.0.1/");

    public ClientKey ClientKey { get; } = new();

    /// <summary>The worker's settings; known as late.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; set; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long a function may run; null for no limit.</summary>
    public TimeSpan? FunctionTimeout { get; init; }

    /// <summary>Somebody looks into the worker: nothing that takes long counts as death.</summary>
    public bool IsDebugged { get; init; }

    /// <summary>The id of a worker that is started by hand; each gets one of its own when null.</summary>
    public string? WorkerId { get; init; }

    /// <summary>From the start of the process to its stream.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For the answer to the first request.</summary>
    public TimeSpan InitLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For listing and loading the functions.</summary>
    public TimeSpan LoadLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an invocation waits for a worker that is ready.</summary>
    public TimeSpan ReadyLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many invocations may wait for a worker; more are refused.</summary>
    public int MostWaiting { get; init; } = 10_000;

    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a cancelled invocation may go on before its worker is killed for it.</summary>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the worker is asked whether it lives.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how many such questions without an answer it is dead.</summary>
    public int MostMissedProbes { get; init; } = 4;

    public TimeSpan TerminateGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A worker that ends sooner, and answered nothing, died quickly.</summary>
    public TimeSpan ShortLife { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After how many quick deaths in a row the host gives up.</summary>
    public int MostQuickDeaths { get; init; } = 10;

    /// <summary>The pause before the next worker, after so many quick deaths.</summary>
    public Func<int, TimeSpan> Pause { get; init; } =
        static deaths => TimeSpan.FromSeconds(Math.Min(30, 0.1 * Math.Pow(2, deaths - 1)));
}
