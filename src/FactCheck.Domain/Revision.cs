namespace FactCheck.Domain;

/// <summary>How far a run has come.</summary>
public enum RunState
{
    Arrived,
    Done,
    Rejected,
    Superseded,
    Failed,
}

/// <summary>One version of an article that arrived. Written before its orchestration is started.</summary>
/// <param name="Seq">1 for the first.</param>
/// <param name="ETag">The blob's when it was read.</param>
/// <param name="ContentHash">What arrived, see <see cref="Domain.ContentHash"/>; of a file that is too large to be
/// read, "too-large-" and a hash of its version.</param>
/// <param name="Length">In bytes.</param>
public sealed record CaseRun(
    int Seq,
    string ETag,
    string ContentHash,
    long Length,
    DateTimeOffset ArrivedAt,
    RunState State = RunState.Arrived
)
{
    /// <summary>What a person wants read otherwise; null for nothing.</summary>
    public ReadingOptions? Reading { get; init; }

    /// <summary>True when nothing is left to do for what arrived: this run had the same bytes and metadata, and read
    /// them the same way. Not after a failure, nor when a rejected file is handed in again: limits may differ now, or
    /// the host be less busy.</summary>
    public bool Covers(CaseRun arrived) =>
        State != RunState.Failed
        && ContentHash == arrived.ContentHash
        && Reading == arrived.Reading
        && (State != RunState.Rejected || ETag == arrived.ETag);
}

/// <summary>What a new run of an article changes in its case.</summary>
/// <param name="Statements">Rows to write: new ones, and old ones that changed.</param>
/// <param name="OpenTasks">Ids of every task that waits for somebody afterwards.</param>
public sealed record RevisionPlan(
    IReadOnlyList<Statement> Statements,
    IReadOnlyList<ReviewTask> Opened,
    IReadOnlyList<ReviewTask> Superseded,
    IReadOnlyList<string> OpenTasks,
    int Present
)
{
    /// <summary>True for a statement that a new task asks about.</summary>
    public bool Opens(string statementId) => Opened.Any(t => t.StatementId == statementId);
}

/// <summary>Compares the case with what a run found. Unchanged statements keep task and decisions, changed ones open
/// tasks, vanished ones close as superseded. Planning the same run twice gives the same plan.</summary>
public static class Revision
{
    /// <summary>How alike (Jaccard of words, 0..1) wordings must be to count as one that was changed.</summary>
    public const double ChangedLikeness = 0.4;

    /// <summary>Plans a run.</summary>
    public static RevisionPlan Plan(
        string articleKey,
        int run,
        ArticleText article,
        IReadOnlyList<Statement> found,
        IReadOnlyList<Statement> before,
        IReadOnlyList<ReviewTask> tasks,
        SelectionPolicy selection,
        DeskPolicy desk,
        DateTimeOffset now
    )
    {
        var known = before.ToDictionary(s => s.Id, StringComparer.Ordinal);
        var taskOf = tasks
            .GroupBy(t => t.StatementId, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.MaxBy(t => t.Round)!, StringComparer.Ordinal);
        var present = StatementPlaces.Present(run, article, found, before, known);
        var gone = before.Where(s => !present.ContainsKey(s.Id)).ToList();

        // Tasks of this run are there when the step runs a second time: what it opened then it opens now.
        bool OpenedByThisRun(ReviewTask task) =>
            task.Run == run && task.Origin is TaskOrigin.Selected or TaskOrigin.Changed;
        var opened = tasks.Where(OpenedByThisRun).ToDictionary(t => t.StatementId, StringComparer.Ordinal);
        if (opened.Count == 0)
            foreach (
                var task in Open(articleKey, run, article.Text, present, known, taskOf, gone, selection, desk, now)
            )
                opened[task.StatementId] = task;

        var superseded = gone.Select(s => taskOf.GetValueOrDefault(s.Id))
            .OfType<ReviewTask>()
            .Where(t => !t.IsClosed)
            .Select(TaskDecider.Supersede)
            .ToList();
        var closed = superseded.Select(t => t.Id).ToHashSet(StringComparer.Ordinal);
        var waiting = tasks
            .Concat(opened.Values)
            .Where(t => !t.IsClosed && !closed.Contains(t.Id))
            .Select(t => t.Id)
            .Distinct(StringComparer.Ordinal);
        var rows = present
            .Values.Select(s => opened.TryGetValue(s.Id, out var task) ? s with { TaskId = task.Id } : s)
            .Where(s => known.GetValueOrDefault(s.Id) != s);
        return new([.. rows], [.. opened.Values], superseded, [.. waiting], present.Count);
    }

    private static IEnumerable<ReviewTask> Open(
        string articleKey,
        int run,
        string text,
        Dictionary<string, Statement> present,
        Dictionary<string, Statement> known,
        Dictionary<string, ReviewTask> taskOf,
        List<Statement> gone,
        SelectionPolicy selection,
        DeskPolicy desk,
        DateTimeOffset now
    )
    {
        var places = present.Values.ToDictionary(
            s => s.Id,
            s => s.Anchor.FindIn(text) ?? new TextSpan(0, 0),
            StringComparer.Ordinal
        );
        bool HasTask(Statement s) => taskOf.TryGetValue(s.Id, out var task) && task.State != TaskState.Superseded;
        var isFirstRun = known.Count == 0 || known.Values.All(s => s.FirstRun == run);
        var free = present.Values.Where(s => !HasTask(s) && (isFirstRun || IsNew(s))).ToList();
        var taken = present.Values.Where(HasTask).Select(s => places[s.Id]).ToList();

        var changed = Heirs(gone.Where(s => s.LastRun < run && HasTask(s)), free).Take(desk.MaxOpenTasks).ToList();
        foreach (var (statement, old) in changed)
        {
            present[statement.Id] = statement with { Replaces = old.Id };
            taken.Add(places[statement.Id]);
            yield return Task(
                statement,
                TaskOrigin.Changed,
                ["changed since the last revision", $"it read: {Shorten(old.Text)}"]
            );
        }

        var budget = Math.Max(0, selection.MaxTasks - taken.Count);
        var candidates = free.Where(s => changed.All(c => c.Statement.Id != s.Id))
            .Select(s => (s, places[s.Id]))
            .ToList();
        foreach (var pick in Selector.Pick(candidates, taken, text, budget, selection))
            yield return Task(pick.Statement, TaskOrigin.Selected, pick.Why);

        // A statement that comes back after its task was superseded (A, B, A) is as good as new.
        bool IsNew(Statement s) =>
            !known.TryGetValue(s.Id, out var old)
            || old.FirstRun == run
            || (taskOf.TryGetValue(s.Id, out var task) && task.State == TaskState.Superseded);
        ReviewTask Task(Statement s, TaskOrigin origin, IReadOnlyList<string> why) =>
            TaskOpening.NewTask(articleKey, s, run, taskOf.GetValueOrDefault(s.Id), origin, why, desk, now);
    }

    // Each statement that went and had a task, with the free one that most likely is what became of it.
    private static IEnumerable<(Statement Statement, Statement Old)> Heirs(
        IEnumerable<Statement> gone,
        List<Statement> free
    )
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var old in gone)
        {
            var heir = free.Where(s => s.Kind == old.Kind && !taken.Contains(s.Id))
                .Select(s => (Statement: s, Likeness: Likeness(s.Text, old.Text)))
                .Where(s => s.Likeness >= ChangedLikeness)
                .OrderByDescending(s => s.Likeness)
                .FirstOrDefault();
            if (heir.Statement is not null && taken.Add(heir.Statement.Id))
                yield return (heir.Statement, old);
        }
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..199] + "…";

    private static double Likeness(string left, string right)
    {
        var a = StatementId.Normalize(left).Split(' ').ToHashSet(StringComparer.Ordinal);
        var b = StatementId.Normalize(right).Split(' ').ToHashSet(StringComparer.Ordinal);
        var shared = a.Count(b.Contains);
        return shared == 0 ? 0 : (double)shared / (a.Count + b.Count - shared);
    }
}
