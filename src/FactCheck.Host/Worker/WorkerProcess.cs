using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

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

    /// <summary>Starts it.</summary>
    /// <exception cref="FunctionHostException">It can't be started.</exception>
    public WorkerProcess(ProcessStartInfo start, WorkerPidFile pids, ILogger logger)
    {
        (_pids, _logger) = (pids, logger);
        _process = new() { StartInfo = start };
        using var started = new ManualResetEventSlim();
        Exception? failure = null;
        // The signal that ends an orphan comes when the *thread* that started it ends: so that thread stays as long as the worker does.
        var keeper = new Thread(() =>
        {
            try
            {
                _process.Start();
            }
            catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
            {
                failure = exception;
            }
            started.Set();
            if (failure is null)
                Keep();
        })
        { IsBackground = true, Name = "worker process" };
        keeper.Start();
        started.Wait();
        if (failure is not null)
            throw new FunctionHostException($"The worker could not be started ({start.FileName}): {failure.Message}", failure);
        ProcessId = _process.Id;
        _pids.Write(_process);
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
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
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

    private void Keep()
    {
        _process.StandardInput.Close();
        var output = ReadAsync(_process.StandardOutput, LogLevel.Information);
        var errors = ReadAsync(_process.StandardError, LogLevel.Warning);
        _process.WaitForExit(); // its output may be held open by a child of its own: not waited for without a limit
        Task.WaitAll([output, errors], LastOutput);
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
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
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
