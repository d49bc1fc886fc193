using FactCheck.Host.Durable.WorkItems;
using Grpc.Core;
using Microsoft.DurableTask.Protobuf;

namespace FactCheck.Host.Durable;

/// <content>What plain Durable Task workers ask.</content>
internal sealed partial class TaskHubService
{
    private WorkItemQueue Items =>
        items
        ?? throw new RpcException(
            new Status(
                StatusCode.Unimplemented,
                "This host runs the orchestrators and activities of its app. A host for plain workers is started with 'factcheck host run --durable-only'."
            )
        );

    public override async Task GetWorkItems(
        GetWorkItemsRequest request,
        IServerStreamWriter<WorkItem> responseStream,
        ServerCallContext context
    )
    {
        try
        {
            await Items.ServeAsync(request, responseStream, context.Peer, context.CancellationToken);
        }
        catch (TimeoutException)
        {
            context.GetHttpContext().Abort(); // what is on its way would hold up a status
        }
    }

    public override Task<CompleteTaskResponse> CompleteOrchestratorTask(
        OrchestratorResponse request,
        ServerCallContext context
    )
    {
        Answer(() => Items.Complete(request));
        return Task.FromResult(new CompleteTaskResponse());
    }

    public override Task<CompleteTaskResponse> CompleteActivityTask(ActivityResponse request, ServerCallContext context)
    {
        Answer(() => Items.Complete(request));
        return Task.FromResult(new CompleteTaskResponse());
    }

    public override Task<AbandonOrchestrationTaskResponse> AbandonTaskOrchestratorWorkItem(
        AbandonOrchestrationTaskRequest request,
        ServerCallContext context
    )
    {
        Answer(() => Items.Abandon(WorkKind.Episode, request.CompletionToken));
        return Task.FromResult(new AbandonOrchestrationTaskResponse());
    }

    public override Task<AbandonActivityTaskResponse> AbandonTaskActivityWorkItem(
        AbandonActivityTaskRequest request,
        ServerCallContext context
    )
    {
        Answer(() => Items.Abandon(WorkKind.Activity, request.CompletionToken));
        return Task.FromResult(new AbandonActivityTaskResponse());
    }

    public override Task<CompleteTaskResponse> CompleteEntityTask(
        EntityBatchResult request,
        ServerCallContext context
    ) => throw NoEntities();

    public override Task<AbandonEntityTaskResponse> AbandonTaskEntityWorkItem(
        AbandonEntityTaskRequest request,
        ServerCallContext context
    ) => throw NoEntities();

    private static void Answer(Action take)
    {
        try
        {
            take();
        }
        catch (RefusedException refused)
        {
            throw Refused(refused);
        }
        catch (ObjectDisposedException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The host stops."));
        }
    }
}
