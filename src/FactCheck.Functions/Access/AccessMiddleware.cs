using FactCheck.Functions.Http;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace FactCheck.Functions.Access;

/// <summary>The one place that decides who may call what, on both hosts. Functions that only the host calls have no
/// HTTP request; one that were reached by HTTP all the same is refused, and so is any other that comes without its
/// request.</summary>
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
            context.GetInvocationResult().Value = new NotSignedIn();
        }
        else if (least != Role.Public && !person!.May(least))
        {
            context.GetInvocationResult().Value = new NotAllowed(
                $"This takes the role {least}; {person.Name} is {person.Role}."
            );
        }
        else
        {
            await next(context);
        }
    }
}

/// <summary>Who calls, once <see cref="AccessMiddleware"/> has let them in.</summary>
internal static class Callers
{
    /// <summary>Who calls a function that is not public.</summary>
    public static Person Caller(this HttpRequest request) =>
        FindCaller(request) ?? throw new InvalidOperationException("A function without access control was called.");

    public static Person? FindCaller(this HttpRequest request) => request.HttpContext.Items[typeof(Person)] as Person;
}
