using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace FactCheck.Runtime;

/// <summary>The client of this process's Writer. Commands go through the writer; questions are read from the file.</summary>
internal sealed class EmbeddedDurableTaskClient(EmbeddedRuntime runtime) : DurableTaskClient(string.Empty)
{
    private Engine Writer => runtime.Engine;

    private DataConverter Converter => Writer.Settings.Converter;

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        string name = orchestratorName;
        if (string.IsNullOrEmpty(name) || !Writer.Settings.Functions.Orchestrators.ContainsKey(name))
            throw new ArgumentException(
                $"The function '{name}' doesn't exist, or is not an orchestrator. There are: {string.Join(", ", Writer.Settings.Functions.Orchestrators.Keys.Order(StringComparer.Ordinal))}.",
                nameof(orchestratorName));
        var id = string.IsNullOrEmpty(options?.InstanceId) ? Guid.NewGuid().ToString("N") : CheckId(options.InstanceId);
        using var span = Spans.Scheduling(name, id);
        var request = new StartRequest(
            name,
            id,
            Payload.Serialize(Converter, input, $"the input of '{name}' ({id})"),
            options?.Version?.Version ?? Writer.Settings.DefaultVersion,
            options?.StartAt?.UtcDateTime ?? default,
            options?.Tags is { Count: > 0 } tags ? Engine.TagsJson(tags.ToDictionary(StringComparer.Ordinal)) : null,
            options?.DedupeStatuses,
            Parent: null,
            Spans.CurrentTrace);
        return await Writer.CallAsync($"start of {id}", writer => writer.Start(request), cancellation);
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var payload = Payload.Serialize(Converter, eventPayload, $"event '{eventName}' to {instanceId}");
        return Writer.CallAsync($"event '{eventName}' to {instanceId}", writer => writer.Raise(instanceId, eventName, payload), cancellation);
    }

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var output = Payload.Serialize(Converter, options?.Output, $"the output of {instanceId}");
        return Writer.CallAsync($"termination of {instanceId}", writer => writer.Terminate(instanceId, output, options?.Recursive == true), cancellation);
    }

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        Writer.CallAsync($"suspension of {instanceId}", writer => writer.Suspend(instanceId), cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        Writer.CallAsync($"resumption of {instanceId}", writer => writer.Resume(instanceId), cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, getInputsAndOutputs, status => status != OrchestrationRuntimeStatus.Pending, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, getInputsAndOutputs, IsTerminal, cancellation);

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return ReadAsync(instanceId, getInputsAndOutputs);
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new OrchestrationQuery();
        return Pageable.Create<OrchestrationMetadata>(async (token, hint, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            var size = hint ?? query.PageSize;
            if (size <= 0)
                throw new ArgumentException($"A page can't have {size} items.", nameof(filter));
            var select = new InstanceFilter
            {
                Prefix = query.InstanceIdPrefix,
                CreatedFrom = query.CreatedFrom?.UtcDateTime,
                CreatedTo = query.CreatedTo?.UtcDateTime,
                Statuses = States(query.Statuses),
                After = token ?? query.ContinuationToken,
            };
            var rows = await Writer.Database.ReadAsync(connection => Database.Select(connection, select, size, query.FetchInputsAndOutputs));
            var page = rows.ConvertAll(row => Metadata(row.Instance, row.Input, row.Output, query.FetchInputsAndOutputs));
            return new Page<OrchestrationMetadata>(page, rows.Count == size ? select.TokenAfter(rows[^1].Instance) : null);
        });
    }

    public override async Task<Page<string>> ListInstanceIdsAsync(
        IEnumerable<OrchestrationRuntimeStatus>? runtimeStatus = null,
        DateTimeOffset? completedTimeFrom = null,
        DateTimeOffset? completedTimeTo = null,
        int pageSize = OrchestrationQuery.DefaultPageSize,
        string? lastInstanceKey = null,
        CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        (long, string)? after = lastInstanceKey?.Split(' ', 2) is [var ticks, var id]
            ? (long.Parse(ticks, CultureInfo.InvariantCulture), id)
            : null;
        var filter = new InstanceFilter
        {
            CompletedFrom = completedTimeFrom?.UtcDateTime,
            CompletedTo = completedTimeTo?.UtcDateTime,
            Statuses = States(runtimeStatus),
        };
        var rows = await Writer.Database.ReadAsync(connection => Database.SelectCompleted(connection, filter, after, pageSize));
        return new Page<string>(
            rows.ConvertAll(row => row.Id), rows.Count == pageSize ? $"{rows[^1].Completed.ToString(CultureInfo.InvariantCulture)} {rows[^1].Id}" : null);
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var recursive = options?.Recursive == true;
        return new(await Writer.CallAsync($"purge of {instanceId}", writer => writer.Purge(instanceId, recursive), cancellation), isComplete: true);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var select = new InstanceFilter
        {
            CreatedFrom = filter.CreatedFrom?.UtcDateTime,
            CreatedTo = filter.CreatedTo?.UtcDateTime,
            Statuses = States(filter.Statuses),
        };
        var recursive = options?.Recursive == true;
        var started = Writer.Settings.Time.GetTimestamp();
        var count = 0;
        while (true)
        {
            // A batch at a time, so that whatever else comes in is served between two.
            var batch = select;
            (var purged, var complete, select) = await Writer.CallAsync("purge", writer => writer.PurgeSome(batch, recursive), cancellation);
            count += purged;
            if (complete || (filter.Timeout is { } limit && Writer.Settings.Time.GetElapsedTime(started) >= limit))
                return new(count, complete);
        }
    }

    public override async Task<string> RestartAsync(string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var (instance, input, _) = await Writer.Database.ReadAsync(connection => Database.Select(connection, instanceId, payloads: true))
            ?? throw new ArgumentException($"There is no instance '{instanceId}'.", nameof(instanceId));
        var id = restartWithNewInstanceId ? Guid.NewGuid().ToString("N") : instanceId;
        using var span = Spans.Scheduling(instance.Name, id);
        var request = new StartRequest(instance.Name, id, input, instance.Version, default, instance.TagsJson, null, Parent: null, Spans.CurrentTrace);
        try
        {
            return await Writer.CallAsync($"restart of {instanceId}", writer => writer.Start(request), cancellation);
        }
        catch (OrchestrationAlreadyExistsException exception)
        {
            throw new InvalidOperationException($"Instance '{instanceId}' has not ended; only an ended one is restarted under its own id.", exception);
        }
    }

    public override Task RewindInstanceAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return Writer.CallAsync($"rewind of {instanceId}", writer => writer.Rewind(instanceId, reason), cancellation);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask; // the engine belongs to the host

    private static bool IsTerminal(OrchestrationRuntimeStatus status) =>
        status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    /// <summary>An empty list asks for nothing in particular, as on Azure.</summary>
    private static OrchestrationRuntimeStatus[]? States(IEnumerable<OrchestrationRuntimeStatus>? asked) => asked?.ToArray() is { Length: > 0 } states ? states : null;

    private static string CheckId(string id) => id[0] == '@' || id.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c))
        ? throw new ArgumentException($"'{id}' can't be an instance id: no / \\ # ? or control characters, and no leading @.", nameof(id))
        : id;

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId, bool payloads, Func<OrchestrationRuntimeStatus, bool> reached, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Watched before it is read, so that nothing falls between.
        using var watch = Writer.Watch(instanceId, status =>
        {
            if (reached(status))
                seen.TrySetResult();
        });
        while (true)
        {
            var metadata = await ReadAsync(instanceId, payloads) ?? throw new InvalidOperationException($"Orchestration with instanceId '{instanceId}' does not exist.");
            if (reached(metadata.RuntimeStatus))
                return metadata;
            await Writer.OrEndAsync(seen.Task).WaitAsync(cancellation);
            seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task<OrchestrationMetadata?> ReadAsync(string instanceId, bool payloads) =>
        await Writer.Database.ReadAsync(connection => Database.Select(connection, instanceId, payloads)) is var (instance, input, output)
            ? Metadata(instance, input, output, payloads)
            : null;

    private OrchestrationMetadata Metadata(Instance instance, string? input, string? output, bool payloads) => new(instance.Name, instance.Id)
    {
        DataConverter = Converter,
        RuntimeStatus = instance.Status,
        CreatedAt = new DateTimeOffset(instance.Created),
        LastUpdatedAt = new DateTimeOffset(instance.Updated),
        SerializedInput = input,
        SerializedOutput = output,
        SerializedCustomStatus = payloads ? instance.CustomStatus : null,
        FailureDetails = instance.FailureJson is { } failure ? Failures.FromJson(failure) : null,
        Tags = instance.TagsJson is { } tags
            ? JsonSerializer.Deserialize(tags, FailureJson.Default.DictionaryStringString)!
            : ImmutableDictionary<string, string>.Empty,
        HasPayloads = payloads,
    };
}
