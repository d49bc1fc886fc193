using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Runtime;

/// <summary>HTTP functions as ASP.NET endpoints.</summary>
internal static class HttpFunctions
{
    public static void Map(IEndpointRouteBuilder routes, FunctionCatalog catalog, HostJson host)
    {
        foreach (var function in catalog.Functions)
        {
            if (function.Trigger is not HttpTriggerAttribute http)
                continue;
            var route = http.Route is { Length: > 0 } given ? given : function.Name;
            var pattern = string.Join('/', new[] { host.RoutePrefix.Trim('/'), route.TrimStart('/') }.Where(part => part.Length > 0));
            RequestDelegate answer = context => AnswerAsync(context, function);
            var endpoint = http.Methods is { Length: > 0 } methods
                ? routes.MapMethods(pattern, methods.Select(method => method.ToUpperInvariant()), answer)
                : routes.Map(pattern, answer);
            endpoint.WithDisplayName($"Function {function.Name}");
        }
    }

    /// <summary>Runs a function, with the app's middleware around it, and writes its answer.</summary>
    public static async Task AnswerAsync(HttpContext http, FunctionDescriptor function)
    {
        var invoker = http.RequestServices.GetRequiredService<FunctionInvoker>();
        var data = http.Request.RouteValues.ToDictionary(value => value.Key, value => value.Value, StringComparer.OrdinalIgnoreCase);
        var context = new InvocationContext(function, http, http.RequestServices, data, http.RequestAborted);
        context.Items[FunctionContextExtensions.HttpContextKey] = http;
        var result = await invoker.InvokeAsync(context);
        if (result is IResult answer)
            await answer.ExecuteAsync(http);
        else if (result is not null)
            await Results.Json(result).ExecuteAsync(http); // a middleware may answer with plain data
    }
}
