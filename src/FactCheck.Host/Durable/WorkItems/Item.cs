using Google.Protobuf;

namespace FactCheck.Host.Durable.WorkItems;

/// <summary>What workers take.</summary>
internal enum WorkKind
{
    Episode,

    Activity,
}

/// <summary>One thing to be done, until some worker has answered. All but its making is guarded by the queue.</summary>
internal abstract class Item(WorkKind kind, string name, string version, string instanceId)
{
    private readonly TaskCompletionSource<IMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WorkKind Kind { get; } = kind;

    public string Name { get; } = name;

    public string Version { get; } = version;

    public string InstanceId { get; } = instanceId;

    /// <summary>Its place in the queue.</summary>
    public long Number { get; set; }

    /// <summary>How often it has rested, since a worker would not have it or went with it.</summary>
    public int Rests { get; set; }

    /// <summary>How many workers went while they had it.</summary>
    public int Lost { get; set; }

    /// <summary>Its instance has ended meanwhile: it is given to nobody any more.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>To whom it was given, the last at the end. The first answer counts, whoever has it.</summary>
    public List<Handout> Handouts { get; } = [];

    public LinkedListNode<Item>? Waiting { get; set; }

    /// <summary>Runs out when it is offered again after it was abandoned.</summary>
    public ITimer? Pause { get; set; }

    public Task<IMessage> Answer => _answer.Task;

    /// <summary>What a worker is sent.</summary>
    /// <param name="streamsHistory">Whether it can fetch a long history by itself.</param>
    public abstract Task<WorkItem> MakeAsync(bool streamsHistory);

    public void Complete(IMessage answer) => _answer.TrySetResult(answer);

    public void Fail(Exception reason) => _answer.TrySetException(reason);

    public void Cancel() => _answer.TrySetCanceled();
}

/// <summary>An episode; its history travels inside while it is short, or when the worker can't fetch it.</summary>
internal sealed class EpisodeItem(EpisodeCall episode)
    : Item(WorkKind.Episode, episode.Orchestrator, episode.Version, episode.Request.InstanceId)
{
    /// <summary>Most bytes of history inside; more is fetched, so that no message exceeds workers' 4 MB.</summary>
    private const long MostInside = 1024 * 1024;

    public override async Task<WorkItem> MakeAsync(bool streamsHistory) =>
        new()
        {
            OrchestratorRequest =
                streamsHistory && await episode.PastBytesAsync() > MostInside
                    ? new(episode.Request) { RequiresHistoryStreaming = true }
                    : await episode.WithPastAsync(),
        };

    public override string ToString() => $"an episode of '{Name}' ({InstanceId})";
}

/// <summary>An activity.</summary>
internal sealed class ActivityItem(ActivityRequest request)
    : Item(WorkKind.Activity, request.Name, request.Version ?? string.Empty, request.OrchestrationInstance.InstanceId)
{
    public override Task<WorkItem> MakeAsync(bool streamsHistory) =>
        Task.FromResult(new WorkItem { ActivityRequest = request });

    public override string ToString() => $"activity '{Name}' of {InstanceId}";
}
