namespace FactCheck.Functions.Cases;

/// <summary>Cases as somebody sees them, by the one rule (<see cref="Person.MayRead"/>, <see cref="Person.MayReview"/>):
/// what they may not see is not there. What reads a case for somebody reads it here; what hands one in asks
/// <see cref="HandIns.MayReplace"/>.</summary>
public sealed class ReadableCases(CaseStore cases, People people)
{
    /// <summary>A case to read, also one's own as a submitter.</summary>
    public async Task<CaseHead?> FindAsync(Person caller, string articleKey, CancellationToken cancellation) =>
        await cases.FindHeadAsync(articleKey, cancellation) is { Value: var head } && caller.MayRead(head)
            ? head
            : null;

    /// <summary>A case to work on.</summary>
    public Task<CaseHead?> FindToReviewAsync(Person caller, string articleKey, CancellationToken cancellation) =>
        ListFor(caller).FindAsync(articleKey, cancellation).AsTask();

    /// <summary>A task to work on, as it is held (<see cref="ReadableList.HeldAsync(Versioned{ReviewTask}, CancellationToken)"/>).</summary>
    public async Task<Versioned<ReviewTask>?> FindTaskAsync(
        Person caller,
        string taskId,
        CancellationToken cancellation
    )
    {
        var theirs = ListFor(caller);
        return
            await cases.FindTaskAsync(taskId, cancellation) is { } task
            && await theirs.HasAsync(task.Value.ArticleKey, cancellation)
            ? await theirs.HeldAsync(task, cancellation)
            : null;
    }

    /// <summary>For going through a list of what is about many cases.</summary>
    public ReadableList ListFor(Person caller) => new(cases, people, caller);
}

/// <summary>Which articles somebody works on, each looked at once.</summary>
public sealed class ReadableList(CaseStore cases, People people, Person caller)
{
    private readonly Dictionary<string, CaseHead?> _known = new(StringComparer.Ordinal);
    private Roster? _roster;

    /// <summary>True for an article that they work on.</summary>
    public async ValueTask<bool> HasAsync(string articleKey, CancellationToken cancellation) =>
        // Where desks are not parted, the role says it all.
        caller.IsParted
            ? await FindAsync(articleKey, cancellation) is not null
            : caller.May(Role.Reviewer);

    /// <summary>An article that they work on; null where it is none.</summary>
    public async ValueTask<CaseHead?> FindAsync(string articleKey, CancellationToken cancellation)
    {
        if (!_known.TryGetValue(articleKey, out var head))
            _known[articleKey] = head =
                await cases.FindHeadAsync(articleKey, cancellation) is { Value: var found } && caller.MayReview(found)
                    ? found
                    : null;
        return head;
    }

    /// <summary>Of some items those about articles that they work on.</summary>
    public async Task<IReadOnlyList<T>> OfAsync<T>(
        IEnumerable<T> items,
        Func<T, string> articleOf,
        CancellationToken cancellation
    )
    {
        var theirs = new List<T>();
        foreach (var item in items)
            if (await HasAsync(articleOf(item), cancellation))
                theirs.Add(item);
        return theirs;
    }

    /// <summary>A task of an article that they work on. Whoever may not work on it any more, since it was moved or they are
    /// on other desks now, holds it no more: nobody is kept from it by them, nor told of them.</summary>
    public async ValueTask<Versioned<ReviewTask>> HeldAsync(
        Versioned<ReviewTask> task,
        CancellationToken cancellation
    ) =>
        task.Value is { IsClosed: false } held
        && await MayReviewAsync(held.ArticleKey, held.Assignee, held.Lease, cancellation) is { } mayReview
            ? task with
            {
                Value = Desks.Held(held, mayReview),
            }
            : task;

    /// <summary>The same of what a list shows of one.</summary>
    public async ValueTask<QueuedTask> HeldAsync(QueuedTask task, CancellationToken cancellation)
    {
        if (await MayReviewAsync(task.ArticleKey, task.Assignee, task.Lease, cancellation) is not { } mayReview)
            return task;
        var (assignee, lease, state) = Desks.Held(task.Assignee, task.Lease, task.State, mayReview);
        return task with { Assignee = assignee, Lease = lease, State = state };
    }

    // Null where there is nobody to ask for.
    private async ValueTask<Func<Who, bool>?> MayReviewAsync(
        string articleKey,
        Who? assignee,
        Lease? lease,
        CancellationToken cancellation
    )
    {
        if (
            !caller.IsParted
            || (assignee ?? lease?.Holder) is null
            || await FindAsync(articleKey, cancellation) is not { } head
        )
            return null;
        var roster = _roster ??= await people.RosterAsync(cancellation);
        return who => roster.MayReview(who, head);
    }
}
