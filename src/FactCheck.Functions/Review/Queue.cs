using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Review;

/// <summary>The tasks that wait for somebody, those that matter most first.</summary>
[Tags("Tasks")]
public sealed class Queue(CaseStore cases, ReadableCases readable, TaskQueue queue, CaseViews views, TimeProvider time)
{
    private const int PageSize = 50;
    private const int MostAtOnce = 100;
    private const string MostMeaning =
        "At most so many tasks; the cursor goes on after the last of them. Not for ?article=, which gives all.";

    // A filter that hardly anything passes must not walk the whole queue in one call; the cursor goes on from there.
    private const int MostLooked = 1_000;

    // Rows of a former release, each of which costs some requests on Azure.
    private const int MostMended = 50;

    // Of what a first look did not fill.
    private const int LookedAtOnce = 500;

    /// <summary>The queue by priority, then deadline; with ?article= every task of one article, closed ones included.</summary>
    /// <returns>Up to ?most=. A filter that little passes may give fewer, with a cursor.</returns>
    [Function(nameof(GetTasks)), Access(Role.Reviewer)]
    [Query("state", "Only tasks in that state.", Type = typeof(TaskState))]
    [Query("kind", "Only claims, or only quotes.", Type = typeof(StatementKind))]
    [Query("assignee", "Only tasks of that person, assigned or leased; \"me\" for mine.", Example = "me")]
    [Query("article", "Only tasks of that article.")]
    [Query("most", MostMeaning, Type = typeof(int), Maximum = MostAtOnce, Default = PageSize)]
    [Cursor]
    public async Task<Json<ListOf<TaskSummary>>> GetTasks(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tasks")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var filter = new TaskFilter(
            request.QueryOf<TaskState>("state"),
            request.QueryOf<StatementKind>("kind"),
            AssigneeOf(request)
        );
        var theirs = readable.ListFor(request.Caller());
        if (request.Query["article"].ToString() is not { Length: > 0 } article)
            return new(
                await PageAsync(request.Cursor(), request.Most(PageSize, MostAtOnce), filter, theirs, cancellation)
            );
        return new(
            new(
                await theirs.HasAsync(article, cancellation)
                    ? await OfArticleAsync(article, theirs, filter, cancellation)
                    : []
            )
        );
    }

    private async Task<ListOf<TaskSummary>> PageAsync(
        string? asked,
        int most,
        TaskFilter filter,
        ReadableList theirs,
        CancellationToken cancellation
    )
    {
        var (found, mended) = (new List<TaskSummary>(), 0);
        var (cursor, last) = (asked, (string?)null);
        for (var (looked, next) = (0, most); looked < MostLooked; looked += next, next = LookedAtOnce)
        {
            var page = await queue.ListAsync(cursor, next, cancellation);
            foreach (var (key, entry) in page)
            {
                if (entry.Shown is null && ++mended > MostMended)
                    return new(found, Cursors.After(asked, last, cursor));
                cursor = key;
                if (
                    await theirs.HasAsync(StatementId.ArticleOf(entry.TaskId) ?? "", cancellation)
                    && await ShownAsync(key, entry, theirs, filter, cancellation) is { } task
                    && found.All(t => t.Id != task.Id)
                )
                {
                    found.Add(task);
                    last = key;
                }

                if (found.Count == most)
                    return new(found, cursor);
            }

            if (page.Count < next)
                return new(found, null);
        }

        return new(found, Cursors.After(asked, last, cursor));
    }

    private async Task<IReadOnlyList<TaskSummary>> OfArticleAsync(
        string article,
        ReadableList theirs,
        TaskFilter filter,
        CancellationToken cancellation
    )
    {
        var (found, heads) = (new List<TaskSummary>(), new Dictionary<string, CaseHead>(StringComparer.Ordinal));
        foreach (var row in await cases.TasksAsync(article, cancellation))
            if (
                await theirs.HeldAsync(row, cancellation) is var task
                && filter.Passes(task.Value)
                && await views.SummaryAsync(task, time.GetUtcNow(), cancellation, heads) is { } summary
            )
                found.Add(summary);
        return [.. found.OrderByDescending(t => t.Priority).ThenBy(t => t.Deadline)];
    }

    private async Task<TaskSummary?> ShownAsync(
        string key,
        QueueEntry entry,
        ReadableList theirs,
        TaskFilter filter,
        CancellationToken cancellation
    )
    {
        if (entry.Shown is null && await queue.MendAsync(key, entry, cancellation) is { } mended)
            entry = mended;
        return entry.Shown is { } row && await theirs.HeldAsync(row, cancellation) is var shown && filter.Passes(shown)
            ? CaseViews.Of(entry, shown, time.GetUtcNow())
            : null;
    }

    private static Func<Who?, bool>? AssigneeOf(HttpRequest request) =>
        request.Query["assignee"].ToString() switch
        {
            "" => null,
            "me" => request.Caller().Who.Is,
            var name => who => who is not null && who.IsNamed(name),
        };

    private sealed record TaskFilter(TaskState? State, StatementKind? Kind, Func<Who?, bool>? IsWanted)
    {
        public bool Passes(ReviewTask task) => Passes(task.State, task.Kind, task.Assignee, task.Lease);

        public bool Passes(QueuedTask task) => Passes(task.State, task.Kind, task.Assignee, task.Lease);

        private bool Passes(TaskState state, StatementKind kind, Who? assignee, Lease? lease) =>
            (State is null || state == State)
            && (Kind is null || kind == Kind)
            && (IsWanted is null || IsWanted(assignee) || IsWanted(lease?.Holder));
    }
}
