using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FactCheck.AcceptanceTests.Storage;
using FactCheck.Storage;
using Xunit;

[assembly: AssemblyFixture(typeof(Azurite))]

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>
/// Azure Storage's emulator as its users get it: started when the first test asks, on free ports of the loopback interface, with accounts and a
/// folder of its own that are gone afterwards. One serves all tests, but those that take it down. Needs Node.js and npm; without them the tests fail,
/// they are never skipped.
/// </summary>
public sealed partial class Azurite : IAsyncDisposable
{
    private const string FirstAccount = "factcheck";
    private const int MostAccounts = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Ends with its standard input, that is, with this process, even when this process is killed. Told to stop (SIGTERM), it cuts all connections,
    // where it would wait for the last client to hang up.
    private const string Script = """
        process.stdin.resume().on('end', () => process.exit());
        const http = require('http');
        const create = http.createServer;
        http.createServer = (...given) => {
          const server = create(...given);
          process.on('SIGTERM', () => setInterval(() => server.closeAllConnections(), 50).unref());
          return server;
        };
        process.on('SIGTERM', () => process.stdin.unref());
        require('azurite/dist/src/azurite.js');
        """;

    private readonly Lazy<Task> _started;
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private readonly string _data = Directory.CreateTempSubdirectory("factcheck-azurite-").FullName;
    private readonly ConcurrentDictionary<string, Uri> _addresses = new(StringComparer.Ordinal);
    private readonly StringBuilder _output = new();
    private Process? _process;
    private int _accounts;

    public Azurite() => _started = new(StartAsync);

    /// <summary>An account that several tests share; starts the emulator when it is not running yet.</summary>
    public Task<AzureStorageOptions> AccountAsync() => AccountAsync(FirstAccount);

    /// <summary>An account that nobody else has.</summary>
    public Task<AzureStorageOptions> NewAccountAsync()
    {
        var number = Interlocked.Increment(ref _accounts);
        return number < MostAccounts ? AccountAsync(NameOf(number)) : throw new InvalidOperationException($"The emulator has {MostAccounts} accounts; give it more.");
    }

    /// <summary>Takes it down until <see cref="StartAgainAsync"/>: nobody listens any more.</summary>
    public async Task StopAsync()
    {
        // It keeps what was written last in memory for five seconds, which the service does not: so it may save that, unlike with SIGKILL.
        using var kill = Process.Start("kill", ["-TERM", _process!.Id.ToString()]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Limits.Verb);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts it where it was, with what it had.</summary>
    public Task StartAgainAsync() => StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        Directory.Delete(_data, recursive: true);
    }

    private static string NameOf(int account) => account == 0 ? FirstAccount : $"{FirstAccount}{account}";

    private async Task<AzureStorageOptions> AccountAsync(string name)
    {
        await _started.Value;
        return new()
        {
            ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={name};AccountKey={_key};BlobEndpoint={_addresses["Blob"]}{name};TableEndpoint={_addresses["Table"]}{name};",
        };
    }

    private async Task StartAsync()
    {
        var folder = Repository.PathOf("tests", "azurite");
        await InstallAsync(folder);

        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var found = new HashSet<string>(StringComparer.Ordinal);
        _process = Start("node", folder, [
            "-e", Script, "--", "azurite", "--silent", "--disableTelemetry", "--location", _data,
            .. ((string[])["blob", "queue", "table"]).SelectMany(service => (string[])[$"--{service}Host", "127.0.0.1", $"--{service}Port", PortOf(service)]),
        ]);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"Azurite ended:\n{Output()}"));
        _process.OutputDataReceived += (_, line) =>
        {
            Keep(line.Data);
            if (line.Data is null || Listening().Match(line.Data) is not { Success: true } match) return;
            _addresses[match.Groups["service"].Value] = new(match.Groups["address"].Value);
            if (found.Add(match.Groups["service"].Value) && found.Count == 3) listening.TrySetResult();
        };
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            await listening.Task.WaitAsync(Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Azurite does not listen:\n{Output()}", e);
        }
    }

    // Any free one at first, the same again afterwards.
    private string PortOf(string service) => (_addresses.FirstOrDefault(a => a.Key.Equals(service, StringComparison.OrdinalIgnoreCase)).Value?.Port ?? 0).ToString();

    /// <summary>Installs what the lock file says, once, however many test processes ask at the same time.</summary>
    private async Task InstallAsync(string folder)
    {
        await using var turn = await TurnAsync(folder);
        // npm writes this file last.
        var installed = new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json"))) return;

        using var npm = Start(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", folder, ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        var said = await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0) throw new InvalidOperationException($"'npm ci' in {folder} failed:\n{string.Join('\n', said)}");
    }

    private static async Task<FileStream> TurnAsync(string folder)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16];
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new(Path.Combine(Path.GetTempPath(), $"factcheck-azurite-{name}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (since.Elapsed < Patience)
            {
                await Task.Delay(200);
            }
        }
    }

    private Process Start(string program, string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(0, MostAccounts).Select(account => $"{NameOf(account)}:{_key}"));
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                $"The storage tests need Node.js with npm on the PATH, for Azure Storage's emulator; '{program}' does not start.", e);
        }
    }

    private void Keep(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }

    private string Output()
    {
        lock (_output) return _output.ToString();
    }

    [GeneratedRegex(@"^Azurite (?<service>\w+) service is successfully listening at (?<address>http://\S+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();
}
