using System.Collections.Concurrent;
using FactCheck.Host;
using FactCheck.Host.Http;
using FactCheck.Host.Worker.Rpc;
using FactCheck.Tests.Host.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Tests.Host.Http;

/// <summary>The public listener before a worker whose HTTP functions are a test's lambdas; an invocation and its
/// request meet as in the genuine one.</summary>
internal sealed class FakeFront : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _requests = new();
    private readonly WebApplication _app;

    public FakeFront(
        FunctionHostOptions? options = null,
        HostJson? hostJson = null,
        params RpcFunctionMetadata[] functions
    )
    {
        Workers.Functions.Clear();
        Workers.Functions.AddRange(
            functions.Length > 0
                ? functions
                : [FakeWorkers.Function("Work", "httpTrigger", ""","route":"work/{name?}" """)]
        );
        Workers.OnInvoke = (worker, request) =>
        {
            _ = InvokeAsync(worker, request); // it goes on reading meanwhile
            return Task.CompletedTask;
        };
        Host = new(Workers);
        Options =
            options
            ?? new()
            {
                AppDirectory = "",
                DataDirectory = "",
                Urls = "http://127.0.0.1:0",
                RequestWait = TimeSpan.FromMilliseconds(300),
            };
        Front = new(
            Options,
            new(Connections.Fitting()),
            hostJson ?? new(),
            Host.Supervisor,
            NullLoggerFactory.Instance,
            null,
            _ => { },
            () => Problems
        );
        Host.Supervisor.FunctionsChanged = Front.Set;
        var builder = Servers.CreateBuilder(NullLoggerFactory.Instance);
        _app = builder.Build();
        _app.Run(RequestAsync);
    }

    public FakeWorkers Workers { get; } = new();

    public Supervised Host { get; }

    public PublicFront Front { get; }

    public FunctionHostOptions Options { get; }

    public List<string> Problems { get; } = [];

    /// <summary>The invocation that came last.</summary>
    public InvocationRequest? Invocation { get; private set; }

    /// <summary>What the function last failed with.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>What the function does. When it throws, the worker ends the request without a word, and the invocation
    /// has failed.</summary>
    public Func<HttpContext, Task> Function { get; set; } = context => context.Response.WriteAsync("done");

    public HttpClient Client { get; private set; } = null!;

    public async Task<FakeFront> StartAsync()
    {
        Workers.HttpAddress = (await Servers.StartAsync(_app, "http://127.0.0.1:0", default))[0];
        await Host.ListenAsync();
        await Front.StartAsync(default);
        Client = new() { BaseAddress = Front.Addresses[0] };
        await Host.Supervisor.StartAsync(default);
        Front.Open();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await Front.StopAsync(TimeSpan.Zero);
        await Host.DisposeAsync();
        await Front.DisposeAsync();
        await _app.DisposeAsync();
    }

    private async Task InvokeAsync(FakeWorker worker, InvocationRequest request)
    {
        Invocation = request;
        try
        {
            await Meet(request.InvocationId).Task.WaitAsync(TimeSpan.FromMinutes(5));
            await worker.ReturnAsync(request, null);
        }
        catch (Exception exception)
        {
            await worker.ThrowAsync(request.InvocationId, exception.Message);
        }
    }

    private async Task RequestAsync(HttpContext context)
    {
        var meeting = Meet(context.Request.Headers["x-ms-invocation-id"].ToString());
        try
        {
            await Function(context);
            await context.Response.Body.FlushAsync();
            meeting.TrySetResult();
        }
        catch (Exception exception)
        {
            Failure = exception;
            meeting.TrySetException(exception);
        }
    }

    private TaskCompletionSource Meet(string invocation) =>
        _requests.GetOrAdd(invocation, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
