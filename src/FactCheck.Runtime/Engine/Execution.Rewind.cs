namespace FactCheck.Runtime;

/// <content>What a rewind must know of an execution that has been replayed.</content>
internal sealed partial class Execution
{
    /// <summary>When set: collects messages that made the code ask for something at once.</summary>
    public HashSet<Message>? ActedOn { get; set; }

    /// <summary>The id that the next action takes.</summary>
    public int NextId => _sequence;

    /// <summary>Actions of the past whose answer is still awaited.</summary>
    public IEnumerable<OrchestratorAction> OpenActions => _open.Values.Select(task => task.Action).Where(action => !_unconfirmed.ContainsKey(action.Id));

    /// <summary>Whether the code has come to an end by an exception.</summary>
    public bool HasThrown => _run is { IsFaulted: true };

    /// <summary>The id of the call's first attempt; the same id for what was not tried again.</summary>
    public int FirstAttemptOf(int task) => _firstAttempts.GetValueOrDefault(task, task);

    /// <summary>The tasks whose failure is in the exception that ended the code; none when it threw on its own account.</summary>
    public IEnumerable<int> FailedTasks() => Causes(_run?.Exception).OfType<TaskFailedException>().Select(failed => failed.TaskId);

    /// <summary>Runs part of an episode of the past and returns the actions that came of it.</summary>
    public IReadOnlyList<OrchestratorAction> Retrace(DateTime time, IReadOnlyList<Message> messages)
    {
        _replaying = true;
        Step(time, messages);
        var actions = _unconfirmed.Values.ToArray();
        _unconfirmed.Clear();
        return actions;
    }

    private static IEnumerable<Exception> Causes(Exception? exception)
    {
        var open = new Stack<Exception?>([exception]);
        while (open.TryPop(out var next))
        {
            if (next is null)
                continue;
            yield return next;
            if (next is AggregateException several)
                several.InnerExceptions.ToList().ForEach(open.Push);
            else
                open.Push(next.InnerException);
        }
    }
}
