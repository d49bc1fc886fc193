using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using FactCheck.AcceptanceTests.Storage;
using FactCheck.Storage.Azure;

[assembly: AssemblyFixture(typeof(Azurite))]

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>
/// Azure Storage's emulator as its users get it: started when the first test asks, on free ports of the loopback
/// interface, with accounts and a folder of its own that are gone afterwards. One serves all tests, but those that
/// take it down. Needs Node.js and npm; without them the tests fail, they are never skipped.
/// </summary>
public sealed partial class Azurite : IAsyncDisposable
{
    private const string FirstAccount = "factcheck";
    private const int MostAccounts = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Ends with its standard input, that is, with this process, even when this process is killed. Told to stop
    // (SIGTERM), it cuts all connections, where it would wait for the last client to hang up.
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
    private Subprocess? _process;
    private int _accounts;

    public Azurite() => _started = new(StartAsync);

    /// <summary>An account that several tests share; starts the emulator when it is not running yet.</summary>
    public Task<AzureStorageOptions> AccountAsync() => AccountAsync(FirstAccount);

    /// <summary>An account that nobody else has.</summary>
    public Task<AzureStorageOptions> NewAccountAsync()
    {
        var number = Interlocked.Increment(ref _accounts);
        return number < MostAccounts
            ? AccountAsync(NameOf(number))
            : throw new InvalidOperationException($"The emulator has {MostAccounts} accounts; give it more.");
    }

    /// <summary>Takes it down until <see cref="StartAgainAsync"/>: nobody listens any more.</summary>
    public async Task StopAsync()
    {
        // It keeps what was written last in memory for five seconds, which the service does not: so it may save that,
        // unlike with SIGKILL.
        await _process!.StopAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Starts it where it was, with what it had.</summary>
    public Task StartAgainAsync() => StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private static string NameOf(int account) => account == 0 ? FirstAccount : $"{FirstAccount}{account}";

    private async Task<AzureStorageOptions> AccountAsync(string name)
    {
        await _started.Value;
        var endpoints = _addresses.Select(service => $"{service.Key}Endpoint={service.Value}{name};");
        return new()
        {
            ConnectionString =
                $"DefaultEndpointsProtocol=http;AccountName={name};AccountKey={_key};{string.Concat(endpoints)}",
        };
    }

    private async Task StartAsync()
    {
        var folder = Repository.PathOf("tests", "azurite");
        await InstallAsync(folder);

        _process = Subprocess.Start(
            "node",
            [
                "-e",
                Script,
                "--",
                "azurite",
                "--silent",
                "--disableTelemetry",
                "--location",
                _data,
                .. ((string[])["blob", "queue", "table"]).SelectMany(service =>
                    (string[])[$"--{service}Host", "127.0.0.1", $"--{service}Port", PortOf(service)]
                ),
            ],
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["AZURITE_ACCOUNTS"] = string.Join(
                    ';',
                    Enumerable.Range(0, MostAccounts).Select(account => $"{NameOf(account)}:{_key}")
                ),
            },
            folder,
            endsWithUs: true
        );
        foreach (var service in (string[])["Blob", "Queue", "Table"])
        {
            await _process.UntilItSaysAsync($"Azurite {service} service is successfully listening at ", Patience);
            _addresses[service] = new(
                Listening()
                    .Matches(_process.Said)
                    .First(match => match.Groups["service"].Value == service)
                    .Groups["address"]
                    .Value
            );
        }
    }

    // Any free one at first, the same again afterwards.
    private string PortOf(string service) =>
        (
            _addresses.FirstOrDefault(a => a.Key.Equals(service, StringComparison.OrdinalIgnoreCase)).Value?.Port ?? 0
        ).ToString();

    /// <summary>Installs what the lock file says, once, however many test processes ask at the same time.</summary>
    private static async Task InstallAsync(string folder)
    {
        await using var turn = await TurnAsync(folder);
        // npm writes this file last.
        var installed = new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json"));
        if (
            installed.Exists
            && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json"))
        )
            return;

        var npm = await Subprocess.RunAsync(
            OperatingSystem.IsWindows() ? "npm.cmd" : "npm",
            ["ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            Patience,
            folder: folder
        );
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"'npm ci' in {folder} failed:\n{npm.Said}");
    }

    private static async Task<FileStream> TurnAsync(string folder)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16];
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new(
                    Path.Combine(Path.GetTempPath(), $"factcheck-azurite-{name}.lock"),
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None
                );
            }
            catch (IOException) when (since.Elapsed < Patience)
            {
                await Task.Delay(200);
            }
        }
    }

    [GeneratedRegex(
        @"^Azurite (?<service>\w+) service is successfully listening at (?<address>http://\S+)$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1000
    )]
    private static partial Regex Listening();
}
