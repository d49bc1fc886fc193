using System.Security.Cryptography;
using System.Text;

namespace FactCheck.Runtime;

/// <content>Calls: activities, sub-orchestrations, timers, retries, and the small deterministic helpers.</content>
internal sealed partial class Execution
{
    private const int MaxCustomStatusBytes = 16 * 1024;

    private static readonly Guid GuidNamespace = new("9e952958-5e33-4daf-827f-2fa12937b875");

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        EnsureInside();
        return CallAsync<TResult>(name, options?.Retry, firstAttempt =>
        {
            var id = _sequence++;
            var action = new OrchestratorAction
            {
                Kind = ActionKind.Activity,
                Id = id,
                Name = name,
                Input = Payload.Serialize(_services.Converter, input, $"the input of activity '{name}'"),
                FirstAttempt = firstAttempt ?? id,
            };
            return Open(action);
        });
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        EnsureInside();
        // Worked out once: a retry runs under the same id.
        var child = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        var version = options is SubOrchestrationOptions sub ? sub.Version : options?.Version;
        return CallAsync<TResult>(orchestratorName, options?.Retry, _ => Open(new OrchestratorAction
        {
            Kind = ActionKind.SubOrchestration,
            Id = _sequence++,
            Name = orchestratorName,
            Target = child,
            Input = Payload.Serialize(_services.Converter, input, $"the input of sub-orchestration '{orchestratorName}'"),
            Version = version?.Version,
            Tags = options?.Tags,
        }));
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        EnsureInside();
        var due = fireAt.Kind == DateTimeKind.Local ? fireAt.ToUniversalTime() : DateTime.SpecifyKind(fireAt, DateTimeKind.Utc);
        var task = Open(new OrchestratorAction { Kind = ActionKind.Timer, Id = _sequence++, Due = due.Ticks });
        using var registration = cancellationToken.Register(() =>
        {
            EnsureInside();
            if (_open.Remove(task.Action.Id))
            {
                _cancelledTimers.Add(task.Action.Id);
                task.Source.TrySetCanceled(cancellationToken);
            }
        });
        await task.Source.Task;
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        EnsureInside();
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var action = new OrchestratorAction
        {
            Kind = ActionKind.SendEvent,
            Id = _sequence++,
            Name = eventName,
            Target = instanceId,
            Input = Payload.Serialize(_services.Converter, payload, $"event '{eventName}' to {instanceId}"),
        };
        _unconfirmed.Add(action.Id, action);
    }

    public override void SetCustomStatus(object? customStatus)
    {
        EnsureInside();
        var json = _services.Converter.Serialize(customStatus);
        if (json is not null && Encoding.Unicode.GetByteCount(json) is var size && size > MaxCustomStatusBytes)
            throw new ArgumentException(
                $"The custom status of '{_start.Name}' ({_start.InstanceId}) is {size:N0} bytes as UTF-16 JSON; it must not be over {MaxCustomStatusBytes:N0}.",
                nameof(customStatus));
        (CustomStatus, CustomStatusSet) = (json, true);
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        EnsureInside();
        ArgumentNullException.ThrowIfNull(options);
        _renewal = options;
    }

    /// <summary>A name-based UUID (RFC 9562, version 5), so that replay gives the same one.</summary>
    public override Guid NewGuid()
    {
        EnsureInside();
        var name = Encoding.UTF8.GetBytes($"{InstanceId}_{CurrentUtcDateTime:o}_{_guids++}");
        var data = new byte[16 + name.Length];
        GuidNamespace.TryWriteBytes(data, bigEndian: true, out _);
        name.CopyTo(data, 16);
#pragma warning disable CA5350 // the format asks for SHA-1; nothing is secured by it
        var hash = SHA1.HashData(data);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    private OpenTask Open(OrchestratorAction action)
    {
        var task = new OpenTask(action);
        _unconfirmed.Add(action.Id, action);
        _open.Add(action.Id, task);
        return task;
    }

    private async Task<TResult> CallAsync<TResult>(TaskName name, TaskRetryOptions? retry, Func<int?, OpenTask> attempt)
    {
        var started = CurrentUtcDateTime;
        int? firstAttempt = null;
        for (var number = 1; ; number++)
        {
            var task = attempt(firstAttempt);
            firstAttempt ??= task.Action.Id;
            if (number > 1)
                _firstAttempts.Add(task.Action.Id, firstAttempt.Value);
            try
            {
                var result = await task.Source.Task;
                return _services.Converter.Deserialize<TResult>(result)!;
            }
            catch (TaskFailedException failure) when (retry is not null && !task.FailedForGood)
            {
                if (!await WantsAnotherAsync(retry, number, started, failure.FailureDetails))
                    throw;
            }
        }
    }

    private async Task<bool> WantsAnotherAsync(TaskRetryOptions retry, int attempt, DateTime started, TaskFailureDetails failure)
    {
        if (retry.Handler is { } handler)
            return await handler(new RetryContext(this, attempt, failure, CurrentUtcDateTime - started, CancellationToken.None));
        if (retry.Policy is not { } policy
            || attempt >= policy.MaxNumberOfAttempts
            || !policy.HandleFailure(failure)
            || (policy.RetryTimeout != Timeout.InfiniteTimeSpan && CurrentUtcDateTime >= Later(started, policy.RetryTimeout)))
        {
            return false;
        }
        await CreateTimer(Later(CurrentUtcDateTime, RetryDelay(policy, attempt - 1)), CancellationToken.None);
        return true;
    }

    private static TimeSpan RetryDelay(RetryPolicy policy, int k)
    {
        var ticks = policy.FirstRetryInterval.Ticks * Math.Pow(policy.BackoffCoefficient, k);
        var max = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : policy.MaxRetryInterval;
        return ticks >= max.Ticks ? max : TimeSpan.FromTicks((long)ticks);
    }

    private static DateTime Later(DateTime from, TimeSpan by) => DateTime.MaxValue - from <= by ? DateTime.MaxValue : from + by;
}

/// <summary>An action whose answer is awaited.</summary>
internal sealed class OpenTask(OrchestratorAction action)
{
    public OrchestratorAction Action { get; } = action;

    /// <summary>Completed inside an episode, so that the orchestrator goes on at once, on its own thread.</summary>
    public TaskCompletionSource<string?> Source { get; } = new();

    /// <summary>It failed, and trying again can't help.</summary>
    public bool FailedForGood { get; private set; }

    public void Answer(Message message)
    {
        if (message.Kind is MessageKind.TaskFailed or MessageKind.ChildFailed)
        {
            FailedForGood = message.Final;
            Source.TrySetException(new TaskFailedException(Action.Name, Action.Id, Failures.FromJson(message.Data!)));
        }
        else
        {
            Source.TrySetResult(message.Data);
        }
    }
}
