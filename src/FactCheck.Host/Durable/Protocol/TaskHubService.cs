using FactCheck.Host.Durable.WorkItems;
using FactCheck.Host.Storage;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using static FactCheck.Host.Durable.Protocol.Refusals;

namespace FactCheck.Host.Durable.Protocol;

/// <summary>What clients of Durable Task ask of the host, by their own protocol; answers and status codes are those of
/// Microsoft's backends. A start or an event that was answered is on disk.</summary>
/// <param name="items">What plain workers run; null where functions run it.</param>
internal sealed class TaskHubService(Engine engine, WorkItemQueue? items = null)
    : TaskHubSidecarService.TaskHubSidecarServiceBase
{
    private readonly InstanceReads _reads = new(engine);

    private WorkItemQueue Items =>
        items
        ?? throw NotHere(
            "This host runs the orchestrators and activities of its app. A host for plain workers is started "
                + "with 'factcheck host run --durable-only'."
        );

    /// <summary>A client asks again after this; its own limit is a little longer.</summary>
    internal TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(90);

    public override Task<Empty> Hello(Empty request, ServerCallContext context) => Task.FromResult(new Empty());

    public override async Task<CreateInstanceResponse> StartInstance(
        CreateInstanceRequest request,
        ServerCallContext context
    )
    {
        var id = string.IsNullOrEmpty(request.InstanceId) ? Guid.NewGuid().ToString("N") : Id(request.InstanceId);
        if (string.IsNullOrEmpty(request.Name))
            throw Invalid("The orchestrator's name is missing.");
        var start = new StartRequest(
            request.Name,
            id,
            Limited(request.Input, "The input"),
            request.Version ?? engine.DefaultVersion,
            request.ScheduledStartTimestamp?.ToDateTime() ?? default,
            Tags.Write(request.Tags),
            PolicyOf(request.OrchestrationIdReusePolicy),
            null,
            request.ParentTraceContext?.TraceParent
        );
        return new() { InstanceId = await WriteAsync($"start of {id}", requests => requests.Start(start), context) };
    }

    public override async Task<GetInstanceResponse> GetInstance(
        GetInstanceRequest request,
        ServerCallContext context
    ) => await _reads.FindAsync(Id(request.InstanceId), request.GetInputsAndOutputs);

    public override Task<GetInstanceResponse> WaitForInstanceStart(
        GetInstanceRequest request,
        ServerCallContext context
    ) => WaitAsync(request, status => status != InstanceStatus.Pending, context);

    public override Task<GetInstanceResponse> WaitForInstanceCompletion(
        GetInstanceRequest request,
        ServerCallContext context
    ) =>
        WaitAsync(
            request,
            status => status is InstanceStatus.Completed or InstanceStatus.Failed or InstanceStatus.Terminated,
            context
        );

    public override async Task<RaiseEventResponse> RaiseEvent(RaiseEventRequest request, ServerCallContext context)
    {
        if (string.IsNullOrEmpty(request.Name))
            throw Invalid("The event's name is missing.");
        var payload = Limited(request.Input, "The payload");
        await SteerAsync(
            request.InstanceId,
            $"event '{request.Name}'",
            requests => requests.Raise(request.InstanceId, request.Name, payload),
            context
        );
        return new();
    }

    public override async Task<TerminateResponse> TerminateInstance(TerminateRequest request, ServerCallContext context)
    {
        var output = Limited(request.Output, "The output");
        await SteerAsync(
            request.InstanceId,
            "termination",
            requests => requests.Terminate(request.InstanceId, output, request.Recursive),
            context
        );
        return new();
    }

    public override async Task<SuspendResponse> SuspendInstance(SuspendRequest request, ServerCallContext context)
    {
        await SteerAsync(
            request.InstanceId,
            "suspension",
            requests => requests.Suspend(request.InstanceId, request.Reason),
            context,
            endedWillDo: true
        );
        return new();
    }

    public override async Task<ResumeResponse> ResumeInstance(ResumeRequest request, ServerCallContext context)
    {
        await SteerAsync(
            request.InstanceId,
            "resumption",
            requests => requests.Resume(request.InstanceId, request.Reason),
            context,
            endedWillDo: true
        );
        return new();
    }

    public override async Task<RewindInstanceResponse> RewindInstance(
        RewindInstanceRequest request,
        ServerCallContext context
    )
    {
        var id = Id(request.InstanceId);
        await WriteAsync($"rewind of {id}", requests => requests.Rewind(id, request.Reason), context);
        return new();
    }

    public override async Task<RestartInstanceResponse> RestartInstance(
        RestartInstanceRequest request,
        ServerCallContext context
    )
    {
        var (id, isNew) = (Id(request.InstanceId), request.RestartWithNewInstanceId);
        return new()
        {
            InstanceId = await WriteAsync($"restart of {id}", requests => requests.Restart(id, isNew), context),
        };
    }

    public override Task<QueryInstancesResponse> QueryInstances(
        QueryInstancesRequest request,
        ServerCallContext context
    ) => _reads.QueryAsync(request);

    public override Task<ListInstanceIdsResponse> ListInstanceIds(
        ListInstanceIdsRequest request,
        ServerCallContext context
    ) => _reads.ListEndedAsync(request);

    public override Task StreamInstanceHistory(
        StreamInstanceHistoryRequest request,
        IServerStreamWriter<HistoryChunk> responseStream,
        ServerCallContext context
    ) => _reads.StreamHistoryAsync(request, responseStream, context.CancellationToken);

    public override async Task<PurgeInstancesResponse> PurgeInstances(
        PurgeInstancesRequest request,
        ServerCallContext context
    )
    {
        if (request.RequestCase == PurgeInstancesRequest.RequestOneofCase.PurgeInstanceFilter)
            return await PurgeAsync(request.PurgeInstanceFilter, request.Recursive, context);
        IEnumerable<string> ids = request.RequestCase switch
        {
            PurgeInstancesRequest.RequestOneofCase.InstanceId => [Id(request.InstanceId)],
            PurgeInstancesRequest.RequestOneofCase.InstanceBatch => request.InstanceBatch.InstanceIds,
            _ => throw Invalid("The request does not say what to purge."),
        };
        return Purged(
            await WriteAsync("purge", requests => ids.Sum(id => requests.Purge(id, request.Recursive)), context),
            complete: true
        );
    }

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

    /// <summary>The hub is the host's file, which is there while the host runs.</summary>
    public override Task<CreateTaskHubResponse> CreateTaskHub(
        CreateTaskHubRequest request,
        ServerCallContext context
    ) =>
        request.RecreateIfExists
            ? throw NotNow("The hub is this host's data folder; to begin anew, start the host on another.")
            : Task.FromResult(new CreateTaskHubResponse());

    public override Task<SignalEntityResponse> SignalEntity(SignalEntityRequest request, ServerCallContext context) =>
        throw NoEntities();

    public override Task<GetEntityResponse> GetEntity(GetEntityRequest request, ServerCallContext context) =>
        throw NoEntities();

    public override Task<QueryEntitiesResponse> QueryEntities(
        QueryEntitiesRequest request,
        ServerCallContext context
    ) => throw NoEntities();

    public override Task<CleanEntityStorageResponse> CleanEntityStorage(
        CleanEntityStorageRequest request,
        ServerCallContext context
    ) => throw NoEntities();

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
            throw Of(refused);
        }
        catch (ObjectDisposedException)
        {
            throw Stops();
        }
    }

    private async Task<GetInstanceResponse> WaitAsync(
        GetInstanceRequest request,
        Func<InstanceStatus, bool> enough,
        ServerCallContext context
    )
    {
        var id = Id(request.InstanceId);
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = engine.Watch(
            id,
            status =>
            {
                if (enough(status))
                    changed.TrySetResult();
            }
        );
        // Looked at after the watch began, so that no change falls between the two.
        var now = await _reads.FindAsync(id, request.GetInputsAndOutputs);
        if (now.Exists && enough((InstanceStatus)now.OrchestrationState.OrchestrationStatus))
            return now;
        try
        {
            await engine.OrEndAsync(changed.Task).WaitAsync(LongestWait, context.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"{id} is still {Said(now)}; ask again."));
        }
        catch (Exception ended) when (!engine.IsAlive && ended is not OperationCanceledException)
        {
            throw Stops();
        }
        finally
        {
            changed.TrySetResult(); // whoever gave up waits no longer, on the engine's end neither
        }
        return await _reads.FindAsync(id, request.GetInputsAndOutputs);
    }

    private static string Said(GetInstanceResponse found) =>
        found.Exists ? ((InstanceStatus)found.OrchestrationState.OrchestrationStatus).ToString() : "not there";

    // No error for what has ended: it neither runs nor waits, and Microsoft's backends say nothing either.
    private async Task SteerAsync(
        string id,
        string what,
        Func<Requests, Found> steer,
        ServerCallContext context,
        bool endedWillDo = false
    )
    {
        var found = await WriteAsync($"{what} of {Id(id)}", steer, context);
        if (found == Found.Nothing)
            throw NotFound(id);
        if (found == Found.Ended && !endedWillDo)
            throw NotNow($"Instance '{id}' has ended.");
    }

    private async Task<PurgeInstancesResponse> PurgeAsync(
        PurgeInstanceFilter asked,
        bool recursive,
        ServerCallContext context
    )
    {
        var filter = new InstanceFilter
        {
            CreatedFrom = asked.CreatedTimeFrom?.ToDateTime(),
            CreatedTo = asked.CreatedTimeTo?.ToDateTime(),
            Statuses = InstanceReads.StatusesOf(asked.RuntimeStatus),
        };
        var until = asked.Timeout is { } limit
            ? TimeProvider.System.GetUtcNow() + limit.ToTimeSpan()
            : DateTimeOffset.MaxValue;
        var count = 0;
        var complete = false;
        do
        {
            // However short the time, a batch of it is done, so that whoever asks again and again gets there.
            var batch = filter;
            (var purged, complete, filter) = await WriteAsync(
                "purge",
                requests => requests.PurgeSome(batch, recursive),
                context
            );
            count += purged;
        } while (!complete && TimeProvider.System.GetUtcNow() < until);
        return Purged(count, complete);
    }

    private async Task<T> WriteAsync<T>(string what, Func<Requests, T> apply, ServerCallContext context)
    {
        try
        {
            return await engine.CallAsync(what, apply, context.CancellationToken);
        }
        catch (RefusedException refused)
        {
            throw Of(refused);
        }
        catch (ObjectDisposedException)
        {
            throw Stops();
        }
        catch (Exception failed) when (failed is not (OperationCanceledException or RpcException))
        {
            throw new RpcException(
                new Status(StatusCode.Internal, $"The {what} could not be stored: {failed.Message}")
            );
        }
    }

    private static ReusePolicy PolicyOf(OrchestrationIdReusePolicy? policy) =>
        policy is null
            ? ReusePolicy.Ended
            : new([.. policy.ReplaceableStatus.Select(status => (InstanceStatus)status)]);

    private static PurgeInstancesResponse Purged(int count, bool complete) =>
        new() { DeletedInstanceCount = count, IsComplete = complete };
}
