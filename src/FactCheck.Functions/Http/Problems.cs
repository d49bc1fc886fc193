using FactCheck.Storage.Azure;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace FactCheck.Functions.Http;

/// <summary>Turns what a function throws into problem details, so that no caller sees a stack trace and no error goes
/// unlogged. It writes the answer too: one that breaks while it is written is such an error, and what was written need
/// not travel to the host a second time as the function's result.</summary>
internal sealed class ProblemMiddleware(ILogger<ProblemMiddleware> log) : IFunctionsWorkerMiddleware
{
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
            case var away when StoreFailure.IsAway(away):
                log.LogWarning(
                    "{Function} was answered 503, the storage can't be reached: {Why}",
                    context.FunctionDefinition.Name,
                    StoreFailure.Why(away)
                );
                return new Away(
                    "The desk's storage can't be reached. Nothing was changed, or it can be sent again as it was: try again soon."
                );
            default:
                log.LogError(error, "{Function} failed", context.FunctionDefinition.Name);
                return new Failed(
                    $"Something went wrong here. Whoever runs the desk finds it in the log under {context.InvocationId}."
                );
        }
    }
}
