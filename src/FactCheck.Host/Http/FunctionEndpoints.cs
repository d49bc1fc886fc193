using System.Diagnostics.CodeAnalysis;
using FactCheck.Host.Worker;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Primitives;

namespace FactCheck.Host.Http;

/// <summary>HTTP functions as endpoints, with Azure's routes; a new worker may change them.</summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "The source of a change token has no timer and no handle: there is nothing to dispose."
)]
internal sealed class FunctionEndpoints(string routePrefix, Func<HttpContext, HostedFunction, Task> answer)
    : EndpointDataSource
{
    /// <summary>The host's own, on Azure as well.</summary>
    private static readonly string[] Reserved = ["admin", "runtime"];

    private readonly Lock _gate = new();
    private IReadOnlyList<Endpoint> _endpoints = [];
    private CancellationTokenSource _change = new();

    public override IReadOnlyList<Endpoint> Endpoints => _endpoints;

    public override IChangeToken GetChangeToken()
    {
        lock (_gate)
            return new CancellationChangeToken(_change.Token);
    }

    /// <exception cref="FunctionHostException">A route can't be used; all that can't are named.</exception>
    public void Set(IEnumerable<HostedFunction> functions)
    {
        var errors = new List<string>();
        var endpoints = functions
            .Where(function => function.Is("httpTrigger"))
            .Select(function => Build(function, errors))
            .OfType<RouteEndpoint>()
            .ToArray();
        errors.AddRange(Ambiguous(endpoints));
        if (errors.Count > 0)
            throw new FunctionHostException(
                string.Join(
                    Environment.NewLine,
                    ["The routes of these functions can't be used:", .. errors.Select(error => "  " + error)]
                )
            );
        CancellationTokenSource changed;
        lock (_gate)
        {
            _endpoints = endpoints;
            changed = _change;
            _change = new();
        }
        changed.Cancel();
    }

    private RouteEndpoint? Build(HostedFunction function, List<string> errors)
    {
        var given = function.Trigger["route"]?.GetValue<string>();
        var route = string.IsNullOrEmpty(given) ? function.Name : given;
        var text = string.Join(
            '/',
            new[] { routePrefix.Trim('/'), route.TrimStart('/') }.Where(part => part.Length > 0)
        );
        if (Reserved.Contains(text.Split('/')[0], StringComparer.OrdinalIgnoreCase))
        {
            errors.Add($"{function.Name}: '{text}' begins with '{text.Split('/')[0]}', which belongs to the host.");
            return null;
        }
        try
        {
            var endpoint = new RouteEndpointBuilder(
                context => answer(context, function),
                RoutePatternFactory.Parse(text),
                order: 0
            )
            {
                DisplayName = $"Function {function.Name}",
            };
            if (Methods(function) is { Length: > 0 } methods)
                endpoint.Metadata.Add(new HttpMethodMetadata(methods));
            return (RouteEndpoint)endpoint.Build();
        }
        catch (RoutePatternException exception)
        {
            errors.Add($"{function.Name}: '{text}' is no route: {exception.Message}");
            return null;
        }
    }

    private static string[] Methods(HostedFunction function) =>
        [
            .. function.Trigger["methods"]?.AsArray().Select(method => method!.GetValue<string>().ToUpperInvariant())
                ?? [],
        ];

    private static IEnumerable<string> Ambiguous(RouteEndpoint[] endpoints) =>
        endpoints
            .SelectMany(endpoint =>
                (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(method =>
                    (Name: endpoint.DisplayName, Route: $"{method} {endpoint.RoutePattern.RawText}")
                )
            )
            .GroupBy(one => one.Route, one => one.Name, StringComparer.OrdinalIgnoreCase)
            .Where(same => same.Count() > 1)
            .Select(same => $"{same.Key}: {string.Join(" and ", same)} have the same.");
}
