using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Review;

/// <summary>The tasks that wait for somebody, those that matter most first.</summary>
[Tags("Tasks")]
public sealed class Queue(CaseStore cases, ReadableCases readable, DeskIndex index, CaseViews views, TimeProvider time)
{
    private const int PageSize = 50;
    private const int MostAtOnce = 100;
    private const string MostMeaning =
        "At most so many tasks; the cursor goes on after the last of them. Not for ?article=, which gives all.";

    // A filter that hardly anything passes must not walk the whole queue in one call; the cursor goes on from there.
    private const int MostLooked = 500;

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
        if (request.Query["article"].ToString() is { Length: > 0 } article)
            return new Json<ListOf<TaskSummary>>(
                new(
                    await theirs.HasAsync(article, cancellation)
                        ? await OfArticleAsync(article, filter, cancellation)
                        : []
                )
            );

        var (cursor, most) = (request.Cursor(), request.Most(PageSize, MostAtOnce));
        var (found, heads) = (new List<TaskSummary>(), new Dictionary<string, CaseHead>(StringComparer.Ordinal));
        for (var looked = 0; looked < MostLooked && found.Count < most; )
        {
            var page = await index.QueueAsync(cursor, PageSize, cancellation);
            foreach (var (key, entry) in page)
            {
                cursor = key;
                if (
                    await theirs.HasAsync(StatementId.ArticleOf(entry.TaskId) ?? "", cancellation)
                    && await FromQueueAsync(key, entry, filter, heads, cancellation) is { } task
                    && found.All(t => t.Id != task.Id)
                )
                    found.Add(task);
                if (found.Count == most)
                    break;
            }

            looked += page.Count;
            if (page.Count < PageSize)
                return new Json<ListOf<TaskSummary>>(new(found, found.Count == most ? cursor : null));
        }

        return new Json<ListOf<TaskSummary>>(new(found, cursor));
    }

    private async Task<IReadOnlyList<TaskSummary>> OfArticleAsync(
        string article,
        TaskFilter filter,
        CancellationToken cancellation
    )
    {
        var (found, heads) = (new List<TaskSummary>(), new Dictionary<string, CaseHead>(StringComparer.Ordinal));
        foreach (var task in await cases.TasksAsync(article, cancellation))
            if (
                filter.Passes(task.Value)
                && await views.SummaryAsync(task, time.GetUtcNow(), cancellation, heads) is { } summary
            )
                found.Add(summary);
        return [.. found.OrderByDescending(t => t.Priority).ThenBy(t => t.Deadline)];
    }

    private async Task<TaskSummary?> FromQueueAsync(
        string key,
        QueueEntry entry,
        TaskFilter filter,
        Dictionary<string, CaseHead> heads,
        CancellationToken cancellation
    )
    {
        if (await cases.FindTaskAsync(entry.TaskId, cancellation) is not { } task || task.Value.IsClosed)
        {
            await index.DequeueAsync(key, cancellation);
            return null;
        }

        if (!DeskIndex.IsPlaceOf(key, task.Value))
        {
            // A crash left it where it stood before; shown here this once, from now on in its place.
            await index.EnqueueAsync(task.Value, null, cancellation);
            await index.DequeueAsync(key, cancellation);
        }

        return filter.Passes(task.Value) ? await views.SummaryAsync(task, time.GetUtcNow(), cancellation, heads) : null;
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
        public bool Passes(ReviewTask task) =>
            (State is null || task.State == State)
            && (Kind is null || task.Kind == Kind)
            && (IsWanted is null || IsWanted(task.Assignee) || IsWanted(task.Lease?.Holder));
    }
}
