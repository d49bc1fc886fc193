using FactCheck.Host.Durable.WorkItems;
using FactCheck.Host.Storage;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Protobuf;

namespace FactCheck.Host.Durable;

/// <summary>
/// What clients of Durable Task ask of the host, by their own protocol; answers and status codes are those of
/// Microsoft's backends. A start or an event that was answered is on disk.
/// </summary>
/// <param name="items">What plain workers run; null where functions run it.</param>
internal sealed partial class TaskHubService(Engine engine, WorkItemQueue? items = null)
    : TaskHubSidecarService.TaskHubSidecarServiceBase
{
    /// <summary>The most that is taken of one input or payload, in UTF-16 code units.</summary>
    public const int MostCharacters = 10 * 1024 * 1024;

    private const int MostIdCharacters = 1_000;
    private const int PageSize = 100;
    private const int MostPageSize = 1_000;
    private const int HistoryChunkBytes = 3 * 1024 * 1024;

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
            Engine.TagsJson(request.Tags),
            PolicyOf(request.OrchestrationIdReusePolicy),
            null,
            request.ParentTraceContext?.TraceParent
        );
        return new() { InstanceId = await WriteAsync($"start of {id}", writer => writer.Start(start), context) };
    }

    public override async Task<GetInstanceResponse> GetInstance(
        GetInstanceRequest request,
        ServerCallContext context
    ) => await FindAsync(Id(request.InstanceId), request.GetInputsAndOutputs);

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
            writer => writer.Raise(request.InstanceId, request.Name, payload),
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
            writer => writer.Terminate(request.InstanceId, output, request.Recursive),
            context
        );
        return new();
    }

    public override async Task<SuspendResponse> SuspendInstance(SuspendRequest request, ServerCallContext context)
    {
        await SteerAsync(
            request.InstanceId,
            "suspension",
            writer => writer.Suspend(request.InstanceId, request.Reason),
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
            writer => writer.Resume(request.InstanceId, request.Reason),
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
        await WriteAsync(
            $"rewind of {request.InstanceId}",
            writer => writer.Rewind(Id(request.InstanceId), request.Reason),
            context
        );
        return new();
    }

    public override async Task<RestartInstanceResponse> RestartInstance(
        RestartInstanceRequest request,
        ServerCallContext context
    ) =>
        new()
        {
            InstanceId = await WriteAsync(
                $"restart of {request.InstanceId}",
                writer => writer.Restart(Id(request.InstanceId), request.RestartWithNewInstanceId),
                context
            ),
        };

    public override async Task<QueryInstancesResponse> QueryInstances(
        QueryInstancesRequest request,
        ServerCallContext context
    )
    {
        var query = request.Query ?? new InstanceQuery();
        var filter = new InstanceFilter
        {
            Prefix = query.InstanceIdPrefix,
            CreatedFrom = query.CreatedTimeFrom?.ToDateTime(),
            CreatedTo = query.CreatedTimeTo?.ToDateTime(),
            Statuses =
                query.RuntimeStatus.Count == 0
                    ? null
                    : [.. query.RuntimeStatus.Select(status => (InstanceStatus)status)],
            After = string.IsNullOrEmpty(query.ContinuationToken) ? null : query.ContinuationToken,
        };
        var size = SizeOf(query.MaxInstanceCount);
        var rows = await ReadAsync(connection =>
            Database.Select(connection, filter, size, query.FetchInputsAndOutputs)
        );
        return new()
        {
            OrchestrationState = { rows.Select(row => StateOf(row, query.FetchInputsAndOutputs)) },
            ContinuationToken = rows.Count == size ? filter.TokenAfter(rows[^1].Instance) : null,
        };
    }

    public override async Task<ListInstanceIdsResponse> ListInstanceIds(
        ListInstanceIdsRequest request,
        ServerCallContext context
    )
    {
        var filter = new InstanceFilter
        {
            CompletedFrom = request.CompletedTimeFrom?.ToDateTime(),
            CompletedTo = request.CompletedTimeTo?.ToDateTime(),
            Statuses =
                request.RuntimeStatus.Count == 0
                    ? null
                    : [.. request.RuntimeStatus.Select(status => (InstanceStatus)status)],
        };
        var size = SizeOf(request.PageSize);
        var after = KeyOf(request.LastInstanceKey);
        var rows = await ReadAsync(connection => Database.SelectCompleted(connection, filter, after, size));
        return new()
        {
            InstanceIds = { rows.Select(row => row.Id) },
            LastInstanceKey = rows.Count == size ? $"{rows[^1].Completed} {rows[^1].Id}" : null,
        };
    }

    public override async Task<PurgeInstancesResponse> PurgeInstances(
        PurgeInstancesRequest request,
        ServerCallContext context
    )
    {
        switch (request.RequestCase)
        {
            case PurgeInstancesRequest.RequestOneofCase.InstanceId:
                return Purged(
                    await WriteAsync(
                        $"purge of {request.InstanceId}",
                        writer => writer.Purge(Id(request.InstanceId), request.Recursive),
                        context
                    ),
                    complete: true
                );
            case PurgeInstancesRequest.RequestOneofCase.InstanceBatch:
                return Purged(
                    await WriteAsync(
                        "purge",
                        writer => request.InstanceBatch.InstanceIds.Sum(id => writer.Purge(id, request.Recursive)),
                        context
                    ),
                    complete: true
                );
            case PurgeInstancesRequest.RequestOneofCase.PurgeInstanceFilter:
                return await PurgeAsync(request.PurgeInstanceFilter, request.Recursive, context);
            default:
                throw Invalid("The request does not say what to purge.");
        }
    }

    public override async Task StreamInstanceHistory(
        StreamInstanceHistoryRequest request,
        IServerStreamWriter<HistoryChunk> responseStream,
        ServerCallContext context
    )
    {
        var id = Id(request.InstanceId);
        // A worker replays the execution that it was given, and no other that has its id by now.
        var execution = request.ForWorkItemProcessing ? request.ExecutionId : null;
        var episodes =
            await ReadAsync(connection =>
                Database.Select(connection, id, payloads: false) is { } row
                && (execution is null || execution == row.Instance.ExecutionId)
                    ? Database.Episodes(connection, row.Instance.Key)
                    : null
            ) ?? throw NotFound(id);
        var chunk = new HistoryChunk();
        var bytes = 0;
        foreach (var one in episodes.SelectMany(episode => episode))
        {
            var size = one.CalculateSize();
            if (bytes > 0 && bytes + size > HistoryChunkBytes)
            {
                await responseStream.WriteAsync(chunk, context.CancellationToken);
                (chunk, bytes) = (new HistoryChunk(), 0);
            }
            chunk.Events.Add(one);
            bytes += size;
        }
        await responseStream.WriteAsync(chunk, context.CancellationToken);
    }

    /// <summary>The hub is the host's file, which is there while the host runs.</summary>
    public override Task<CreateTaskHubResponse> CreateTaskHub(
        CreateTaskHubRequest request,
        ServerCallContext context
    ) =>
        request.RecreateIfExists
            ? throw new RpcException(
                new Status(
                    StatusCode.FailedPrecondition,
                    "The hub is this host's data folder; to begin anew, start the host on another."
                )
            )
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

    private static RpcException NoEntities() =>
        new(new Status(StatusCode.Unimplemented, "This host runs orchestrations and activities; it has no entities."));

    private async Task<GetInstanceResponse> FindAsync(string id, bool payloads)
    {
        var row = await ReadAsync(connection => Database.Select(connection, id, payloads));
        return row is { } found
            ? new() { Exists = true, OrchestrationState = StateOf(found, payloads) }
            : new() { Exists = false };
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
        var now = await FindAsync(id, request.GetInputsAndOutputs);
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
            throw new RpcException(new Status(StatusCode.Unavailable, "The host stops."));
        }
        finally
        {
            changed.TrySetResult(); // whoever gave up waits no longer, on the engine's end neither
        }
        return await FindAsync(id, request.GetInputsAndOutputs);
    }

    private static string Said(GetInstanceResponse found) =>
        found.Exists ? ((InstanceStatus)found.OrchestrationState.OrchestrationStatus).ToString() : "not there";

    // Suspending and resuming what has ended is no error: it neither runs nor waits, and Microsoft's backends say
    // nothing either.
    private async Task SteerAsync(
        string id,
        string what,
        Func<Engine, Found> steer,
        ServerCallContext context,
        bool endedWillDo = false
    )
    {
        var found = await WriteAsync($"{what} of {Id(id)}", steer, context);
        if (found == Found.Nothing)
            throw NotFound(id);
        if (found == Found.Ended && !endedWillDo)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"Instance '{id}' has ended."));
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
            Statuses =
                asked.RuntimeStatus.Count == 0
                    ? null
                    : [.. asked.RuntimeStatus.Select(status => (InstanceStatus)status)],
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
                writer => writer.PurgeSome(batch, recursive),
                context
            );
            count += purged;
        } while (!complete && TimeProvider.System.GetUtcNow() < until);
        return Purged(count, complete);
    }

    /// <summary>
    /// A host that stops, or whose disk failed, has no answer; a client that asks again finds the next one.
    /// </summary>
    private async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read)
    {
        try
        {
            return await engine.ReadAsync(read);
        }
        catch (Exception ended) when (ended is SyncFailedException || !engine.IsAlive)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The host stops."));
        }
    }

    private async Task<T> WriteAsync<T>(string what, Func<Engine, T> apply, ServerCallContext context)
    {
        try
        {
            return await engine.CallAsync(what, apply, context.CancellationToken);
        }
        catch (RefusedException refused)
        {
            throw Refused(refused);
        }
        catch (ObjectDisposedException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The host stops."));
        }
        catch (Exception failed) when (failed is not (OperationCanceledException or RpcException))
        {
            throw new RpcException(
                new Status(StatusCode.Internal, $"The {what} could not be stored: {failed.Message}")
            );
        }
    }

    private static RpcException Refused(RefusedException refused)
    {
        var code = refused.Reason switch
        {
            Refusal.Exists => StatusCode.AlreadyExists,
            Refusal.Missing => StatusCode.NotFound,
            _ => StatusCode.FailedPrecondition,
        };
        return new(new Status(code, refused.Message));
    }

    private static OrchestrationState StateOf((Instance Instance, string? Input, string? Output) row, bool payloads)
    {
        var instance = row.Instance;
        var state = new OrchestrationState
        {
            InstanceId = instance.Id,
            Name = instance.Name,
            Version = instance.Version,
            OrchestrationStatus = (OrchestrationStatus)instance.Status,
            CreatedTimestamp = Timestamp.FromDateTime(instance.Created),
            LastUpdatedTimestamp = Timestamp.FromDateTime(instance.Updated),
            CompletedTimestamp = instance.IsTerminal ? Timestamp.FromDateTime(instance.Updated) : null,
            ScheduledStartTimestamp = instance.StartAt == default ? null : Timestamp.FromDateTime(instance.StartAt),
            ExecutionId = instance.ExecutionId,
            ParentInstanceId = instance.Parent?.Id,
            Tags = { Engine.TagsOf(instance.TagsJson) },
        };
        if (payloads)
            (state.Input, state.Output, state.CustomStatus, state.FailureDetails) = (
                row.Input,
                row.Output,
                instance.CustomStatus,
                instance.Failure
            );
        return state;
    }

    private static ReusePolicy PolicyOf(OrchestrationIdReusePolicy? policy) =>
        policy is null
            ? ReusePolicy.Ended
            : new([.. policy.ReplaceableStatus.Select(status => (InstanceStatus)status)]);

    private static PurgeInstancesResponse Purged(int count, bool complete) =>
        new() { DeletedInstanceCount = count, IsComplete = complete };

    private static int SizeOf(int asked) => asked <= 0 ? PageSize : Math.Min(asked, MostPageSize);

    private static (long Completed, string Id)? KeyOf(string? key) =>
        string.IsNullOrEmpty(key) ? null
        : key.Split(' ', 2) is [var ticks, var id] && long.TryParse(ticks, out var completed) ? (completed, id)
        : throw Invalid("The last instance's key is none that this host gave.");

    private static string Id(string id) =>
        id switch
        {
            null or "" => throw Invalid("The instance's id is missing."),
            { Length: > MostIdCharacters } => throw Invalid(
                $"An instance's id has at most {MostIdCharacters} characters."
            ),
            _ => id,
        };

    private static string? Limited(string? text, string what) =>
        text is { Length: > MostCharacters }
            ? throw Invalid(
                $"{what} has {text.Length:N0} characters; the most is {MostCharacters:N0}. Store it, and pass its id."
            )
            : text;

    private static RpcException Invalid(string why) => new(new Status(StatusCode.InvalidArgument, why));

    private static RpcException NotFound(string id) =>
        new(new Status(StatusCode.NotFound, $"There is no instance '{id}'."));
}
