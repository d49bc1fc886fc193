using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FactCheck.Support;

/// <summary>
/// A program as a process of its own, as a shell or a script would run it: its output is no terminal. Whatever these
/// tests start, they start here. With the test end the process and all that it started.
/// </summary>
/// <remarks>
/// It is asked to end by SIGTERM, never by SIGINT: whoever ignores that one, as <c>nohup</c> and shells in the
/// background do, hands it on so, and a program that was started with an ignored signal goes on ignoring it.
/// </remarks>
public sealed class Subprocess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly StringBuilder _both = new();
    private readonly Lock _gate = new();
    private readonly long _started = TimeProvider.System.GetTimestamp();

    private Subprocess(ProcessStartInfo start)
    {
        _name = Path.GetFileName(start.FileName);
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>How long ago it was started.</summary>
    public TimeSpan Age => TimeProvider.System.GetElapsedTime(_started);

    /// <summary>What it wrote to its standard output.</summary>
    public string Output => Read(_output);

    /// <summary>What it wrote to its standard error.</summary>
    public string Error => Read(_error);

    /// <summary>Everything it wrote.</summary>
    public string Said => Read(_both);

    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The one that runs these tests.</summary>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Starts a program.</summary>
    /// <param name="environment">What is added to this process's environment, or, where a value is null, left out of
    /// it.</param>
    /// <param name="folder">Where it works; this process's folder when null.</param>
    /// <param name="endsWithUs">Keeps its standard input open, for who watches that for the end of this
    /// process.</param>
    public static Subprocess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? folder = null,
        bool endsWithUs = false
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        try
        {
            var started = new Subprocess(start);
            if (!endsWithUs)
                started._process.StandardInput.Close();
            return started;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"'{program}' does not start: {missing.Message}", missing);
        }
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<Ran> RunAsync(
        string program,
        IEnumerable<string> arguments,
        TimeSpan limit,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? folder = null
    )
    {
        await using var process = Start(program, arguments, environment, folder);
        return await process.EndAsync(limit);
    }

    /// <summary>Waits for its end, and for all of its output.</summary>
    public async Task<Ran> EndAsync(TimeSpan limit)
    {
        using var expired = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(expired.Token);
        }
        catch (OperationCanceledException expiry)
        {
            throw new TimeoutException($"{_name} did not end within {limit.TotalSeconds:0} s:\n{Said}", expiry);
        }

        return new(_process.ExitCode, Output, Error);
    }

    /// <summary>Waits until it has written something.</summary>
    public Task UntilItSaysAsync(string words, TimeSpan limit) =>
        UntilAsync(() => Said.Contains(words, StringComparison.Ordinal), limit, $"'{words}'");

    /// <summary>Waits until it has written so many lines to its standard output.</summary>
    public Task UntilLinesAsync(int count, TimeSpan limit) =>
        UntilAsync(() => Lines.Count >= count, limit, $"{count} lines");

    /// <summary>Ends it as a loss of power would: SIGKILL. What it started stays.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync(Limits.Verb);
    }

    /// <summary>Asks it to end, and waits until it has.</summary>
    public async Task<Ran> StopAsync()
    {
        await SignalAsync(Id, "TERM");
        return await EndAsync(Limits.Verb);
    }

    /// <summary>Sends a signal to any process.</summary>
    /// <param name="signal">Its name without SIG.</param>
    public static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>The processes that a process started and that run.</summary>
    public static async Task<IReadOnlyList<int>> ChildrenAsync(int process)
    {
        var (_, output, _) = await RunAsync("ps", ["-A", "-o", "ppid=,pid="], Limits.Verb);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return
        [
            .. lines
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(ids => (Parent: Number(ids[0]), Id: Number(ids[1])))
                .Where(ids => ids.Parent == process)
                .Select(ids => ids.Id),
        ];

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a process runs. One that has ended and was not asked for its exit code yet does not.</summary>
    public static bool IsRunning(int process)
    {
        var stat = $"/proc/{process}/stat";
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                using var found = Process.GetProcessById(process);
                return !found.HasExited;
            }

            var text = File.ReadAllText(stat);
            return text[text.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception gone) when (gone is IOException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private Task UntilAsync(Func<bool> isSo, TimeSpan limit, string what)
    {
        return Limits.UntilAsync(limit, Look, () => $"{what} of {_name}, which wrote:\n{Said}");

        Task<string?> Look()
        {
            var hasEnded = HasExited; // before the look: what it wrote last still counts
            if (isSo())
                return Task.FromResult<string?>(what);
            return hasEnded
                ? throw new InvalidOperationException($"{_name} ended before {what}:\n{Said}")
                : Task.FromResult<string?>(null);
        }
    }

    private void Keep(StringBuilder stream, string? line)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            stream.Append(line).Append('\n');
            _both.Append(line).Append('\n');
        }
    }

    private string Read(StringBuilder text)
    {
        lock (_gate)
            return text.ToString();
    }
}
