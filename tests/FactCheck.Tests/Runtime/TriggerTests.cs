using System.Net;
using FactCheck.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>HTTP functions and middleware.</summary>
public sealed class TriggerTests
{
    [Theory]
    [InlineData("GET", "/", "root")]
    [InlineData("GET", "/api/items/7", "item 7")]
    [InlineData("PUT", "/api/items/7", "put 7")]
    [InlineData("GET", "/api/files/a/b%20c.txt", "file a/b c.txt")]
    [InlineData("GET", "/api/files", "file ")]
    [InlineData("GET", "/api/guids/00000000-0000-0000-0000-000000000001", "guid 00000000-0000-0000-0000-000000000001")]
    [InlineData("GET", "/NamedRoute", "by its name")]
    [InlineData("DELETE", "/NamedRoute", "by its name")]
    [InlineData("GET", "/EmptyRoute", "by its name too")]
    [InlineData("POST", "/api/two", "two POST")]
    public async Task A_request_finds_its_function_and_fills_its_parameters(string method, string path, string answer)
    {
        await using var host = await EmbeddedHost.ForTests().AddFunctions<WebFunctions>().ConfigureServices(services => services.AddScoped<Greeter>()).StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        var response = await host.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, answer), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/items/seven", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/api/items/7", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/api/numbers/x", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/api/throws", HttpStatusCode.InternalServerError)]
    public async Task What_no_function_answers_is_answered_as_aspnet_does(string method, string path, HttpStatusCode status)
    {
        await using var host = await EmbeddedHost.ForTests().AddFunctions<WebFunctions>().ConfigureServices(services => services.AddScoped<Greeter>()).StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        Assert.Equal(status, (await host.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task The_route_prefix_of_host_json_stands_before_every_route()
    {
        await using var host = await EmbeddedHost.ForTests().AddFunctions<WebFunctions>().ConfigureServices(services => services.AddScoped<Greeter>())
            .WithHostJson("""{ "extensions": { "http": { "routePrefix": "base" } } }""").StartAsync();

        Assert.Equal("item 7", await host.Http.GetStringAsync("/base/api/items/7"));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync("/api/items/7")).StatusCode);
    }

    [Fact]
    public async Task A_function_is_made_per_invocation_from_scoped_services_and_starts_orchestrations()
    {
        await using var host = await EmbeddedHost.ForTests().AddFunctions<WebFunctions>().ConfigureServices(services => services.AddScoped<Greeter>())
            .AddOrchestrator("Hello", context => context.CallActivityAsync<string>("Greet", "world")).StartAsync();

        var id = await host.Http.GetStringAsync("/api/start");
        await host.WhenIdleAsync();

        Assert.Equal("Hello, world, from 1", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Middleware_is_around_every_function_in_order_and_may_answer_in_its_place()
    {
        var seen = new Trail();
        await using var host = await EmbeddedHost.ForTests().AddFunctions<WebFunctions>().AddFunctions<ClockFunctions>()
            .ConfigureApp(app =>
            {
                app.Services.AddScoped<Greeter>();
                app.Services.AddSingleton(seen);
                app.UseMiddleware<Outer>();
                app.UseMiddleware(async (context, next) =>
                {
                    if (context.GetHttpContext()?.Request.Query.ContainsKey("forbidden") == true)
                        context.GetInvocationResult().Value = Results.Json(new { no = "entry" }, statusCode: 403);
                    else
                        await next();
                });
            })
            .AddOrchestrator("Hello", context => context.CallActivityAsync<string>("Greet", "world"))
            .StartAsync();

        var refused = await host.Http.GetAsync("/api/items/7?forbidden");
        await host.BeginAsync("Hello");
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((HttpStatusCode.Forbidden, """{"no":"entry"}"""), (refused.StatusCode, await refused.Content.ReadAsStringAsync()));
        Assert.Equal(
            [
                "Item httpTrigger FactCheck.Tests.Runtime.WebFunctions.Item http", "Hello orchestrationTrigger lambda -", "Greet activityTrigger FactCheck.Tests.Runtime.WebFunctions.Greet -",
                "EachMinute timerTrigger FactCheck.Tests.Runtime.ClockFunctions.EachMinute -",
            ],
            seen.Lines);
    }

    [Fact]
    public async Task Middleware_around_an_orchestrator_may_await_anything_before_and_after()
    {
        await using var host = await EmbeddedHost.ForTests()
            .ConfigureApp(app => app.UseMiddleware(async (context, next) =>
            {
                await Task.Delay(20);
                await next();
                await Task.Delay(20);
            }))
            .AddOrchestrator("Twice", async context => await context.CallActivityAsync<int>("One") + await context.CallActivityAsync<int>("One"))
            .AddActivity<object, int>("One", _ => Task.FromResult(1))
            .StartAsync();

        Assert.Equal(2, (await host.RunAsync("Twice")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task A_real_host_starts_listens_and_ends_its_requests_before_it_stops()
    {
        var data = Directory.CreateTempSubdirectory("runtime-test-").FullName;
        var builder = FunctionsApplication.CreateBuilder(["--urls", "http://127.0.0.1:0", "--Runtime:DataDirectory", data, "--hostBuilder:reloadConfigOnChange", "false"]);
        builder.ConfigureFunctionsWebApplication();
        builder.Services.Configure<EmbeddedHostOptions>(options => options.FunctionClasses.Add(typeof(SlowFunctions)));
        builder.Services.Configure<EmbeddedHostOptions>(options => options.NoEntryAssembly = true);
        // Not the host.json that happens to lie beside the tests.
        builder.Services.AddSingleton(HostJson.Parse("""{"extensions":{"http":{"routePrefix":"api"}}}"""));
        var host = builder.Build();
        await host.StartAsync();
        var address = host.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features
            .Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses.First();
        using var http = new HttpClient { BaseAddress = new Uri(address) };

        var answer = http.GetStringAsync("/api/slow");
        Assert.True(await SlowFunctions.Arrived.WaitAsync(TimeSpan.FromMinutes(1)), "the request did not arrive");
        var stop = host.StopAsync();
        SlowFunctions.Leave.Release();

        Assert.Equal("slow", await answer);
        await stop;
        Assert.True(File.Exists(Path.Combine(data, "runtime.db")));
        await ((IAsyncDisposable)host).DisposeAsync();
        Directory.Delete(data, recursive: true);
    }
}

internal sealed class Greeter
{
    private int _greetings;

    public string Greet(string name) => $"Hello, {name}, from {++_greetings}";
}

internal sealed class Trail
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public void Add(string line)
    {
        lock (_lines)
            _lines.Add(line);
    }
}

internal sealed class Outer(Trail trail) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var function = context.FunctionDefinition;
        var trigger = function.InputBindings.Count > 0 ? function.InputBindings.Values.First(binding => binding.Type.EndsWith("Trigger", StringComparison.Ordinal)).Type : "orchestrationTrigger";
        var entry = function.EntryPoint.Contains('<', StringComparison.Ordinal) ? "lambda" : function.EntryPoint;
        trail.Add($"{function.Name} {trigger} {entry} {(context.GetHttpContext() is null ? "-" : "http")}");
        await next(context);
    }
}

internal sealed class WebFunctions(Greeter greeter)
{
    [Function("Root")]
    public static IResult Root([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{ignored:maxlength(0)?}")] HttpRequest request) =>
        Results.Text(request.Path == "/" ? "root" : "not root");

    [Function("Item")]
    public static Task<IResult> Item([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/items/{id:int}")] HttpRequest request, int id, CancellationToken cancellation) =>
        Task.FromResult(cancellation.CanBeCanceled && HttpMethods.IsGet(request.Method) ? Results.Text($"item {id}") : Results.BadRequest());

    [Function("PutItem")]
    public static Microsoft.AspNetCore.Http.HttpResults.ContentHttpResult PutItem([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/items/{id:int}")] HttpRequest request, string id) =>
        TypedResults.Text($"put {id}{request.ContentType}");

    [Function("File")]
    public static IResult File([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/files/{*name}")] HttpRequest request, string? name, FunctionContext context) =>
        Results.Text($"file {name}{(string.Equals(context.FunctionDefinition.Name, "File", StringComparison.Ordinal) && ReferenceEquals(context.GetHttpContext(), request.HttpContext) ? "" : "?")}");

    [Function("ById")]
    public static IResult ById([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/guids/{id}")] HttpRequest request, Guid id) => Results.Text($"guid {id}{request.ContentType}");

    [Function("Number")]
    public static IResult Number([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/numbers/{n}")] HttpRequest request, int? n) => Results.Text($"{n}{request.ContentType}");

    [Function("NamedRoute")]
    public static IResult NamedRoute([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Text("by its name" + request.ContentType);

    [Function("EmptyRoute")]
    public static IResult EmptyRoute([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "")] HttpRequest request) => Results.Text("by its name too" + request.ContentType);

    [Function("Two")]
    public static IResult Two([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "api/two")] HttpRequest request) => Results.Text($"two {request.Method}");

    [Function("Throws")]
    public static IResult Throws([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/throws")] HttpRequest request) => throw new InvalidOperationException(request.Path);

    [Function("Start")]
    public static async Task<IResult> Start([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/start")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        Results.Text(await client.ScheduleNewOrchestrationInstanceAsync("Hello", request.ContentType, request.HttpContext.RequestAborted));

    [Function("Greet")]
    public string Greet([ActivityTrigger] string name, [DurableClient] DurableTaskClient client) => client is null ? "" : greeter.Greet(name);
}

internal static class SlowFunctions
{
    public static SemaphoreSlim Arrived { get; } = new(0);

    public static SemaphoreSlim Leave { get; } = new(0);

    [Function("Slow")]
    public static async Task<IResult> Slow([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "slow")] HttpRequest request)
    {
        Arrived.Release();
        await Leave.WaitAsync(request.HttpContext.RequestAborted);
        return Results.Text("slow");
    }
}
