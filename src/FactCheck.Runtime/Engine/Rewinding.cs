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
    /// <summary>Works out what stays of a history.</summary>
    /// <param name="history">What happened.</param>
    /// <param name="fresh">Makes an execution that knows nothing yet.</param>
    /// <exception cref="NonDeterministicOrchestrationException">The code does not fit the history.</exception>
    public static Rewinding Plan(IReadOnlyList<Episode> history, Func<Execution> fresh)
    {
        using var whole = fresh();
        foreach (var episode in history)
            whole.Replay(episode);
        if (FindCut(history, whole) is not var (cut, index))
            return new(history, [], whole.NextId);

        using var before = fresh();
        var past = history.Take(cut).ToList();
        past.ForEach(before.Replay);
        var (time, messages, actions) = history[cut];
        if (index > 0)
        {
            var told = messages.Take(index).ToArray();
            var asked = before.Retrace(time, told).Select(action => action.Id).ToHashSet();
            past.Add(new(time, told, [.. actions.Where(action => asked.Contains(action.Id))]));
        }
        var later = messages.Skip(index).Concat(history.Skip(cut + 1).SelectMany(episode => episode.Messages));
        return new(WithoutIdleFailures(past, fresh), [.. later.Where(message => Holds(message, before.NextId))], whole.NextId);
    }

    private static (int Episode, int Message)? FindCut(IReadOnlyList<Episode> history, Execution whole)
    {
        if (!whole.HasThrown)
            return null;
        var failures = Failures(history).ToArray();
        var causes = whole.FailedCalls().ToHashSet();
        if (causes.Count == 0 && failures is [.., var last])
            causes.Add(whole.FirstAttemptOf(last.Failure.TaskId));
        foreach (var (episode, message, failure) in failures)
        {
            if (causes.Contains(whole.FirstAttemptOf(failure.TaskId)))
                return (episode, message);
        }
        return null;
    }

    private static IEnumerable<(int Episode, int Message, Message Failure)> Failures(IReadOnlyList<Episode> history)
    {
        for (var episode = 0; episode < history.Count; episode++)
        {
            var messages = history[episode].Messages;
            for (var message = 0; message < messages.Count; message++)
            {
                if (messages[message].Kind is MessageKind.TaskFailed or MessageKind.ChildFailed)
                    yield return (episode, message, messages[message]);
            }
        }
    }

    private static bool Holds(Message message, int nextId) => message.Kind switch
    {
        MessageKind.EventRaised => true,
        MessageKind.TaskCompleted or MessageKind.ChildCompleted or MessageKind.TimerFired => message.TaskId < nextId,
        _ => false,
    };

    /// <summary>Takes out failures that the code had not acted on yet, such as those of other branches of a fan-out: they too are done again.</summary>
    private static List<Episode> WithoutIdleFailures(List<Episode> past, Func<Execution> fresh)
    {
        var removed = new HashSet<Message>();
        Remove([.. Failures(past).Select(found => found.Failure)]);
        return Without(past, removed);

        // All of them at once, else each half; the later half first, since its failures are the likelier ones.
        void Remove(ReadOnlySpan<Message> failures)
        {
            if (failures.IsEmpty)
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
}
