using System.ComponentModel;
using System.Diagnostics;

namespace FactCheck.Host.Worker;

/// <summary>A worker's process, and what it last wrote.</summary>
internal sealed class WorkerProcess : IWorkerHandle
{
    private const int MostLines = 40;
    private const int LongestLine = 4_096;

    private static readonly TimeSpan LastOutput = TimeSpan.FromMilliseconds(300);

    private readonly Process _process;
    private readonly WorkerPidFile _pids;
    private readonly ILogger _logger;
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Process? _watcher;

    /// <exception cref="FunctionHostException">It can't be started.</exception>
    public WorkerProcess(ProcessStartInfo start, WorkerPidFile pids, ILogger logger)
    {
        (_pids, _logger) = (pids, logger);
        _process = new() { StartInfo = start };
        try
        {
            _process.Start();
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
        {
            throw new FunctionHostException(
                $"The worker could not be started ({start.FileName}): {exception.Message}",
                exception
            );
        }
        ProcessId = _process.Id;
        _watcher = Watch(_process.Id);
        try
        {
            _process.StandardInput.Close();
            _pids.Write(_process);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Kill();
            throw new FunctionHostException($"The worker can't be kept in mind: {exception.Message}", exception);
        }
        _ = FollowAsync();
    }

    public int? ProcessId { get; }

    public Task<int> Exited => _exited.Task;

    public string LastWords
    {
        get
        {
            lock (_lines)
                return string.Join(Environment.NewLine, _lines);
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            _logger.LogDebug(exception, "The worker's process had ended already.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exited;
        _process.Dispose();
    }

    /// <summary>A shell at the other end of a pipe: the host's end closes when the host is gone, however that came, and
    /// then the worker and its children are ended.</summary>
    private Process? Watch(int worker)
    {
        const string Shell = "/bin/sh";
        if (!File.Exists(Shell))
            return null; // Windows: the next host ends what is left
        var start = new ProcessStartInfo(
            Shell,
            ["-c", "trap '' INT TERM HUP; read -r _; kill -9 -$0 2>/dev/null || kill -9 $0", $"{worker}"]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            _logger.LogWarning("The worker would outlive this host if it were killed: {Reason}", exception.Message);
            return null;
        }
    }

    private async Task FollowAsync()
    {
        var output = ReadAsync(_process.StandardOutput, LogLevel.Information);
        var errors = ReadAsync(_process.StandardError, LogLevel.Warning);
        await _process.WaitForExitAsync();
        _watcher?.Kill();
        _watcher?.Dispose();
        // Its output may be held open by a child of its own: not waited for without a limit.
        await Task.WhenAny(Task.WhenAll(output, errors), Task.Delay(LastOutput));
        _pids.Forget(_process.Id);
        _exited.TrySetResult(_process.ExitCode);
    }

    /// <summary>Lines of the worker's own output, cut where they are too long to be meant as lines.</summary>
    private async Task ReadAsync(StreamReader reader, LogLevel level)
    {
        var buffer = new char[LongestLine];
        var line = new System.Text.StringBuilder();
        try
        {
            int count;
            while ((count = await reader.ReadAsync(buffer)) > 0)
            {
                foreach (var letter in buffer.AsSpan(0, count))
                {
                    if (letter == '\n' || line.Length == LongestLine)
                        Say(line, level);
                    if (letter is not ('\n' or '\r'))
                        line.Append(letter);
                }
            }
            Say(line, level);
        }
        catch (Exception exception)
            when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _logger.LogDebug(exception, "The worker's output ended.");
        }
    }

    private void Say(System.Text.StringBuilder line, LogLevel level)
    {
        if (line.Length == 0)
            return;
        var text = line.ToString();
        line.Clear();
        lock (_lines)
        {
            _lines.Enqueue(text);
            if (_lines.Count > MostLines)
                _lines.Dequeue();
        }
        _logger.Log(level, "{Line}", text);
    }
}
