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
/// Azure Storage's emulator as its users get it, one for all tests: started when the first test asks, on free ports of the loopback interface,
/// with an account and a folder of its own that are gone afterwards. Needs Node.js and npm; without them the tests fail, they are never skipped.
/// </summary>
public sealed partial class Azurite : IAsyncDisposable
{
    private const string Account = "factcheck";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Ends with its standard input, that is, with this process, even when this process is killed.
    private const string UntilInputEnds = "process.stdin.resume().on('end', () => process.exit()); require('azurite/dist/src/azurite.js');";

    private readonly Lazy<Task<AzureStorageOptions>> _started;
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private readonly string _data = Directory.CreateTempSubdirectory("factcheck-azurite-").FullName;
    private readonly StringBuilder _output = new();
    private Process? _process;

    public Azurite() => _started = new(StartAsync);

    /// <summary>The emulator's account; starts the emulator when it is not running yet.</summary>
    public Task<AzureStorageOptions> AccountAsync() => _started.Value;

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

    private async Task<AzureStorageOptions> StartAsync()
    {
        var folder = Path.Combine(Repository(), "tests", "azurite");
        await InstallAsync(folder);

        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Start("node", folder, [
            "-e", UntilInputEnds, "--", "azurite", "--silent", "--disableTelemetry", "--location", _data,
            "--blobHost", "127.0.0.1", "--blobPort", "0", "--queueHost", "127.0.0.1", "--queuePort", "0", "--tableHost", "127.0.0.1", "--tablePort", "0",
        ]);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"Azurite ended:\n{Output()}"));
        _process.OutputDataReceived += (_, line) =>
        {
            Keep(line.Data);
            if (line.Data is null || Listening().Match(line.Data) is not { Success: true } found) return;
            addresses[found.Groups["service"].Value] = found.Groups["address"].Value;
            if (addresses.ContainsKey("Blob") && addresses.ContainsKey("Table")) listening.TrySetResult();
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

        return new()
        {
            ConnectionString =
                $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={_key};"
                + $"BlobEndpoint={addresses["Blob"]}/{Account};TableEndpoint={addresses["Table"]}/{Account};",
        };
    }

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
        start.Environment["AZURITE_ACCOUNTS"] = $"{Account}:{_key}";
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

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "FactCheck.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException($"There is no FactCheck.sln above {AppContext.BaseDirectory}.");
        return folder;
    }

    [GeneratedRegex(@"^Azurite (?<service>\w+) service is successfully listening at (?<address>http://\S+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();
}
