using System.Globalization;
using System.Reflection;

namespace FactCheck.AcceptanceTests;

/// <summary>
/// The embedded host as a process, with the worker's process below it: <c>factcheck serve</c>, <c>demo</c> or <c>host
/// run</c>.
/// </summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private const string CodeMark = "#code=";

    private readonly Subprocess _process;
    private readonly string _data;
    private readonly bool _hasWorker; // what stands in the folder may be another host's

    private HostProcess(
        Uri address,
        string data,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        string? limit = null,
        bool isVerb = false
    )
    {
        (Address, _data, _hasWorker) = (address, data, !isVerb);
        string[] command =
        [
            Subprocess.Dotnet,
            CommandLine.Path,
            .. arguments,
            "--data",
            data,
            "--urls",
            address.GetLeftPart(UriPartial.Authority),
        ];
        // What a shell's ulimit takes away, it and all it starts are without.
        _process = limit is null
            ? Subprocess.Start(command[0], command[1..], Clean(environment))
            : Subprocess.Start(
                "sh",
                ["-c", $"trap '' XFSZ; ulimit {limit} && exec \"$@\"", "sh", .. command],
                Clean(environment)
            );
    }

    /// <summary>The foreign app that is built with these tests: its output folder.</summary>
    public static string SampleApp { get; } =
        typeof(HostProcess)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "SampleApp")
            .Value!;

    public Uri Address { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything it has written so far, errors included.</summary>
    public string Output => _process.Said;

    /// <summary>From the start of its process until it was found to serve.</summary>
    public TimeSpan StartTook { get; private set; }

    /// <summary>The worker's process; null while there is none.</summary>
    public int? WorkerId
    {
        get
        {
            try
            {
                return
                    File.ReadAllText(Path.Combine(_data, "worker.pid")).Split(' ') is [var id, _]
                    && int.TryParse(id, CultureInfo.InvariantCulture, out var worker)
                    ? worker
                    : null;
            }
            catch (IOException)
            {
                return null; // none is there, or it is being written
            }
        }
    }

    /// <summary>Starts the desk and waits until it is ready, or at least serves.</summary>
    /// <param name="address">Any when null.</param>
    /// <param name="untilReady">Whether all it needs must be there.</param>
    /// <param name="limit">Options of <c>ulimit</c>.</param>
    public static Task<HostProcess> ServeAsync(
        DataFolder data,
        Uri? address = null,
        IReadOnlyDictionary<string, string>? environment = null,
        bool untilReady = true,
        string? limit = null
    ) => ServeAsync(data.Path, address, environment, untilReady, limit);

    public static async Task<HostProcess> ServeAsync(
        string data,
        Uri? address = null,
        IReadOnlyDictionary<string, string>? environment = null,
        bool untilReady = true,
        string? limit = null
    )
    {
        var host = new HostProcess(address ?? LocalServer.FreeAddress(), data, ["serve"], environment, limit);
        return await host.OnceItAnswersAsync(untilReady ? "health/ready" : "health/live");
    }

    /// <summary>Starts a verb and leaves it running.</summary>
    public static HostProcess Start(DataFolder data, params IReadOnlyList<string> arguments) =>
        new(LocalServer.FreeAddress(), data.Path, arguments, null);

    /// <summary>Starts an app of somebody else and waits until it answers.</summary>
    /// <param name="app">The app's output folder; the sample's when null.</param>
    /// <param name="address">Any when null.</param>
    public static async Task<HostProcess> RunAppAsync(
        DataFolder data,
        string? app = null,
        Uri? address = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var host = new HostProcess(
            address ?? LocalServer.FreeAddress(),
            data.Path,
            ["host", "run", app ?? SampleApp],
            environment
        );
        return await host.OnceItAnswersAsync("runtime/health");
    }

    /// <summary>Starts a backend for plain workers and waits until it answers.</summary>
    /// <param name="address">Any when null.</param>
    public static async Task<HostProcess> RunDurableAsync(DataFolder data, Uri? address = null)
    {
        var host = new HostProcess(
            address ?? LocalServer.FreeAddress(),
            data.Path,
            ["host", "run", "--durable-only"],
            null
        );
        return await host.OnceItAnswersAsync("runtime/health");
    }

    /// <summary>Runs a verb to its end.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(
        DataFolder data,
        params IReadOnlyList<string> arguments
    ) => RunAsync(data.Path, LocalServer.FreeAddress(), Limits.Verb, arguments);

    public static async Task<(int ExitCode, string Output)> RunAsync(
        string data,
        Uri address,
        TimeSpan limit,
        params IReadOnlyList<string> arguments
    )
    {
        await using var process = new HostProcess(address, data, arguments, null, isVerb: true);
        var ran = await process._process.EndAsync(limit);
        return (ran.ExitCode, process.Output);
    }

    /// <summary>Signs somebody in, as a person would: a code from the command line, traded for a token.</summary>
    public async Task<Caller> SignInAsync(string name, string role) =>
        await Caller.SignInAsync(Address, CodeIn((await MakeLinkAsync(name, role)).ToString()), () => Output);

    /// <summary>The link that <c>sign-in NAME ROLE</c> prints.</summary>
    public async Task<Uri> MakeLinkAsync(string name, string role)
    {
        var (exitCode, output) = await RunAsync(_data, Address, Limits.Verb, "sign-in", name, role);
        Assert.True(exitCode == 0, output);
        return new(
            output
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Single(word => word.Contains(CodeMark, StringComparison.Ordinal))
        );
    }

    /// <summary>The code of the first sign-in link in an output.</summary>
    public static string CodeIn(string output)
    {
        var start = output.IndexOf(CodeMark, StringComparison.Ordinal);
        Assert.True(start >= 0, output);
        return new([.. output[(start + CodeMark.Length)..].TakeWhile(char.IsAsciiHexDigit)]);
    }

    /// <summary>Waits until the output holds some words.</summary>
    public Task UntilItSaysAsync(string words, TimeSpan limit) => _process.UntilItSaysAsync(words, limit);

    /// <summary>Ends the host as a loss of power would: SIGKILL. Its worker is left alone.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Ends the worker so; true when there was one.</summary>
    public async Task<bool> KillWorkerAsync()
    {
        if (WorkerId is not { } worker || !Subprocess.IsRunning(worker))
            return false;
        await Subprocess.SignalAsync(worker, "KILL");
        return true;
    }

    /// <summary>Asks it to end (SIGTERM); its exit code.</summary>
    public async Task<int> StopAsync() => (await _process.StopAsync()).ExitCode;

    /// <summary>Waits for its end; its exit code.</summary>
    public async Task<int> EndAsync(TimeSpan limit) => (await _process.EndAsync(limit)).ExitCode;

    private async Task<HostProcess> OnceItAnswersAsync(string health)
    {
        try
        {
            await UntilAsync(health);
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it answers at a path with 200.</summary>
    public async Task UntilAsync(string health)
    {
        await new Caller(Address).UntilOkAsync(health, _process, Limits.Start);
        StartTook = _process.Age;
    }

    /// <summary>For a host that has ended: what it left behind, a worker above all, is left to the next one.</summary>
    public ValueTask LetGoAsync() => _process.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        var worker = _hasWorker ? WorkerId : null;
        await _process.DisposeAsync();
        // One whose host was killed is nobody's child.
        if (worker is { } left && Subprocess.IsRunning(left) && IsDotnet(left))
            await Subprocess.SignalAsync(left, "KILL");
    }

    // A number that was given to another process since is not the worker's.
    private static bool IsDotnet(int process)
    {
        try
        {
            return !OperatingSystem.IsLinux()
                || File.ReadAllText($"/proc/{process}/cmdline").Contains("--functions-uri", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // it has ended
        }
    }

    // What is set on this machine for something else must not reach the host under test.
    public static Dictionary<string, string?> Clean(IReadOnlyDictionary<string, string>? given)
    {
        var environment = Environment
            .GetEnvironmentVariables()
            .Keys.Cast<string>()
            .Where(IsSetting)
            .ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);
        foreach (var (name, value) in given ?? new Dictionary<string, string>(StringComparer.Ordinal))
            environment[name] = value;
        return environment;
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("FactCheck", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("AzureWebJobs", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Language__", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Logging__", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("OTEL_", StringComparison.Ordinal)
        || name.StartsWith("FUNCTIONS_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("WEBSITE_", StringComparison.OrdinalIgnoreCase)
        // with the last Azure's host takes the machine for one of Azure's
        || name is "URLS" or "DOTNET_URLS" or "DOTNET_ENVIRONMENT" or "ReverifySchedule" or "CONTAINER_NAME";
}
