namespace FactCheck.Functions.Cases;

/// <summary>Cases as somebody sees them, by the one rule (<see cref="Person.MayRead"/>, <see cref="Person.MayReview"/>):
/// what they may not see is not there. Every call about something that is not public comes by here.</summary>
public sealed class ReadableCases(CaseStore cases)
{
    /// <summary>A case to read, also one's own as a submitter.</summary>
    public async Task<CaseHead?> FindAsync(Person caller, string articleKey, CancellationToken cancellation) =>
        await cases.FindHeadAsync(articleKey, cancellation) is { Value: var head } && caller.MayRead(head)
            ? head
            : null;

    /// <summary>A case to work on.</summary>
    public async Task<CaseHead?> FindToReviewAsync(Person caller, string articleKey, CancellationToken cancellation) =>
        await cases.FindHeadAsync(articleKey, cancellation) is { Value: var head } && caller.MayReview(head)
            ? head
            : null;

    /// <summary>A task to work on.</summary>
    public async Task<Versioned<ReviewTask>?> FindTaskAsync(
        Person caller,
        string taskId,
        CancellationToken cancellation
    ) =>
        await cases.FindTaskAsync(taskId, cancellation) is { } task
        && await ListFor(caller).HasAsync(task.Value.ArticleKey, cancellation)
            ? task
            : null;

    /// <summary>For going through a list of what is about many cases.</summary>
    public ReadableList ListFor(Person caller) => new(cases, caller);
}

/// <summary>Which articles somebody works on, each looked at once.</summary>
public sealed class ReadableList(CaseStore cases, Person caller)
{
    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>True for an article that they work on.</summary>
    public async ValueTask<bool> HasAsync(string articleKey, CancellationToken cancellation)
    {
        // A role that the call takes says it all.
        if (!caller.IsParted)
            return true;
        if (!_known.TryGetValue(articleKey, out var may))
            _known[articleKey] = may =
                await cases.FindHeadAsync(articleKey, cancellation) is { Value: var head } && caller.MayReview(head);
        return may;
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
}
