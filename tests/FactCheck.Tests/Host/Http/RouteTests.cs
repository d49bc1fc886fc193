using System.Net;
using FactCheck.Tests.Host.Worker;

namespace FactCheck.Tests.Host.Http;

/// <summary>Which function answers a request, and what it is given of the path: the host's own routing, in front of the
/// worker's.</summary>
public sealed class RouteTests
{
    [Theory]
    [InlineData("GET", "/items/7", "Item", "id=7")]
    [InlineData("PUT", "/items/7", "PutItem", "id=7")]
    [InlineData("GET", "/files/a/b%20c.txt", "File", "name=a/b c.txt")]
    [InlineData("GET", "/files", "File", "")]
    [InlineData("GET", "/EmptyRoute", "EmptyRoute", "")]
    [InlineData("POST", "/two", "Two", "")]
    [InlineData("DELETE", "/Named", "Named", "")]
    [InlineData("PATCH", "/Named", "Named", "")]
    public async Task A_request_finds_its_function_by_method_and_path(
        string method,
        string path,
        string function,
        string values
    )
    {
        await using var front = await StartAsync();

        using var answer = await front.Client.SendAsync(new HttpRequestMessage(new(method), path));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(function, front.Invocation!.FunctionId);
        var given = front
            .Invocation.TriggerMetadata.Where(value => value.Key is "id" or "name")
            .Select(value => $"{value.Key}={value.Value.String}");
        Assert.Equal(values, string.Join('&', given));
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound)]
    [InlineData("GET", "/items/seven", HttpStatusCode.NotFound)]
    [InlineData("GET", "/items/7/8", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/items/7", HttpStatusCode.MethodNotAllowed)]
    public async Task What_no_function_answers_is_refused_before_the_worker_hears_of_it(
        string method,
        string path,
        HttpStatusCode status
    )
    {
        await using var front = await StartAsync();

        using var answer = await front.Client.SendAsync(new HttpRequestMessage(new(method), path));

        Assert.Equal((status, null), (answer.StatusCode, front.Invocation));
    }

    private static Task<FakeFront> StartAsync() =>
        new FakeFront(
            null,
            new() { RoutePrefix = "" },
            Function("Item", "items/{id:int}", "get"),
            Function("PutItem", "items/{id:int}", "put"),
            Function("File", "files/{*name}", "get"),
            Function("EmptyRoute", "", "get"),
            Function("Two", "two", "get", "post"),
            FakeWorkers.Function("Named", "httpTrigger")
        ).StartAsync();

    private static FactCheck.Host.Worker.Rpc.RpcFunctionMetadata Function(
        string name,
        string route,
        params string[] methods
    ) =>
        FakeWorkers.Function(
            name,
            "httpTrigger",
            $$""","route":"{{route}}","methods":[{{string.Join(',', methods.Select(method => $"\"{method}\""))}}]"""
        );
}
