using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FactCheck.Host.Http;

/// <summary>Limits a request's body; the server's own limit would cut the connection, its reason unread.</summary>
internal sealed class RequestBody : Stream
{
    /// <summary>How much of a refused body is read and dropped, so that the client gets to read the answer.</summary>
    private const int MostDrained = 8;

    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    private readonly Stream _inner;
    private readonly long _limit;
    private long _read;

    private RequestBody(Stream inner, long limit) => (_inner, _limit) = (inner, limit);

    /// <summary>Whether more came, or was announced, than may come.</summary>
    public bool IsTooLarge { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From now on the body ends with an error beyond <paramref name="limit"/> bytes.</summary>
    public static RequestBody Limit(HttpContext context, long limit)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
            server.MaxRequestBodySize = null;
        var body = new RequestBody(context.Request.Body, limit) { IsTooLarge = context.Request.ContentLength > limit };
        if (context.Request.ContentLength is null)
            context.Request.Body = body; // else the server counts
        return body;
    }

    /// <summary>Answers 413, and reads on for a while: a client that still sends would not see the answer.</summary>
    public async Task RefuseAsync(HttpContext context)
    {
        var waits = context.Request.Headers.Expect.Count > 0 && _read == 0;
        if (!context.Response.HasStarted)
            context.Response.OnStarting(() =>
            {
                if (HttpProtocol.IsHttp11(context.Request.Protocol))
                    context.Response.Headers.Connection = "close";
                return Task.CompletedTask;
            });
        await Problems.WriteAsync(
            context,
            StatusCodes.Status413PayloadTooLarge,
            "Too large",
            $"The body may have {_limit:N0} bytes at most."
        );
        await context.Response.Body.FlushAsync();
        if (waits)
            return; // it asked before it sent anything
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        end.CancelAfter(DrainLimit);
        var buffer = new byte[64 * 1024];
        try
        {
            for (var drained = 0L; drained < MostDrained * _limit; )
            {
                var count = await _inner.ReadAsync(buffer, end.Token);
                if (count == 0)
                    return;
                drained += count;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // It left, or sends for ever: it has been told.
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _inner.ReadAsync(buffer, cancellationToken);
        _read += count;
        if (_read <= _limit)
            return count;
        IsTooLarge = true;
        throw new IOException("The body is larger than it may be.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
