using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Xunit;

namespace FactCheck.AcceptanceTests;

/// <summary>The built app as a process of its own.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    // Below the ports that the system gives to outgoing connections, so that none of them takes one in between.
    private const int FirstPort = 20_000;
    private const int LastPort = 30_000;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();

    private HostProcess(Uri address, string data, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        Address = address;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (IEnumerable<string>)[AppPath, .. arguments, "--data", data, "--urls", address.GetLeftPart(UriPartial.Authority)]) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    public Uri Address { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything it has written so far, errors included.</summary>
    public string Output
    {
        get
        {
            lock (_gate) return _output.ToString();
        }
    }

    private static string AppPath => typeof(HostProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "App").Value!;

    /// <summary>An address on this machine that nobody listens on.</summary>
    public static Uri FreeAddress()
    {
        while (true)
        {
            var port = Random.Shared.Next(FirstPort, LastPort);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return new($"http://127.0.0.1:{port}/");
            }
            catch (SocketException)
            {
                // Somebody has it: try another.
            }
        }
    }

    /// <summary>Starts a host and waits until it is ready, or at least serves.</summary>
    public static async Task<HostProcess> ServeAsync(DataFolder data, Uri? address = null, IReadOnlyDictionary<string, string>? environment = null, bool untilReady = true)
    {
        var host = new HostProcess(address ?? FreeAddress(), data.Path, [], environment);
        try
        {
            await host.UntilAsync(untilReady ? "health/ready" : "health/live");
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a verb and leaves it running.</summary>
    public static HostProcess Start(DataFolder data, params IReadOnlyList<string> arguments) => new(FreeAddress(), data.Path, arguments, null);

    /// <summary>Runs a verb, or a host that is not expected to stay, to its end.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(DataFolder data, params IReadOnlyList<string> arguments) => RunAsync(data.Path, FreeAddress(), Limits.Verb, arguments);

    public static async Task<(int ExitCode, string Output)> RunAsync(string data, Uri address, TimeSpan limit, params IReadOnlyList<string> arguments)
    {
        await using var process = new HostProcess(address, data, arguments, null);
        return (await process.UntilExitAsync(limit), process.Output);
    }

    /// <summary>Signs somebody in, as a person would: a code from the command line, traded for a token.</summary>
    public async Task<Caller> SignInAsync(DataFolder data, string name, string role)
    {
        var code = await MakeCodeAsync(data, name, role);
        var answer = await new Caller(Address).PostAsync("api/token", new { code });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return new(Address, answer.Json.Text("token"));
    }

    /// <summary>The one-time code of a sign-in link.</summary>
    public async Task<string> MakeCodeAsync(DataFolder data, string name, string role)
    {
        var (exitCode, output) = await RunAsync(data.Path, Address, Limits.Verb, "sign-in", name, role);
        Assert.True(exitCode == 0, output);
        return CodeIn(output);
    }

    /// <summary>The code of the first sign-in link in an output.</summary>
    public static string CodeIn(string output)
    {
        const string Mark = "#code=";
        var start = output.IndexOf(Mark, StringComparison.Ordinal);
        Assert.True(start >= 0, output);
        return new([.. output[(start + Mark.Length)..].TakeWhile(char.IsAsciiHexDigit)]);
    }

    /// <summary>Waits until the output holds some words.</summary>
    public async Task UntilItSaysAsync(string words, TimeSpan limit)
    {
        await Limits.UntilAsync(limit, Look, () => $"'{words}' in\n{Output}");

        Task<string?> Look()
        {
            if (Output.Contains(words, StringComparison.Ordinal)) return Task.FromResult<string?>(words);
            return HasExited ? throw new InvalidOperationException($"The host ended:\n{Output}") : Task.FromResult<string?>(null);
        }
    }

    /// <summary>Ends it as a loss of power would: SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await UntilExitAsync(Limits.Verb);
    }

    /// <summary>Asks it to end (SIGTERM); its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString()]);
        await kill.WaitForExitAsync();
        return await UntilExitAsync(Limits.Verb);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<int> UntilExitAsync(TimeSpan limit)
    {
        using var expired = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(expired.Token);
        }
        catch (OperationCanceledException expiry)
        {
            throw new TimeoutException($"The host did not end within {limit.TotalSeconds:0} s:\n{Output}", expiry);
        }

        return _process.ExitCode;
    }

    private async Task UntilAsync(string health)
    {
        var anybody = new Caller(Address);
        await Limits.UntilAsync(Limits.Start, async () =>
        {
            if (HasExited) throw new InvalidOperationException($"The host ended with {_process.ExitCode}:\n{Output}");
            try
            {
                return await anybody.GetAsync(health) is { Status: HttpStatusCode.OK } ready ? ready : null;
            }
            catch (HttpRequestException)
            {
                return null; // it does not listen yet
            }
        }, () => $"{health}\n{Output}");
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_gate) _output.AppendLine(line);
    }

    // What is set on this machine for something else must not reach the host under test.
    private static bool IsSetting(string name) =>
        name.StartsWith("FactCheck", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("AzureWebJobs", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Runtime__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Logging__", StringComparison.OrdinalIgnoreCase)
        || name is "URLS" or "DOTNET_URLS" or "DOTNET_ENVIRONMENT" or "ReverifySchedule";
}
