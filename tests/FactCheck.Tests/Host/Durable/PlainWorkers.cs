using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.DurableTask.Protobuf;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Microsoft's own worker, connected to a hub.</summary>
internal sealed class PlainWorker : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly GrpcChannel _channel;

    private PlainWorker(ServiceProvider services, GrpcChannel channel) => (_services, _channel) = (services, channel);

    public static async Task<PlainWorker> StartAsync(
        TestHub hub,
        Action<DurableTaskRegistry> tasks,
        Action<GrpcDurableTaskWorkerOptions>? options = null
    )
    {
        var channel = hub.NewChannel();
        var services = new ServiceCollection()
            .AddLogging()
            .AddDurableTaskWorker(builder =>
                builder
                    .AddTasks(tasks)
                    .UseGrpc(grpc =>
                    {
                        grpc.Channel = channel;
                        options?.Invoke(grpc);
                    })
            )
            .BuildServiceProvider();
        foreach (var hosted in services.GetServices<IHostedService>())
            await hosted.StartAsync(CancellationToken.None);
        return new(services, channel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>())
            await hosted.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        _channel.Dispose();
    }
}

/// <summary>A worker whose every answer the test says.</summary>
internal sealed class HandWorker : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly GrpcChannel _channel;
    private readonly AsyncServerStreamingCall<WorkItem> _stream;

    private HandWorker(GrpcChannel channel, GetWorkItemsRequest request)
    {
        _channel = channel;
        Service = new(channel);
        _stream = Service.GetWorkItems(request);
    }

    public TaskHubSidecarService.TaskHubSidecarServiceClient Service { get; }

    /// <summary>A worker that is connected.</summary>
    public static async Task<HandWorker> ConnectAsync(TestHub hub, GetWorkItemsRequest? request = null)
    {
        var worker = new HandWorker(hub.NewChannel(), request ?? new());
        Assert.NotNull((await worker.ReadAsync()).HealthPing); // the first sign of life comes at once
        return worker;
    }

    /// <summary>The next message, a sign of life or an item.</summary>
    public async Task<WorkItem> ReadAsync()
    {
        Assert.True(await _stream.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Limit));
        return _stream.ResponseStream.Current;
    }

    /// <summary>The next item.</summary>
    public async Task<WorkItem> NextAsync()
    {
        for (; ; )
        {
            var item = await ReadAsync();
            if (item.HealthPing is null)
                return item;
        }
    }

    /// <summary>The next item, an episode.</summary>
    public async Task<(OrchestratorRequest Request, string Token)> EpisodeAsync()
    {
        var item = await NextAsync();
        return (
            item.OrchestratorRequest ?? throw new InvalidOperationException($"A {item.RequestCase} came."),
            item.CompletionToken
        );
    }

    /// <summary>The next item, an activity.</summary>
    public async Task<(ActivityRequest Request, string Token)> ActivityAsync()
    {
        var item = await NextAsync();
        return (
            item.ActivityRequest ?? throw new InvalidOperationException($"A {item.RequestCase} came."),
            item.CompletionToken
        );
    }

    /// <summary>Whether the stream has ended.</summary>
    public async Task<bool> HasEndedAsync() =>
        !await _stream.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Limit);

    public async Task AnswerAsync(string instance, string token, params OrchestratorAction[] actions) =>
        await Service.CompleteOrchestratorTaskAsync(
            new()
            {
                InstanceId = instance,
                CompletionToken = token,
                Actions = { actions },
            }
        );

    public async Task AnswerAsync(ActivityRequest request, string token, string result) =>
        await Service.CompleteActivityTaskAsync(
            new()
            {
                InstanceId = request.OrchestrationInstance.InstanceId,
                TaskId = request.TaskId,
                CompletionToken = token,
                Result = result,
            }
        );

    public void Dispose()
    {
        _stream.Dispose();
        _channel.Dispose();
    }

    public static OrchestratorAction Call(int id, string activity, string? input = null, string? version = null) =>
        new()
        {
            Id = id,
            ScheduleTask = new()
            {
                Name = activity,
                Input = input,
                Version = version,
            },
        };

    public static OrchestratorAction End(string result) =>
        new()
        {
            Id = 1_000,
            CompleteOrchestration = new() { OrchestrationStatus = OrchestrationStatus.Completed, Result = result },
        };
}
