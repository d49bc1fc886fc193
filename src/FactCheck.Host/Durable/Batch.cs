namespace FactCheck.Host.Durable;

/// <summary>The commands of one commit, its time, and what follows it or undoes it. Writer's thread.</summary>
internal sealed class Batch
{
    private readonly List<Action> _afterCommit = [];
    private readonly List<Action> _onRollback = [];
    private readonly List<string> _traces = [];

    public long Number { get; private set; }

    public DateTime Now { get; private set; }

    public int Episodes { get; private set; }

    /// <summary>Those of its episodes that have one.</summary>
    public IReadOnlyList<string> Traces => _traces;

    public void Begin(DateTime now)
    {
        Number++;
        Now = now;
        Episodes = 0;
    }

    /// <summary>A clock that is set back doesn't turn an instance's time.</summary>
    public DateTime Later(DateTime time) => Now > time ? Now : time;

    public void CountEpisode(string? trace)
    {
        Episodes++;
        if (trace is not null)
            _traces.Add(trace);
    }

    public void AfterCommit(Action effect) => _afterCommit.Add(effect);

    public void OnRollback(Action undo) => _onRollback.Add(undo);

    public void Committed(Action<Action> attempt) => _afterCommit.ForEach(attempt);

    /// <summary>What was changed in memory is undone, the last first.</summary>
    public void RollBack()
    {
        for (var i = _onRollback.Count - 1; i >= 0; i--)
            _onRollback[i]();
    }

    public void Forget()
    {
        _afterCommit.Clear();
        _onRollback.Clear();
        _traces.Clear();
    }
}
