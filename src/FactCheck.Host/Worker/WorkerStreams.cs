using System.Collections.Concurrent;
using System.Threading.Channels;
using FactCheck.Host.Worker.Rpc;
using Grpc.Core;

namespace FactCheck.Host.Worker;

/// <summary>Where workers connect: each says which it is, and is handed to who expects it.</summary>
internal sealed class WorkerStreams(ILogger<WorkerStreams> logger) : FunctionRpc.FunctionRpcBase
{
    private static readonly TimeSpan IntroductionLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Expected> _expected = new(StringComparer.Ordinal);

    /// <summary>The worker of this id may connect, once.</summary>
    /// <param name="receive">Given each message, in order; the next is read when it returns.</param>
    public Task<WorkerStream> Expect(string workerId, Action<StreamingMessage> receive)
    {
        var expected = new Expected(receive);
        _expected[workerId] = expected;
        return expected.Connected.Task;
    }

    public void Forget(string workerId) => _expected.TryRemove(workerId, out _);

    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream,
        IServerStreamWriter<StreamingMessage> responseStream,
        ServerCallContext context
    )
    {
        var id = await ReadIdAsync(requestStream, context.CancellationToken);
        if (id is null || !_expected.TryRemove(id, out var expected))
        {
            logger.LogWarning("A worker that nobody waits for tried to connect ({Id}).", id);
            throw new Grpc.Core.RpcException(new Status(StatusCode.NotFound, "No worker of this id is expected."));
        }
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var stream = new WorkerStream(ended);
        expected.Connected.TrySetResult(stream);
        var writing = stream.WriteAsync(responseStream, ended.Token);
        try
        {
            while (await requestStream.MoveNext(ended.Token))
                Receive(expected, requestStream.Current);
        }
        catch (Exception exception)
            when (exception
                    is OperationCanceledException
                        or IOException
                        or InvalidOperationException
                        or Grpc.Core.RpcException
            )
        {
            // a worker that was killed ends this way, and one that is not wanted any more
            logger.LogDebug(exception, "The stream of worker {Id} ended.", id);
        }
        finally
        {
            stream.End();
            await ended.CancelAsync();
            await writing;
        }
    }

    private void Receive(Expected expected, StreamingMessage message)
    {
        try
        {
            expected.Receive(message);
        }
        catch (Exception exception)
        {
            // nonsense of one message ends no stream
            logger.LogError(exception, "A message of the worker could not be used: {Kind}.", message.ContentCase);
        }
    }

    private static async Task<string?> ReadIdAsync(
        IAsyncStreamReader<StreamingMessage> requests,
        CancellationToken cancellation
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(IntroductionLimit);
        try
        {
            return
                await requests.MoveNext(limit.Token)
                && requests.Current.ContentCase == StreamingMessage.ContentOneofCase.StartStream
                ? requests.Current.StartStream.WorkerId
                : null;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return null; // it left, or never said who it is
        }
    }

    private sealed record Expected(Action<StreamingMessage> Receive)
    {
        public TaskCompletionSource<WorkerStream> Connected { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The way to a worker. Any thread may send; one loop writes.</summary>
internal sealed class WorkerStream(CancellationTokenSource ended)
{
    private static readonly WriteOptions More = new(WriteFlags.BufferHint);
    private static readonly WriteOptions Last = new();

    private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>(
        new() { SingleReader = true, AllowSynchronousContinuations = false }
    );
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when nothing comes or goes any more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Sends a message, some time; false when the stream has ended.</summary>
    public bool TrySend(StreamingMessage message) => _outgoing.Writer.TryWrite(message);

    public void Close()
    {
        _outgoing.Writer.TryComplete();
        try
        {
            ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    internal void End()
    {
        _outgoing.Writer.TryComplete();
        _ended.TrySetResult();
    }

    internal async Task WriteAsync(IServerStreamWriter<StreamingMessage> writer, CancellationToken cancellation)
    {
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(cancellation))
            {
                while (_outgoing.Reader.TryRead(out var message))
                {
                    // One system call for what is queued, not one for each.
                    writer.WriteOptions = _outgoing.Reader.TryPeek(out _) ? More : Last;
                    await writer.WriteAsync(message, cancellation);
                }
            }
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The worker is gone; whoever waits for its answers is told by the session.
            Close();
        }
    }
}
