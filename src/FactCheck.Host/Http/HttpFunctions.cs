using System.Diagnostics;
using System.Text.Json;
using FactCheck.Host.Worker;
using FactCheck.Host.Worker.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;

namespace FactCheck.Host.Http;

/// <summary>Answers a request by a function: the worker gets the invocation and the request, both at once.</summary>
internal sealed class HttpFunctions(
    WorkerSupervisor workers,
    IHttpForwarder forwarder,
    FunctionHostOptions options,
    TimeSpan? functionTimeout,
    ILogger<HttpFunctions> logger
)
{
    private const int MostWaiting = 1_000;

    /// <summary>The worker's own word on a time-out comes first.</summary>
    private static readonly TimeSpan AfterTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly ForwarderRequestConfig _config = new()
    {
        ActivityTimeout = Patience(functionTimeout, options.AnswerWait),
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private int _waiting;

    /// <summary>How long an answer may take: the forwarder's own limit would cut long functions short.</summary>
    internal static TimeSpan Patience(TimeSpan? functionTimeout, TimeSpan longest) =>
        functionTimeout + AfterTimeout is { } limit && limit < longest ? limit : longest;

    public async Task AnswerAsync(HttpContext context, HostedFunction function)
    {
        var body = RequestBody.Limit(context, options.MaxRequestBodyBytes);
        if (body.IsTooLarge)
        {
            await body.RefuseAsync(context);
            return;
        }
        if (await BeginAsync(context, function) is not var (session, pending))
        {
            await Problems.WriteAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                "Back in a moment",
                "The functions are busy or being started again; nothing was done. Try again.",
                RetryAfter
            );
            return;
        }
        if (session.Http is null)
        {
            pending.Abandon();
            await Problems.WriteAsync(
                context,
                StatusCodes.Status501NotImplemented,
                "Not supported",
                "The app must use ASP.NET Core for its HTTP functions: ConfigureFunctionsWebApplication()."
            );
            return;
        }
        var exchange = new HttpExchange(pending, logger);
        var error = await forwarder.SendAsync(
            context,
            session.HttpAddress!.AbsoluteUri,
            session.Http,
            _config,
            exchange,
            exchange.Cut
        );
        await exchange.FinishAsync(context, error, body);
    }

    /// <summary>A request waits, limited in time and number, for a ready worker that has a thread for it.</summary>
    private async ValueTask<(WorkerSession Session, PendingInvocation Pending)?> BeginAsync(
        HttpContext context,
        HostedFunction function
    )
    {
        var invocation = new Invocation(function, new() { Http = new() }, Metadata(context.Request));
        try
        {
            while (true)
            {
                var session = workers.Ready is { IsFree: true } ready ? ready : await WaitAsync(context.RequestAborted);
                if (session.TryBegin(invocation, out var pending))
                    return (session, pending);
            }
        }
        catch (Exception exception)
            when (exception is WorkerLostException or FunctionFailedException or OperationCanceledException)
        {
            // the client is told
            logger.LogDebug("{Function} was not begun: {Reason}", function.Name, exception.Message);
            return null;
        }
    }

    private async Task<WorkerSession> WaitAsync(CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > MostWaiting)
                throw new WorkerLostException("Too many requests wait for a worker already.");
            var began = Stopwatch.GetTimestamp();
            while (true)
            {
                var session = await workers.WhenReadyAsync(options.RequestWait, cancellation);
                if (await session.WhenFreeAsync(options.AnswerWait - Stopwatch.GetElapsedTime(began), cancellation))
                    return session;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>The route's values, and query and headers as they came: what strangers say, the app judges.</summary>
    private static Dictionary<string, TypedData> Metadata(HttpRequest request)
    {
        var metadata = new Dictionary<string, TypedData>(
            request.RouteValues.Count + 2,
            StringComparer.OrdinalIgnoreCase
        );
        foreach (var (name, value) in request.RouteValues)
        {
            if (value?.ToString() is { } text)
                metadata[name] = new() { String = text };
        }
        metadata.TryAdd("Query", new() { Json = Json(request.Query) });
        metadata.TryAdd("Headers", new() { Json = Json(request.Headers) });
        return metadata;
    }

    private static string Json(IEnumerable<KeyValuePair<string, StringValues>> values)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in values)
            {
                if (!name.Equals(HttpExchange.InvocationHeader, StringComparison.OrdinalIgnoreCase))
                    writer.WriteString(name, value.ToString());
            }
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
