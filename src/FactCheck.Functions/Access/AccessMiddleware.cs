using FactCheck.Domain;
using FactCheck.Functions.Http;
using FactCheck.Storage;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace FactCheck.Functions;

/// <summary>
/// The one place that decides who may call what, on both hosts. Functions that only the host calls have no HTTP
/// request; one that were reached by HTTP all the same is refused, and so is any other that comes without its
/// request.
/// </summary>
internal sealed class AccessMiddleware(AccessMap map) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var least = map.Of(context.FunctionDefinition.Name);
        if (context.GetHttpContext() is not { } http)
        {
            if (least != Role.Host)
                throw new InvalidOperationException(
                    $"{context.FunctionDefinition.Name} was called without an HTTP request: nobody can tell who calls."
                );
            await next(context);
            return;
        }

        Headers.Secure(http.Response);
        CallerAddress.Remember(http, context.BindingContext.BindingData);
        var person = await context
            .InstanceServices.GetRequiredService<Identity>()
            .FindPersonAsync(http.Request, context.CancellationToken);
        if (person is not null)
            http.Items[typeof(Person)] = person;
        if (least != Role.Public && person is null)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            context.GetInvocationResult().Value = Answers.Problem(
                StatusCodes.Status401Unauthorized,
                "Sign in, or send a bearer token."
            );
        }
        else if (least != Role.Public && !person!.May(least))
        {
            context.GetInvocationResult().Value = Answers.Problem(
                StatusCodes.Status403Forbidden,
                $"This takes the role {least}; {person.Name} is {person.Role}."
            );
        }
        else
        {
            await next(context);
        }
    }
}

/// <summary>Headers that every answer carries.</summary>
internal static class Headers
{
    // The pages load their own script and style and nothing else; reports carry JSON-LD, which is data and no script.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static void Secure(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-store";
    }
}

/// <summary>
/// Turns what a function throws into problem details, so that no caller sees a stack trace and no error goes
/// unlogged. It writes the answer too: one that breaks while it is written is such an error, and what was written
/// need not travel to the host a second time as the function's result.
/// </summary>
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
            case BadRequestException bad:
                return Answers.Problem(bad.Status, bad.Message);
            case BadHttpRequestException bad:
                return Answers.Problem(bad.StatusCode, bad.Message);
            case var away when StoreFailure.IsAway(away):
                log.LogWarning(
                    "{Function} was answered 503, the storage can't be reached: {Why}",
                    context.FunctionDefinition.Name,
                    StoreFailure.Why(away)
                );
                return Answers.Away(
                    "The desk's storage can't be reached. Nothing was changed, or it can be sent again as it was: try again soon."
                );
            default:
                log.LogError(error, "{Function} failed", context.FunctionDefinition.Name);
                return Answers.Problem(
                    StatusCodes.Status500InternalServerError,
                    $"Something went wrong here. Whoever runs the desk finds it in the log under {context.InvocationId}."
                );
        }
    }
}
