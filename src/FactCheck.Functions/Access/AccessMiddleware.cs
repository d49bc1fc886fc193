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

        var settings = context.InstanceServices.GetRequiredService<Settings>();
        Headers.Secure(http, settings.PublicBaseUrl);
        CallerAddress.Remember(http, context.BindingContext.BindingData);
        var caller = await context
            .InstanceServices.GetRequiredService<Identity>()
            .IdentifyAsync(http.Request, context.CancellationToken);
        if (caller is Identified.Known { Person: var person })
            http.Items[typeof(Person)] = person with { IsParted = settings.Desk.Parted };
        else
            http.Items[typeof(Identified)] = caller;
        if (RefusalOf(caller, least, http.Request.Method) is { } refusal)
            context.GetInvocationResult().Value = refusal;
        else
            await next(context);
        await context
            .InstanceServices.GetRequiredService<AccessNotes>()
            .AnsweredAsync(
                http.Request,
                context.FunctionDefinition.Name,
                context.GetInvocationResult().Value,
                context.CancellationToken
            );
    }

    private static Refusal? RefusalOf(Identified caller, Role least, string method) =>
        caller switch
        {
            _ when least == Role.Public => null,
            Identified.Known { Person: var person } when !person.May(least) => new NotAllowed(
                $"This takes the role {least}; {person.Name} is {person.Role}."
            ),
            Identified.Known { Person: var person } => person.MayCall(method)
                ? null
                : new NotAllowed("This token only reads."),
            Identified.WithoutRole nobody => new NotAllowed(
                $"This takes the role {least}; {nobody.Name} has no role on this desk."
            ),
            Identified.Refused refused => NotSignedIn.Because(refused.Why),
            _ => new NotSignedIn(),
        };
}

/// <summary>Who calls, once <see cref="AccessMiddleware"/> has let them in.</summary>
internal static class Callers
{
    /// <summary>Who calls a function that is not public.</summary>
    public static Person Caller(this HttpRequest request) =>
        FindCaller(request) ?? throw new InvalidOperationException("A function without access control was called.");

    public static Person? FindCaller(this HttpRequest request) => request.HttpContext.Items[typeof(Person)] as Person;

    /// <summary>What is told to who is nobody here.</summary>
    public static NotSignedIn WhyNobody(this HttpRequest request) =>
        request.HttpContext.Items[typeof(Identified)] is Identified.Refused refused
            ? NotSignedIn.Because(refused.Why)
            : new NotSignedIn();
}
