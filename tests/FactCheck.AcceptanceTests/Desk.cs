namespace FactCheck.AcceptanceTests;

/// <summary>A desk on the embedded host, in a data folder of its own.</summary>
internal sealed class Desk : HostedDesk
{
    private readonly IReadOnlyDictionary<string, string>? _environment;

    private Desk(DataFolder data, HostProcess host, IReadOnlyDictionary<string, string>? environment) =>
        (Data, Host, _environment) = (data, host, environment);

    public DataFolder Data { get; }

    public HostProcess Host { get; private set; }

    public override Uri Address => Host.Address;

    public override string Output => Host.Output;

    public override TimeSpan Start => Host.StartTook;

    public static async Task<Desk> OpenAsync(IReadOnlyDictionary<string, string>? environment = null)
    {
        var data = new DataFolder();
        return new(data, await HostProcess.ServeAsync(data, environment: environment), environment);
    }

    /// <summary>Starts a host that was ended.</summary>
    public async Task StartAgainAsync(bool untilReady)
    {
        var address = Host.Address;
        await Host.LetGoAsync();
        Host = await HostProcess.ServeAsync(Data, address, _environment, untilReady);
    }

    public override Task HandInAsync(string name, byte[] content)
    {
        Data.Drop(name, content);
        return Task.CompletedTask;
    }

    public override Task<Uri> MakeLinkAsync(string name, string role) => Host.MakeLinkAsync(name, role);

    public override Task<int> WorkerAsync() =>
        Task.FromResult(Host.WorkerId ?? throw new InvalidOperationException($"There is no worker.\n{Host.Output}"));

    public override Task KillAsync() => Host.KillAsync();

    public override Task StartAgainAsync() => StartAgainAsync(untilReady: true);

    /// <summary>No blob was given up.</summary>
    public async Task AssertNoPoisonAsync()
    {
        var listed = await new CommandLine(Host.Address, (await AsAsync("Oskar", "Operator")).Token).RunAsync(
            "runtime",
            "poison",
            "--json"
        );
        Assert.True(listed.ExitCode == 0, listed.Error);
        Assert.Empty(listed.Json.AsArray());
    }

    public override async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Data.Dispose();
    }

    protected override async Task<Answer> ManageAsync(string path) =>
        await (await AsAsync("Oskar", "Operator")).GetAsync(path);
}

/// <summary>One desk for all tests of a class; each works on articles of its own.</summary>
public sealed class SharedDesk : IAsyncLifetime
{
    private Desk? _desk;

    internal Desk Desk => _desk ?? throw new InvalidOperationException("The desk is not open.");

    public async ValueTask InitializeAsync() => _desk = await Desk.OpenAsync();

    public ValueTask DisposeAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;
}
