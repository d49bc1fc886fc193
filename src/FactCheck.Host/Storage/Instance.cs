namespace FactCheck.Host.Storage;

/// <summary>How far an instance is; numbers and names are Durable Task's.</summary>
public enum InstanceStatus
{
    /// <summary>It has run and goes on, or waits.</summary>
    Running = 0,

    /// <summary>Its orchestrator returned.</summary>
    Completed = 1,

    /// <summary>Its orchestrator threw, or could not go on.</summary>
    Failed = 3,

    /// <summary>Somebody ended it.</summary>
    Terminated = 5,

    /// <summary>It has not run yet.</summary>
    Pending = 6,

    /// <summary>What comes for it waits until it is resumed.</summary>
    Suspended = 7,
}

/// <summary>What the writer knows of an instance while it is in memory. Owned by the writer's thread.</summary>
internal sealed class Instance
{
    /// <summary>The row; never used again, so that a late answer can't reach another instance of the same id.</summary>
    public long Key { get; set; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Version { get; set; }

    /// <summary>A fresh one for each execution.</summary>
    public required string ExecutionId { get; set; }

    /// <summary>Counts executions; an answer to an earlier one is dropped.</summary>
    public int Generation { get; set; }

    public InstanceStatus Status { get; set; }

    public DateTime Created { get; init; }

    public DateTime Updated { get; set; }

    /// <summary>Not before this time; at once when default, as it is from when that time has come.</summary>
    public DateTime StartAt { get; set; }

    public string? TagsJson { get; init; }

    public ParentLink? Parent { get; set; }

    /// <summary>The W3C traceparent of who scheduled it; the spans of all that it runs continue it.</summary>
    public string? Trace { get; init; }

    /// <summary>The span that a plain worker began for this execution, and when: its episodes are one span.</summary>
    public string? Span { get; set; }

    public string? CustomStatus { get; set; }

    public TaskFailureDetails? Failure { get; set; }

    /// <summary>Rows of history of the current execution.</summary>
    public int Episodes { get; set; }

    public List<Message> Inbox { get; } = [];

    /// <summary>Numbers of the activities, children and timers that were asked for and have not answered.</summary>
    public HashSet<int> Open { get; } = [];

    /// <summary>About what it holds in memory.</summary>
    public long Bytes { get; set; }

    public bool IsQueued { get; set; }

    public bool IsDirty { get; set; }

    /// <summary>The batch that touched it last.</summary>
    public long Batch { get; set; }

    public LinkedListNode<Instance>? Idle { get; set; }

    public bool IsTerminal => Status is InstanceStatus.Completed or InstanceStatus.Failed or InstanceStatus.Terminated;
}

/// <summary>Who waits for a sub-orchestration.</summary>
internal sealed record ParentLink(long Key, string Id, string Name, int TaskId, int Generation);
