using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace SampleApp;

/// <summary>What HTTP functions do: well-behaved ones, and others.</summary>
public sealed class Pages(ILogger<Pages> logger)
{
    [Function("Home")]
    public IResult Home(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{ignored:maxlength(0)?}")] HttpRequest request
    ) => Results.Text("home");

    [Function("Hello")]
    public async Task<IResult> HelloAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "hello/{name:alpha}/{times:int?}")]
            HttpRequest request,
        string name,
        int? times
    )
    {
        using var reader = new StreamReader(request.Body);
        return Results.Text($"Hello {name} {times}: {await reader.ReadToEndAsync()}");
    }

    [Function("Files")]
    public IResult Files(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "files/{*path}")] HttpRequest request,
        string? path
    ) => Results.Text($"file {path}");

    /// <summary>Sends back what it was sent, as it comes.</summary>
    [Function("Echo")]
    public async Task<IResult> EchoAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "echo")] HttpRequest request
    )
    {
        var copy = new MemoryStream();
        await request.Body.CopyToAsync(copy);
        copy.Position = 0;
        return Results.Stream(copy);
    }

    [Function("Throw")]
    public IResult Throw([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throw")] HttpRequest request) =>
        throw new InvalidOperationException("The sample throws.");

    /// <summary>Three lines, a pause between them; fails after the first when asked to.</summary>
    [Function("Lines")]
    public async Task LinesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "lines")] HttpRequest request
    )
    {
        for (var line = 1; line <= 3; line++)
        {
            await request.HttpContext.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"line {line}\n"));
            await request.HttpContext.Response.Body.FlushAsync();
            await Task.Delay(300);
            if (request.Query.ContainsKey("fail"))
                throw new InvalidOperationException("The sample throws in the middle.");
        }
    }

    /// <summary>Waits until it is cancelled, or, when asked to be stubborn, for an hour.</summary>
    [Function("Hang")]
    public async Task<IResult> HangAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hang")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        try
        {
            await Task.Delay(TimeSpan.FromHours(1), request.Query.ContainsKey("stubborn") ? default : cancellation);
        }
        catch (OperationCanceledException)
        {
            logger.LogWarning("Hang was cancelled.");
            throw;
        }
        return Results.Text("an hour later");
    }

    /// <summary>Keeps a thread for so many milliseconds, as code does that was not written for servers.</summary>
    [Function("Block")]
    public IResult Block(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "block/{milliseconds:int}")] HttpRequest request,
        int milliseconds
    )
    {
        Thread.Sleep(milliseconds);
        return Results.NoContent();
    }

    [Function("Exit")]
    public IResult Exit(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "exit/{code:int}")] HttpRequest request,
        int code
    )
    {
        Environment.Exit(code);
        return Results.NoContent();
    }
}

/// <summary>An orchestration with all that one has: activities, an event, a timer, a failure that is caught.</summary>
public sealed class Orders(IConfiguration configuration, ILogger<Orders> logger)
{
    [Function("StartOrder")]
    public async Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orders/{name}")] HttpRequest request,
        string name,
        [DurableClient] DurableTaskClient client
    )
    {
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Order", name);
        return Results.Accepted($"/api/orders/{id}", id);
    }

    [Function("PayOrder")]
    public async Task<IResult> PayAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orders/{id}/payment")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client
    )
    {
        await client.RaiseEventAsync(id, "Paid", 12.5);
        return Results.NoContent();
    }

    [Function("GetOrder")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "orders/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client
    ) =>
        await client.GetInstanceAsync(id, getInputsAndOutputs: true) is { } order
            ? Results.Json(new { status = order.RuntimeStatus.ToString(), output = order.ReadOutputAs<string>() })
            : Results.NotFound();

    [Function("Order")]
    public static async Task<string> OrderAsync([OrchestrationTrigger] TaskOrchestrationContext context, string name)
    {
        var greeting = await context.CallActivityAsync<string>("Greet", name);
        var paid = await context.WaitForExternalEvent<double>("Paid");
        await context.CreateTimer(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        try
        {
            return await context.CallActivityAsync<string>("Refuse", $"{greeting} paid {paid}");
        }
        catch (TaskFailedException exception)
        {
            return $"{exception.FailureDetails.ErrorType}: {exception.FailureDetails.ErrorMessage}";
        }
    }

    [Function("Greet")]
    public string Greet([ActivityTrigger] string name) => $"Hello {name}";

    [Function("Refuse")]
    public string Refuse([ActivityTrigger] string what) => throw new NotSupportedException(what);

    /// <summary>Writes down what came, in the file that the setting <c>Seen</c> names.</summary>
    [Function("Arrived")]
    public async Task ArrivedAsync(
        [BlobTrigger("inbox/{name}", Connection = "AzureWebJobsStorage")] string text,
        string name
    ) => await File.AppendAllTextAsync(configuration["Seen"]!, $"{name}: {text}\n");

    [Function("Tick")]
    public void Tick([TimerTrigger("*/30 * * * * *")] TimerInfo timer) =>
        logger.LogInformation("Tick; late: {Late}", timer.IsPastDue);
}
