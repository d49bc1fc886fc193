using System.Diagnostics.CodeAnalysis;
using System.Net;
using FactCheck.Host.Worker;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace FactCheck.Host.Http;

/// <summary>A request and its invocation. The worker's HTTP side shows a function that threw as an empty 200; only the
/// invocation's result tells. So an answer waits for its first byte and the result, as far as they are known.</summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "The token's source has no timer and no handle, and may be set when the request is over: there is nothing to dispose."
)]
internal sealed class HttpExchange : HttpTransformer
{
    /// <summary>A request's invocation, for the worker. Dropped when others send it, and shown to nobody.</summary>
    public const string InvocationHeader = "x-ms-invocation-id";

    private static readonly TimeSpan ResultLimit = TimeSpan.FromSeconds(15);

    /// <summary>The worker's routing may have refused: the invocation never began, and its result is late.</summary>
    private static readonly TimeSpan RefusedLimit = TimeSpan.FromSeconds(1);

    private static readonly string[] ForwardedHeaders =
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-Prefix",
    ];

    private readonly PendingInvocation _pending;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _cut = new();
    private volatile bool _hasAnswer;

    public HttpExchange(PendingInvocation pending, ILogger logger)
    {
        (_pending, _logger) = (pending, logger);
        // An invocation that fails before its function begins leaves the request hanging: it is cut, if unanswered.
        _ = pending.Task.ContinueWith(
            static (_, exchange) => ((HttpExchange)exchange!).CutOff(),
            this,
            default,
            TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    /// <summary>Set when there is no answer to wait for.</summary>
    public CancellationToken Cut => _cut.Token;

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken
    )
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var headers = proxyRequest.Headers;
        headers.Host = null;
        headers.Remove(InvocationHeader);
        headers.TryAddWithoutValidation(InvocationHeader, _pending.Invocation.Id);
        foreach (var name in ForwardedHeaders)
            headers.Remove(name); // the worker believes them all
        var request = httpContext.Request;
        if (httpContext.Connection.RemoteIpAddress is { } address)
            headers.TryAddWithoutValidation(
                "X-Forwarded-For",
                (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
            );
        headers.TryAddWithoutValidation("X-Forwarded-Proto", request.Scheme);
        if (request.Host.HasValue)
            headers.TryAddWithoutValidation("X-Forwarded-Host", request.Host.ToUriComponent());
        if (request.PathBase.HasValue)
            headers.TryAddWithoutValidation("X-Forwarded-Prefix", request.PathBase.ToUriComponent());
        if (_pending.Span?.Id is { } trace)
        {
            headers.Remove("traceparent");
            headers.TryAddWithoutValidation("traceparent", trace);
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext,
        HttpResponseMessage? proxyResponse,
        CancellationToken cancellationToken
    )
    {
        if (proxyResponse is null)
            return false;
        _hasAnswer = true;
        if (IsEmpty(httpContext.Request, proxyResponse))
            await ResultAsync(
                proxyResponse.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed
                    ? RefusedLimit
                    : ResultLimit
            );
        if (HasFailed)
            return false; // nothing of it has gone out
        await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        httpContext.Response.Headers.Remove(InvocationHeader);
        return true;
    }

    /// <summary>Forwarding is over: if it went wrong, the client is told while that can be, else cut off.</summary>
    public async Task FinishAsync(HttpContext context, ForwarderError error, RequestBody body)
    {
        if (body.IsTooLarge)
        {
            _pending.Abandon();
            await body.RefuseAsync(context);
        }
        else if (context.RequestAborted.IsCancellationRequested)
        {
            _pending.Abandon(); // nobody is there any more
        }
        else if (error == ForwarderError.RequestBodyClient)
        {
            _pending.Abandon();
            await Problems.WriteAsync(
                context,
                StatusCodes.Status408RequestTimeout,
                "The body did not come",
                "It came too slowly, or was cut short."
            );
        }
        else if (error == ForwarderError.None)
        {
            await ResultAsync(ResultLimit);
            if (HasFailed)
                await TellAsync(context);
            else if (!_pending.Task.IsCompleted)
                _pending.Abandon(); // it answered, but never ended
        }
        else
        {
            await ResultAsync(RefusedLimit);
            await TellAsync(context, error);
        }
    }

    private bool HasFailed => _pending.Task.IsFaulted || _pending.Task.IsCanceled;

    private async ValueTask ResultAsync(TimeSpan limit)
    {
        if (!_pending.Task.IsCompleted)
            await ((Task)_pending.Task).WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void CutOff()
    {
        if (!_hasAnswer)
            _cut.Cancel();
    }

    private Task TellAsync(HttpContext context, ForwarderError error = ForwarderError.None)
    {
        var name = _pending.Invocation.Function.Name;
        switch (_pending.Task.Exception?.InnerException)
        {
            case FunctionFailedException failed:
                // the worker has logged it as an error
                _logger.LogDebug("{Function} failed: {Error}", name, failed.Error.Message);
                return Problems.WriteAsync(
                    context,
                    StatusCodes.Status500InternalServerError,
                    "The function failed",
                    $"{name} failed; the log says why."
                );
            case TimeoutException:
                return Problems.WriteAsync(
                    context,
                    StatusCodes.Status504GatewayTimeout,
                    "The function took too long",
                    $"{name} ran for longer than it may."
                );
            case WorkerLostException:
                return LostAsync(context, name);
        }
        if (error is ForwarderError.RequestTimedOut)
            return Problems.WriteAsync(
                context,
                StatusCodes.Status504GatewayTimeout,
                "No answer",
                $"{name} has not answered yet; it may still run."
            );
        if (!_pending.Task.IsCompleted)
            _pending.Abandon();
        _logger.LogWarning(
            "{Function} gave no answer: {Error} {Reason}",
            name,
            error,
            context.Features.Get<IForwarderErrorFeature>()?.Exception?.Message
        );
        return LostAsync(context, name);
    }

    private static Task LostAsync(HttpContext context, string name) =>
        Problems.WriteAsync(
            context,
            StatusCodes.Status502BadGateway,
            "Back in a moment",
            $"The worker ended while {name} ran, and is started again. It is not known how far it got."
        );

    /// <summary>Whether an answer is all there with its headers.</summary>
    private static bool IsEmpty(HttpRequest request, HttpResponseMessage response) =>
        response.Content.Headers.ContentLength == 0
        || response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified
        || HttpMethods.IsHead(request.Method);
}
