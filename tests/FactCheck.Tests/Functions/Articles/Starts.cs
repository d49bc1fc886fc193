using System.Collections.Concurrent;
using DurableTask.Core.Exceptions;

namespace FactCheck.Tests.Functions.Articles;

/// <summary>A client of no engine: it keeps what was started and told, and refuses an id that is taken.</summary>
internal sealed class Starts() : DurableTaskClient("starts")
{
    private readonly ConcurrentDictionary<string, string> _ids = new(StringComparer.Ordinal);

    public IEnumerable<string> Ids => _ids.Keys;

    public List<string> Events { get; } = [];

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = null,
        StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default
    ) =>
        _ids.TryAdd(options!.InstanceId!, orchestratorName)
            ? Task.FromResult(options.InstanceId!)
            : throw new OrchestrationAlreadyExistsException("It is there already.");

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public override Task RaiseEventAsync(
        string instanceId,
        string eventName,
        object? eventPayload = null,
        CancellationToken cancellation = default
    )
    {
        Events.Add(eventName);
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    ) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    ) => throw new NotSupportedException();

    public override Task SuspendInstanceAsync(
        string instanceId,
        string? reason = null,
        CancellationToken cancellation = default
    ) => throw new NotSupportedException();

    public override Task ResumeInstanceAsync(
        string instanceId,
        string? reason = null,
        CancellationToken cancellation = default
    ) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    ) =>
        Task.FromResult(
            _ids.TryGetValue(instanceId, out var name) ? new OrchestrationMetadata(name, instanceId) : null
        );

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        throw new NotSupportedException();
}
