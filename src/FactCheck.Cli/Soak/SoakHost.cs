using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FactCheck.Host.Worker;

namespace FactCheck.Cli.Soak;

/// <summary>The desk under test: <c>factcheck serve</c> as a process, killed and restarted at one address.</summary>
internal sealed class SoakHost : IAsyncDisposable
{
    // Below the ports that the system gives to outgoing connections: none takes it while the host is away.
    private const int FirstPort = 20_000;
    private const int LastPort = 30_000;
    private const int SignalTerm = 15;

    /// <summary>For a host to be ready, and to end when told to: ten times what it should take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly string[] Settings =
    [
        "FactCheck__",
        "AzureWebJobs",
        "Language__",
        "ASPNETCORE_",
        "DOTNET_URLS",
        "URLS",
        "ReverifySchedule",
    ];

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };
    private readonly StreamWriter _log;
    private readonly Lock _gate = new();
    private readonly WorkerPidFile _worker;
    private readonly (string Program, IReadOnlyList<string> Arguments) _program;
    private Process? _process;

    /// <param name="data">Its folder.</param>
    /// <param name="build">The <c>factcheck.dll</c> to run; null for this very program.</param>
    public SoakHost(string data, string? build = null)
    {
        Data = data;
        _program = build is null ? Self() : ("dotnet", [build]);
        Address = FreeAddress();
        LogFile = Path.Combine(data, "soak.log");
        _log = new(LogFile, append: true) { AutoFlush = true };
        _worker = new(Path.Combine(data, "worker.pid"));
    }

    public string Data { get; }

    public Uri Address { get; }

    public string LogFile { get; }

    /// <summary>Bytes of <c>runtime.db</c>, without its log, which a stop in good order folds in.</summary>
    public long RuntimeBytes =>
        new FileInfo(Path.Combine(Data, "runtime.db")) is { Exists: true } file ? file.Length : 0;

    /// <summary>Memory of the host, and of its worker with what that started to read files, bytes; 0 for one that is
    /// away.</summary>
    public (long Host, long Worker) Memory =>
        (MemoryOf(() => _process), _worker.Find() is { } worker ? ChildrenOf(worker).Prepend(worker).Sum(MemoryOf) : 0);

    /// <summary>Ends when the host does, whatever ended it.</summary>
    public Task EndAsync(CancellationToken cancellation) => Running.WaitForExitAsync(cancellation);

    private Process Running => _process ?? throw new InvalidOperationException("The host was not started.");

    public void Start()
    {
        var process = new Process
        {
            StartInfo = Call("serve", "--data", Data, "--urls", Address.GetLeftPart(UriPartial.Authority)),
        };
        process.OutputDataReceived += (_, line) => Log(line.Data);
        process.ErrorDataReceived += (_, line) => Log(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        (var former, _process) = (_process, process); // only what runs is looked at by others
        former?.Dispose();
    }

    /// <summary>A new token of this desk, made by the program that serves it, whatever its release.</summary>
    /// <exception cref="CommandException">It made none.</exception>
    public async Task<string> MakeTokenAsync(string name, Role role, CancellationToken cancellation)
    {
        using var process = Process.Start(Call("token", "create", name, role.ToString(), "--data", Data))!;
        var problem = process.StandardError.ReadToEndAsync(cancellation);
        var token = (await process.StandardOutput.ReadToEndAsync(cancellation)).Trim();
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0
            ? token
            : throw new CommandException(process.ExitCode, $"No token for {name}: {(await problem).Trim()}");
    }

    /// <summary>Waits until host and worker are ready; after a death, another worker.</summary>
    /// <exception cref="CommandException">The host ended, or took too long.</exception>
    public async Task UntilReadyAsync(CancellationToken cancellation, int? dead = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (
            (dead is not null && (_worker.Find() is not { } worker || worker == dead))
            || !await IsReadyAsync(cancellation)
        )
        {
            if (Running.HasExited)
                throw Ended();
            if (Stopwatch.GetElapsedTime(start) > Patience)
                throw new CommandException(
                    Terminal.ExitCode.EndedBadly,
                    $"The host was not ready within {Patience.TotalSeconds:0} s. Its log: {LogFile}"
                );
            await Task.Delay(Pause, cancellation);
        }
    }

    /// <summary>The host ended although nobody ended it.</summary>
    public CommandException Ended() =>
        new(
            Terminal.ExitCode.EndedBadly,
            $"The host ended by itself, with code {Running.ExitCode}. Its log: {LogFile}"
        );

    /// <summary>Ends the host as a loss of power would.</summary>
    public async Task KillAsync()
    {
        Running.Kill();
        await Running.WaitForExitAsync();
    }

    /// <summary>Ends the worker so; its id, null when there is none just now.</summary>
    public int? KillWorker()
    {
        if (_worker.Find() is not { } id)
            return null;
        try
        {
            using var worker = Process.GetProcessById(id);
            worker.Kill();
            return id;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The exit code of a host that is asked to end. Without signals it is killed, as good as 0.</summary>
    public async Task<int> StopAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            await KillAsync();
            return 0;
        }

        if (Signal(Running.Id, SignalTerm) != 0 && !Running.HasExited)
            throw new IOException($"The host could not be told to end: {Marshal.GetLastPInvokeErrorMessage()}");
        using var expired = new CancellationTokenSource(Patience);
        try
        {
            await Running.WaitForExitAsync(expired.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new CommandException(
                Terminal.ExitCode.EndedBadly,
                $"The host did not end within {Patience.TotalSeconds:0} s of being told to. Its log: {LogFile}",
                late
            );
        }

        return Running.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            KillWorker();
            await KillAsync();
        }

        _process?.Dispose();
        _http.Dispose();
        await _log.DisposeAsync();
    }

    private ProcessStartInfo Call(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(_program.Program, [.. _program.Arguments, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What is set for another desk, a storage account above all, is not for this one.
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
            start.Environment.Remove(name);
        return start;
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Address, "health/ready"), cancellation);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception away)
            when (away is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Log(string? line)
    {
        if (line is null)
            return;
        lock (_gate)
            _log.WriteLine(line);
    }

    private static long MemoryOf(int process) => MemoryOf(() => Process.GetProcessById(process));

    // Where the system says it in a file: the second field after the name, which is in brackets, is the parent.
    private static IEnumerable<int> ChildrenOf(int process)
    {
        if (!OperatingSystem.IsLinux())
            yield break;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (
                int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)
                && ParentOf(folder) == process
            )
                yield return id;

        static int? ParentOf(string folder)
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                return int.Parse(stat[stat.LastIndexOf(')')..].Split(' ')[2], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                return null; // it ended while it was looked at
            }
        }
    }

    private static long MemoryOf(Func<Process?> find)
    {
        try
        {
            var process = find();
            process?.Refresh();
            return process?.WorkingSet64 ?? 0;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return 0;
        }
    }

    // This very program: by its own file, or by "dotnet" and its assembly.
    private static (string Program, IReadOnlyList<string> Arguments) Self()
    {
        var program =
            Environment.ProcessPath
            ?? throw new CommandException(Terminal.ExitCode.Failed, "It is not known which program this is.");
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? (program, [Path.Combine(AppContext.BaseDirectory, "factcheck.dll")])
            : (program, []);
    }

    private static bool IsSetting(string name) =>
        Settings.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static Uri FreeAddress()
    {
        while (true)
        {
            var port = Random.Shared.Next(FirstPort, LastPort);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
            }
            catch (SocketException)
            {
                // Somebody has it: try another.
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
