using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>What of a failed execution's history stays.</summary>
/// <param name="Past">The episodes before the failure, without what is to be asked again.</param>
/// <param name="Kept">What came in since, but for failures: it is taken anew.</param>
/// <param name="Open">What was asked for and has no answer that is kept: it is asked again.</param>
internal sealed record Rewinding(
    IReadOnlyList<List<HistoryEvent>> Past,
    IReadOnlyList<HistoryEvent> Kept,
    IReadOnlyList<HistoryEvent> Open
)
{
    /// <summary>Goes back to the failure that the end tells of, and to those that came since without being answered by
    /// anything it asked for: what it did from there on, compensations too, is forgotten, so that its code may go
    /// another way. A failure that it got over (a retry's earlier attempt, a fallback) stays as it was. Of several
    /// branches that failed one after the other the end tells of one; the next rewind takes the next.</summary>
    public static Rewinding Plan(IReadOnlyList<List<HistoryEvent>> history)
    {
        var episodes = history.Where(episode => !episode.TrueForAll(IsEnd)).ToList();
        var undone = FirstUndone(
            episodes,
            history
                .SelectMany(episode => episode)
                .LastOrDefault(one => one.EventTypeCase == EventCase.ExecutionCompleted)
                ?.ExecutionCompleted.FailureDetails
        );
        var past = episodes.Take(undone).ToList();
        var kept = episodes.Skip(undone).SelectMany(episode => episode).Where(IsIncoming).ToList();
        var answered = past.SelectMany(episode => episode).Concat(kept).Select(Events.TaskOf).ToHashSet();
        var open = past.SelectMany(episode => episode)
            .Where(one => IsAsked(one) && !answered.Contains(one.EventId))
            .ToList();
        var known = past.SelectMany(episode => episode).Where(IsAsked).Select(one => one.EventId).ToHashSet();
        return new(
            past,
            [.. kept.Where(one => Events.TaskOf(one) is var task && (task < 0 || known.Contains(task)))],
            open
        );
    }

    private static int FirstUndone(List<List<HistoryEvent>> episodes, TaskFailureDetails? end)
    {
        var told = Told(episodes, end);
        var last = episodes.Count - 1;
        // Failures at the end, after which nothing was asked for any more, ended it: no more than those is undone.
        var first = last;
        while (first > 0 && !episodes[first - 1].Exists(IsAsked) && !episodes[first - 1].Exists(IsSent))
            first--;
        var atTheEnd = episodes.FindIndex(Math.Max(first, 0), episode => episode.Exists(IsFailure));
        if (atTheEnd >= 0)
            return told >= 0 ? Math.Min(told, atTheEnd) : atTheEnd;
        if (told >= 0)
            return told;
        var unanswered = episodes.FindIndex(episode =>
            episode.Exists(IsFailure) && !episode.Exists(IsAsked) && !episode.Exists(IsSent)
        );
        return unanswered >= 0 ? unanswered : Math.Max(last, 0);
    }

    /// <summary>The episode that took the failure which caused the end; where several say the same, the one whose
    /// number the end tells, or else the last. -1 for none.</summary>
    private static int Told(List<List<HistoryEvent>> episodes, TaskFailureDetails? end)
    {
        for (var (outer, cause) = (end, end); cause is not null; (outer, cause) = (cause, cause.InnerFailure))
        {
            bool Is(HistoryEvent one) =>
                FailureOf(one) is { } failure
                && failure.ErrorType == cause.ErrorType
                && failure.ErrorMessage == cause.ErrorMessage;
            var found = episodes.FindLastIndex(episode =>
                episode.Exists(one =>
                    Is(one) && outer!.ErrorMessage.Contains($"(#{Events.TaskOf(one)})", StringComparison.Ordinal)
                )
            );
            if (found < 0)
                found = episodes.FindLastIndex(episode => episode.Exists(Is));
            if (found >= 0)
                return found;
        }
        return -1;
    }

    private static TaskFailureDetails? FailureOf(HistoryEvent one) =>
        one.EventTypeCase switch
        {
            EventCase.TaskFailed => one.TaskFailed.FailureDetails,
            EventCase.SubOrchestrationInstanceFailed => one.SubOrchestrationInstanceFailed.FailureDetails,
            _ => null,
        };

    private static bool IsEnd(HistoryEvent one) =>
        one.EventTypeCase is EventCase.ExecutionCompleted or EventCase.ExecutionTerminated;

    private static bool IsFailure(HistoryEvent one) =>
        one.EventTypeCase is EventCase.TaskFailed or EventCase.SubOrchestrationInstanceFailed;

    private static bool IsSent(HistoryEvent one) => one.EventTypeCase == EventCase.EventSent;

    private static bool IsAsked(HistoryEvent one) =>
        one.EventTypeCase
            is EventCase.TaskScheduled
                or EventCase.SubOrchestrationInstanceCreated
                or EventCase.TimerCreated;

    private static bool IsIncoming(HistoryEvent one) =>
        one.EventTypeCase
            is EventCase.TaskCompleted
                or EventCase.SubOrchestrationInstanceCompleted
                or EventCase.TimerFired
                or EventCase.EventRaised
                or EventCase.ExecutionSuspended
                or EventCase.ExecutionResumed;
}
