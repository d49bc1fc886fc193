namespace FactCheck.Runtime;

/// <summary>
/// How an instance goes back to before its failure. The failure that ended it is looked for: the call whose <see cref="TaskFailedException"/> the
/// orchestrator let through or, when it threw on its own account, the last that failed. What the code did once it knew of that failure (retries,
/// compensation) never happened; what was asked for before and has been answered is kept; what failed is done again.
/// </summary>
/// <param name="Past">The history that stays.</param>
/// <param name="Kept">What came after it and still holds: events, and answers to what was asked for in the past.</param>
/// <param name="NextId">An id that no action has had, so that nothing answers two questions.</param>
internal sealed record Rewinding(IReadOnlyList<Episode> Past, IReadOnlyList<Message> Kept, int NextId)
{
    /// <summary>
    /// How often replay is asked which failures the code had acted on later than at once. Once is the rule; what is left after so many stays a failure,
    /// and takes another rewind.
    /// </summary>
    private const int MostReplays = 50;

    /// <summary>Works out what stays of a history.</summary>
    /// <param name="history">What happened.</param>
    /// <param name="fresh">Makes an execution that knows nothing yet.</param>
    /// <exception cref="NonDeterministicOrchestrationException">The code does not fit the history.</exception>
    public static Rewinding Plan(IReadOnlyList<Episode> history, Func<Execution> fresh)
    {
        using var whole = fresh();
        whole.ActedOn = [];
        foreach (var episode in history)
            whole.Replay(episode);
        if (FindFailure(history, whole) is not var (first, last))
            return new(history, [], whole.NextId);

        var cut = first;
        var (past, nextId) = Before(history, cut, fresh);
        var between = From(history, first).SkipLast(From(history, last).Count());
        if (between.Any(message => IsSuccess(message) && message.TaskId >= nextId))
        {
            // Other branches did well between the attempts: that stays, and of this call only the last attempt is made again.
            cut = last;
            (past, nextId) = Before(history, cut, fresh);
        }
        var kept = From(history, cut).Where(message => message.Kind == MessageKind.EventRaised
            || (message.TaskId < nextId && (IsSuccess(message) || message.Kind == MessageKind.TimerFired)));
        return new(WithoutIdleFailures(past, whole.ActedOn, fresh), [.. kept], whole.NextId);
    }

    /// <summary>Where the failure that ended the instance was told: that of its call's first attempt, and of the last.</summary>
    private static (Place First, Place Last)? FindFailure(IReadOnlyList<Episode> history, Execution whole)
    {
        var failures = Failures(history).ToArray();
        if (!whole.HasThrown || failures.Length == 0)
            return null;
        var causes = whole.FailedTasks().ToHashSet();
        var last = Array.Find(failures, found => causes.Contains(found.Failure.TaskId));
        if (last.Failure is null)
            last = failures[^1];
        var call = whole.FirstAttemptOf(last.Failure.TaskId);
        var first = Array.Find(failures, found => whole.FirstAttemptOf(found.Failure.TaskId) == call);
        return (first.At, last.At);
    }

    /// <summary>The history up to a message, without it, and the id that the next action took then.</summary>
    private static (List<Episode> Past, int NextId) Before(IReadOnlyList<Episode> history, Place cut, Func<Execution> fresh)
    {
        using var before = fresh();
        var past = history.Take(cut.Episode).ToList();
        past.ForEach(before.Replay);
        if (cut.Message > 0)
        {
            var (time, messages, actions) = history[cut.Episode];
            var told = messages.Take(cut.Message).ToArray();
            var asked = before.Retrace(time, told).Select(action => action.Id).ToHashSet();
            past.Add(new(time, told, [.. actions.Where(action => asked.Contains(action.Id))]));
        }
        return (past, before.NextId);
    }

    private static IEnumerable<Message> From(IReadOnlyList<Episode> history, Place place) =>
        history[place.Episode].Messages.Skip(place.Message).Concat(history.Skip(place.Episode + 1).SelectMany(episode => episode.Messages));

    private static bool IsSuccess(Message message) => message.Kind is MessageKind.TaskCompleted or MessageKind.ChildCompleted;

    private static IEnumerable<(Place At, Message Failure)> Failures(IReadOnlyList<Episode> history)
    {
        for (var episode = 0; episode < history.Count; episode++)
        {
            var messages = history[episode].Messages;
            for (var message = 0; message < messages.Count; message++)
            {
                if (messages[message].Kind is MessageKind.TaskFailed or MessageKind.ChildFailed)
                    yield return (new(episode, message), messages[message]);
            }
        }
    }

    /// <summary>Takes out failures that the code had not acted on yet, such as those of other branches of a fan-out: they too are done again.</summary>
    private static List<Episode> WithoutIdleFailures(List<Episode> past, HashSet<Message> actedOn, Func<Execution> fresh)
    {
        var removed = new HashSet<Message>();
        var replays = 0;
        Remove([.. Failures(past).Select(found => found.Failure).Where(failure => !actedOn.Contains(failure))]);
        return Without(past, removed);

        // All of them at once, else each half; the later half first, since its failures are the likelier ones.
        void Remove(ReadOnlySpan<Message> failures)
        {
            if (failures.IsEmpty || ++replays > MostReplays)
                return;
            var tried = new HashSet<Message>(removed);
            foreach (var failure in failures)
                tried.Add(failure);
            if (Fits(Without(past, tried), fresh))
            {
                removed.UnionWith(tried);
            }
            else if (failures.Length > 1)
            {
                Remove(failures[(failures.Length / 2)..]);
                Remove(failures[..(failures.Length / 2)]);
            }
        }
    }

    private static List<Episode> Without(List<Episode> history, HashSet<Message> removed) =>
        history.ConvertAll(episode => episode with { Messages = [.. episode.Messages.Where(message => !removed.Contains(message))] });

    private static bool Fits(List<Episode> history, Func<Execution> fresh)
    {
        using var execution = fresh();
        try
        {
            history.ForEach(execution.Replay);
            return true;
        }
        catch (NonDeterministicOrchestrationException)
        {
            return false;
        }
    }

    /// <summary>A message of a history: the episode, and the message in it.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct Place(int Episode, int Message);
}
