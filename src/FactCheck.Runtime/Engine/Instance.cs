namespace FactCheck.Runtime;

/// <summary>What the writer knows of an instance while it is in memory. Owned by the writer's thread.</summary>
internal sealed class Instance
{
    /// <summary>The row; never used again, so that a late answer can't reach another instance of the same id.</summary>
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Version { get; set; }

    /// <summary>A fresh one for each execution; idempotency keys begin with it.</summary>
    public required string ExecutionId { get; set; }

    /// <summary>Counts executions; an answer to an earlier one is dropped.</summary>
    public int Generation { get; set; }

    public OrchestrationRuntimeStatus Status { get; set; }

    public DateTime Created { get; init; }

    public DateTime Updated { get; set; }

    /// <summary>Not before this time; at once when default, as it is from when that time has come.</summary>
    public DateTime StartAt { get; set; }

    public string? TagsJson { get; init; }

    public ParentLink? Parent { get; init; }

    /// <summary>The W3C traceparent of who scheduled it; the spans of its activities and children continue it.</summary>
    public string? Trace { get; init; }

    /// <summary>The names of the events that it waits for, a line each; null when it waits for none.</summary>
    public string? Awaits { get; set; }

    public string? CustomStatus { get; set; }

    public string? FailureJson { get; set; }

    /// <summary>Rows of history of the current execution.</summary>
    public int Episodes { get; set; }

    /// <summary>The orchestrator, when it is in memory.</summary>
    public Execution? Live { get; set; }

    /// <summary>The input, from the start until the orchestrator has it; else it is read from the file.</summary>
    public string? Input { get; set; }

    /// <summary><see cref="Input"/> is what there is, be it nothing.</summary>
    public bool HasInput { get; set; }

    /// <summary>Messages that no episode has taken.</summary>
    public List<Message> Inbox { get; } = [];

    /// <summary>About what it and its orchestrator hold in memory.</summary>
    public long Bytes { get; set; } = 1024;

    /// <summary>What was counted for it when it became idle, its unread messages with it.</summary>
    public long CachedBytes { get; set; }

    public bool IsQueued { get; set; }

    /// <summary>The row must be written.</summary>
    public bool IsDirty { get; set; }

    /// <summary>The batch that touched it last.</summary>
    public long Batch { get; set; }

    public LinkedListNode<Instance>? Idle { get; set; }

    public bool IsTerminal => Status
        is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    public void DropLive()
    {
        Live?.Dispose();
        Live = null;
    }
}

/// <summary>Who waits for a sub-orchestration.</summary>
internal sealed record ParentLink(long Key, string Id, string Name, int TaskId, int Generation);
