using FactCheck.Storage.Azure;
using FactCheck.Storage.Local;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace FactCheck.Functions.Http;

/// <summary>Turns what a function throws into problem details, so that no caller sees a stack trace and no error goes
/// unlogged. It writes the answer too: one that breaks while it is written is such an error, and what was written need
/// not travel to the host a second time as the function's result.</summary>
internal sealed class ProblemMiddleware(ILogger<ProblemMiddleware> log) : IFunctionsWorkerMiddleware
{
    // Somebody has to make it.
    private const int RoomTakes = 60;

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
            await WriteAsync(context, http);
        }
        catch (Exception error) when (!http.Response.HasStarted && !IsGone(error, http))
        {
            context.GetInvocationResult().Value = ProblemOf(context, error);
            await WriteAsync(context, http);
        }
    }

    private static async Task WriteAsync(FunctionContext context, HttpContext http)
    {
        if (context.GetInvocationResult().Value is not IResult result)
            return;
        context.GetInvocationResult().Value = Results.Empty;
        await result.ExecuteAsync(http);
    }

    // Nobody waits for the answer any more.
    private static bool IsGone(Exception error, HttpContext http) =>
        error is OperationCanceledException && http.RequestAborted.IsCancellationRequested;

    private IResult ProblemOf(FunctionContext context, Exception error)
    {
        switch (error)
        {
            case RefusedException refused:
                return refused.Answer;
            case BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad:
                return new BadRequest(bad.Message);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } bad:
                return new TooLarge(bad.Message);
            case BadHttpRequestException bad:
                return new Failed(bad.Message, bad.StatusCode);
        }

        var name = context.FunctionDefinition.Name;
        if (StoreProblemOf(name, error) is { } away)
            return away;
        log.LogError(error, "{Function} failed", name);
        return new Failed(
            $"Something went wrong here. Whoever runs the desk finds it in the log under {context.InvocationId}."
        );
    }

    // What is the matter with the desk's storage, and with nothing of the request; null where that is well.
    private Away? StoreProblemOf(string function, Exception error)
    {
        const string Again = "Nothing was changed, or it can be sent again as it was: try again";
        switch (error)
        {
            case TamperedCaseException tampered:
                log.LogError(
                    "{Function} was answered 503: {Why} More says 'factcheck audit verify'",
                    function,
                    tampered.Message
                );
                return new(
                    "This case is not what the desk wrote, so nothing is built on it, and nothing of it shown. Whoever "
                        + "runs the desk finds why in the log.",
                    retryAfter: null
                );
            case var full when DiskSpace.IsShort(full):
                log.LogWarning("{Function} was answered 503, there is no room left: {Why}", function, full.Message);
                return new($"There is no room left where the desk keeps its data. {Again} later.", RoomTakes);
            case var gone when StoreFailure.IsAway(gone):
                log.LogWarning(
                    "{Function} was answered 503, the storage can't be reached: {Why}",
                    function,
                    StoreFailure.Why(gone)
                );
                return new($"The desk's storage can't be reached. {Again} soon.");
            default:
                return null;
        }
    }
}
