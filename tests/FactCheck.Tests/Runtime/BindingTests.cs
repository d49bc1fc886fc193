using FactCheck.Runtime;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>What can't work is refused at the start, all of it at once; and what host.json says is read.</summary>
public sealed class BindingTests
{
    [Fact]
    public async Task Bad_bindings_are_refused_at_the_start_naming_function_parameter_and_what_would_work()
    {
        var refused = await Assert.ThrowsAsync<EmbeddedHostException>(() => EmbeddedHost.ForTests().AddFunctions(typeof(BadFunctions)).AddFunctions<HomelessFunctions>().StartAsync());

        Assert.Equal(
            """
            The functions can't be run as they are declared:
              Function 'ActivityByRef', parameter 'input' (System.Collections.IEnumerable): an activity's input is a type that JSON can be read into.
              Function 'AsyncVoid' is async void: the host can't tell when it ends; return Task.
              Function 'BadBlob', parameter 'blob' (System.Int32): [BlobTrigger] goes on a string, a byte[] or a Stream.
              Function 'BadBlob', parameter 'title' (System.String): nothing fills it; 'articles/{name}' has name. A part of the name, FunctionContext, CancellationToken or [DurableClient] would work, a service comes by the constructor.
              Function 'BadCron': 'every day' is not an NCRONTAB expression: seconds minutes hours day month weekday, such as '0 */5 * * * *'.
              Function 'BadRoute', parameter 'id' (System.String): nothing fills it; the route 'api/{key}' has key. A route value, FunctionContext, CancellationToken or [DurableClient] would work, a service comes by the constructor.
              Function 'ClientWithoutAttribute', parameter 'client' (FactCheck.Runtime.DurableTaskClient): a DurableTaskClient needs [DurableClient].
              Function 'HttpReturnsNothing' returns System.Threading.Tasks.Task: an HTTP function returns an IResult, or a Task of one.
              Function 'NeedsKey' asks for AuthorizationLevel.Function: there are no function keys here; use Anonymous and decide access in a middleware.
              Function 'NoContainer': blob path 'articles' is not of the form container/name, such as 'articles/{name}'.
              Function 'NoTrigger' (FactCheck.Tests.Runtime.BadFunctions.NoTrigger) has 0 triggers; it needs one parameter with a trigger attribute.
              Function 'OrchestratorReturnsNothing' returns System.Void: an orchestrator returns a Task.
              Function 'OrchestratorWithInput', parameter 'input' (System.String): an orchestrator takes its TaskOrchestrationContext only: input comes from context.GetInput, services belong in activities.
              Function 'Reserved': no route begins with 'admin', which belongs to the host.
              Function 'UnknownSetting': there is no setting 'Nowhere', which '%Nowhere%' asks for.
              Function 'Homeless': FactCheck.Tests.Runtime.HomelessFunctions needs a System.Text.StringBuilder, which is not among the app's services.
              Function 'Twice' is declared more than once: FactCheck.Tests.Runtime.BadFunctions.Twice1, FactCheck.Tests.Runtime.BadFunctions.Twice2.
              Functions 'SameRoute1' and 'SameRoute2' both answer GET api/same.
            """.ReplaceLineEndings(),
            refused.Message);
    }

    [Fact]
    public void Host_json_is_read_and_an_unknown_key_is_named_with_the_nearest_known_one()
    {
        var host = HostJson.Parse(
            """
            {
              // comments are allowed, as on Azure
              "version": "2.0",
              "functionTimeout": "00:10:00",
              "logging": { "logLevel": { "anything": "Trace" } },
              "extensions": {
                "http": { "routePrefix": "", "routePrefx": "x" },
                "blobs": { "maxDegreeOfParallelism": 4, "poisonBlobThreshold": 3 },
                "durableTask": { "maxConcurrentActivityFunctions": 8, "maxConcurrentOrchestratorFunctions": 8, "defaultVersion": "1.0", "storageProvider": { "type": "azure" } }
              },
              "functionTimeOuts": "1"
            }
            """);

        Assert.Equal(("", TimeSpan.FromMinutes(10), 4, 3, 8, "1.0"), (host.RoutePrefix, host.FunctionTimeout, host.MaxBlobs, host.PoisonBlobThreshold, host.MaxActivities, host.DefaultVersion));
        Assert.Equal(
            ["host.json: 'extensions.http.routePrefx' is not known; did you mean 'extensions.http.routePrefix'?", "host.json: 'functionTimeOuts' is not known; did you mean 'functionTimeout'?"],
            host.Warnings);
        Assert.Null(HostJson.Parse("""{ "functionTimeout": "-1" }""").FunctionTimeout);
        Assert.Equal("api", HostJson.Parse("{}").RoutePrefix);
    }

    [Theory]
    [InlineData("""{ "extensions": { "blobs": { "maxDegreeOfParallelism": 0 } } }""")]
    [InlineData("not json")]
    [InlineData("[]")]
    public void A_host_json_that_cannot_be_meant_is_refused_with_its_path(string text)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, text);

        Assert.StartsWith($"{path} can't be read: ", Assert.Throws<EmbeddedHostException>(() => HostJson.Read("/nowhere/host.json", path)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public void The_projects_own_host_json_has_no_unknown_keys()
    {
        Assert.Empty(HostJson.Read(Path.Combine(Folder(), "../../../host.json")).Warnings);
    }

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}

internal static class BadFunctions
{
    [Function("NoTrigger")]
    public static void NoTrigger() { }

    [Function("OrchestratorWithInput")]
    public static Task OrchestratorWithInput([OrchestrationTrigger] TaskOrchestrationContext context, string input) => context.CallActivityAsync(input);

    [Function("OrchestratorReturnsNothing")]
    public static void OrchestratorReturnsNothing([OrchestrationTrigger] TaskOrchestrationContext context) => _ = context;

    [Function("BadRoute")]
    public static IResult BadRoute([HttpTrigger(AuthorizationLevel.Anonymous, Route = "api/{key}")] HttpRequest request, string id) => Results.Text(id + request.Path);

    [Function("HttpReturnsNothing")]
    public static Task HttpReturnsNothing([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => request.HttpContext.Response.CompleteAsync();

    [Function("NeedsKey")]
    public static IResult NeedsKey([HttpTrigger("get")] HttpRequest request) => Results.Text(request.Path);

    [Function("Reserved")]
    public static IResult Reserved([HttpTrigger(AuthorizationLevel.Anonymous, Route = "admin/x")] HttpRequest request) => Results.Text(request.Path);

    [Function("BadBlob")]
    public static void BadBlob([BlobTrigger("articles/{name}")] int blob, string title) => _ = (blob, title);

    [Function("NoContainer")]
    public static void NoContainer([BlobTrigger("articles")] string blob) => _ = blob;

    [Function("BadCron")]
    public static void BadCron([TimerTrigger("every day")] TimerInfo timer) => _ = timer;

    [Function("UnknownSetting")]
    public static void UnknownSetting([TimerTrigger("%Nowhere%")] TimerInfo timer) => _ = timer;

    [Function("ClientWithoutAttribute")]
    public static string ClientWithoutAttribute([ActivityTrigger] string input, DurableTaskClient client) => input + client;

    [Function("ActivityByRef")]
    public static string ActivityByRef([ActivityTrigger] System.Collections.IEnumerable input) => $"{input}";

    [Function("AsyncVoid")]
#pragma warning disable CA1822, MA0155, RCS1047, AsyncFixer03, VSTHRD100 // what is tested
    public static async void AsyncVoid([TimerTrigger("0 0 0 * * *")] TimerInfo timer) => await Task.FromResult(timer);
#pragma warning restore CA1822, MA0155, RCS1047, AsyncFixer03, VSTHRD100

    [Function("Twice")]
    public static string Twice1([ActivityTrigger] string input) => input;

    [Function("twice")]
    public static string Twice2([ActivityTrigger] string input) => input;

    [Function("SameRoute1")]
    public static IResult SameRoute1([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/same")] HttpRequest request) => Results.Text(request.Path);

    [Function("SameRoute2")]
    public static IResult SameRoute2([HttpTrigger(AuthorizationLevel.Anonymous, "GET", "post", Route = "api/same")] HttpRequest request) => Results.Text(request.Path);
}

internal sealed class HomelessFunctions(TimeProvider time, System.Text.StringBuilder missing)
{
    [Function("Homeless")]
    public string Homeless([ActivityTrigger] string input) => $"{input} {time.GetUtcNow()} {missing}";
}
