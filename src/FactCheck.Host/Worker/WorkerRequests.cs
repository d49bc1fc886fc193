using System.Collections.Concurrent;
using FactCheck.Host.Worker.Rpc;

namespace FactCheck.Host.Worker;

/// <summary>What the host asks a worker beside invocations, each until it is answered.</summary>
/// <param name="send">False when the worker has ended.</param>
internal sealed class WorkerRequests(Func<StreamingMessage, bool> send, WorkerSettings settings)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _asked = new(
        StringComparer.Ordinal
    );

    /// <exception cref="FunctionHostException">There is none within <paramref name="limit"/>.</exception>
    /// <exception cref="WorkerLostException">The worker ended.</exception>
    public async Task<StreamingMessage> AskAsync(
        StreamingMessage request,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        request.RequestId = Guid.NewGuid().ToString();
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[request.RequestId] = answer;
        try
        {
            if (!send(request))
                throw new WorkerLostException("The worker ended while it was started.");
            return await answer.Task.WaitAsync(settings.IsDebugged ? Timeout.InfiniteTimeSpan : limit, cancellation);
        }
        catch (TimeoutException exception)
        {
            throw new FunctionHostException(
                $"The worker did not answer to {request.ContentCase} within {limit.TotalSeconds:0.#} s.",
                exception
            );
        }
        finally
        {
            _asked.TryRemove(request.RequestId, out _);
        }
    }

    /// <summary>Takes an answer; false when nobody asked.</summary>
    public bool TryAnswer(StreamingMessage message)
    {
        if (!_asked.TryGetValue(message.RequestId, out var waiting))
            return false;
        waiting.TrySetResult(message);
        return true;
    }

    public void Fail(Exception lost)
    {
        foreach (var (_, waiting) in _asked)
            waiting.TrySetException(lost);
    }
}
