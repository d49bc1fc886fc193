using System.Collections.Concurrent;

namespace FactCheck.Host.Triggers;

/// <summary>Calls into a file system that may never answer, as a network folder whose server is gone: each has a time
/// limit. A path that is stuck is not asked for again before its call has come back, and with many stuck nothing is, so
/// that they can't take all threads.</summary>
internal sealed class FileCalls(TimeSpan limit)
{
    private const int MostStuck = 8;

    private readonly ConcurrentDictionary<string, Task> _stuck = new(StringComparer.Ordinal);

    /// <summary>Makes a call on a thread of the pool.</summary>
    /// <exception cref="TimeoutException">It has not come back yet.</exception>
    public async Task<T> RunAsync<T>(string path, Func<T> call)
    {
        if (_stuck.TryGetValue(path, out var before))
        {
            if (!before.IsCompleted)
                throw new TimeoutException("the file system has not answered yet");
            _stuck.TryRemove(path, out _);
        }
        if (_stuck.Count >= MostStuck && _stuck.Count(one => !one.Value.IsCompleted) >= MostStuck)
            throw new TimeoutException($"the file system answers nothing about {MostStuck} other files");
        var task = Task.Run(call);
        try
        {
            return await task.WaitAsync(limit);
        }
        catch (TimeoutException exception) when (!task.IsCompleted)
        {
            // what it says so late is of no use
            _stuck[path] = task.ContinueWith(static late => _ = late.Exception, TaskScheduler.Default);
            throw new TimeoutException($"the file system did not answer within {limit.TotalSeconds:0} s", exception);
        }
    }
}
