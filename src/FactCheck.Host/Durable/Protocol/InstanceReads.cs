using FactCheck.Host.Storage;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using static FactCheck.Host.Durable.Protocol.Refusals;

namespace FactCheck.Host.Durable.Protocol;

/// <summary>What clients and workers read of instances: states, lists, histories.</summary>
internal sealed class InstanceReads(Engine engine)
{
    private const int PageSize = 100;
    private const int MostPageSize = 1_000;
    private const int HistoryChunkBytes = 3 * 1024 * 1024;

    public async Task<GetInstanceResponse> FindAsync(string id, bool payloads)
    {
        var row = await ReadAsync(connection => InstanceQueries.Select(connection, id, payloads));
        return row is { } found
            ? new() { Exists = true, OrchestrationState = StateOf(found, payloads) }
            : new() { Exists = false };
    }

    public async Task<QueryInstancesResponse> QueryAsync(QueryInstancesRequest request)
    {
        var query = request.Query ?? new InstanceQuery();
        var filter = new InstanceFilter
        {
            Prefix = query.InstanceIdPrefix,
            CreatedFrom = query.CreatedTimeFrom?.ToDateTime(),
            CreatedTo = query.CreatedTimeTo?.ToDateTime(),
            Statuses = StatusesOf(query.RuntimeStatus),
            After = string.IsNullOrEmpty(query.ContinuationToken) ? null : query.ContinuationToken,
        };
        var size = SizeOf(query.MaxInstanceCount);
        var rows = await ReadAsync(connection =>
            InstanceQueries.Select(connection, filter, size, query.FetchInputsAndOutputs)
        );
        return new()
        {
            OrchestrationState = { rows.Select(row => StateOf(row, query.FetchInputsAndOutputs)) },
            ContinuationToken = rows.Count == size ? filter.TokenAfter(rows[^1].Instance) : null,
        };
    }

    /// <summary>Ids of ended instances, in the order of their ends.</summary>
    public async Task<ListInstanceIdsResponse> ListEndedAsync(ListInstanceIdsRequest request)
    {
        var filter = new InstanceFilter
        {
            CompletedFrom = request.CompletedTimeFrom?.ToDateTime(),
            CompletedTo = request.CompletedTimeTo?.ToDateTime(),
            Statuses = StatusesOf(request.RuntimeStatus),
        };
        var size = SizeOf(request.PageSize);
        var after = KeyOf(request.LastInstanceKey);
        var rows = await ReadAsync(connection => InstanceQueries.SelectCompleted(connection, filter, after, size));
        return new()
        {
            InstanceIds = { rows.Select(row => row.Id) },
            LastInstanceKey = rows.Count == size ? $"{rows[^1].Completed} {rows[^1].Id}" : null,
        };
    }

    public async Task StreamHistoryAsync(
        StreamInstanceHistoryRequest request,
        IServerStreamWriter<HistoryChunk> responseStream,
        CancellationToken cancellation
    )
    {
        var id = Id(request.InstanceId);
        // A worker replays the execution that it was given, and no other that has its id by now.
        var execution = request.ForWorkItemProcessing ? request.ExecutionId : null;
        var episodes =
            await ReadAsync(connection =>
                InstanceQueries.Select(connection, id, payloads: false) is { } row
                && (execution is null || execution == row.Instance.ExecutionId)
                    ? History.Episodes(connection, row.Instance.Key)
                    : null
            ) ?? throw NotFound(id);
        var chunk = new HistoryChunk();
        var bytes = 0;
        foreach (var one in episodes.SelectMany(episode => episode))
        {
            var size = one.CalculateSize();
            if (bytes > 0 && bytes + size > HistoryChunkBytes)
            {
                await responseStream.WriteAsync(chunk, cancellation);
                (chunk, bytes) = (new HistoryChunk(), 0);
            }
            chunk.Events.Add(one);
            bytes += size;
        }
        await responseStream.WriteAsync(chunk, cancellation);
    }

    /// <summary>What is asked for; null for all.</summary>
    public static InstanceStatus[]? StatusesOf(RepeatedField<OrchestrationStatus> asked) =>
        asked.Count == 0 ? null : [.. asked.Select(status => (InstanceStatus)status)];

    /// <summary>A host that stops, or whose disk failed, has no answer; a client that asks again finds the next
    /// one.</summary>
    private async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read)
    {
        try
        {
            return await engine.ReadAsync(read);
        }
        catch (Exception ended) when (ended is SyncFailedException || !engine.IsAlive)
        {
            throw Stops();
        }
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
            Tags = { Tags.Read(instance.TagsJson) },
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

    private static int SizeOf(int asked) => asked <= 0 ? PageSize : Math.Min(asked, MostPageSize);

    private static (long Completed, string Id)? KeyOf(string? key) =>
        string.IsNullOrEmpty(key) ? null
        : key.Split(' ', 2) is [var ticks, var id] && long.TryParse(ticks, out var completed) ? (completed, id)
        : throw Invalid("The last instance's key is none that this host gave.");
}
