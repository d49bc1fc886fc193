using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Functions.Publishing;

namespace FactCheck.Functions.Articles;

/// <summary>Articles as people follow them: a submitter their own, reviewers every one, or those of their desks.</summary>
[Tags("Articles")]
public sealed class ArticleEndpoints(
    CaseStore cases,
    ReadableCases readable,
    DeskIndex index,
    CaseViews views,
    Site site,
    TimeProvider time
)
{
    private const int PageSize = 50;

    // Of somebody who may see few of them, so many are looked through for a page.
    private const int MostPagesLooked = 10;

    /// <summary>Articles, newest first.</summary>
    /// <returns>Up to 50.</returns>
    [Function(nameof(GetArticles)), Access(Role.Submitter)]
    [Cursor]
    public async Task<Json<ListOf<ArticleSummary>>> GetArticles(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/articles")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var (caller, asked) = (request.Caller(), request.Cursor());
        var (cursor, shown) = (asked, (string?)null);
        var summaries = new List<ArticleSummary>();
        for (var looked = 0; looked < MostPagesLooked; looked++)
        {
            var page = await index.ArticlesAsync(cursor, PageSize - summaries.Count, cancellation);
            foreach (var entry in page.Items)
            {
                // An entry whose case is another one is left over from a crash between the two: the case has its own.
                if (
                    await readable.FindAsync(caller, entry.Key, cancellation) is { } head
                    && head.CreatedAt == entry.CreatedAt
                )
                {
                    summaries.Add(CaseViews.Of(caller.See(head)));
                    shown = DeskIndex.CursorOf(entry);
                }
            }

            cursor = page.Cursor;
            if (cursor is null || summaries.Count == PageSize)
                break;
        }

        return new Json<ListOf<ArticleSummary>>(new(summaries, Cursors.After(asked, shown, cursor)));
    }

    /// <summary>One article: text, tasks, publications, and what stands in the way of the next.</summary>
    /// <param name="id">The article's id.</param>
    /// <returns>The article.</returns>
    [Function(nameof(GetArticle)), Access(Role.Submitter)]
    public async Task<Results<Json<ArticleDetail>, NotFound>> GetArticle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/articles/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        var caller = request.Caller();
        if (await readable.FindAsync(caller, id, cancellation) is not { } head)
            return new NotFound("article");
        var statements = (await cases.StatementsAsync(id, cancellation))
            .Where(s => caller.Sees(s, head))
            .ToDictionary(s => s.Id, StringComparer.Ordinal);
        var theirs = readable.ListFor(caller);
        var all = new List<Versioned<ReviewTask>>();
        foreach (var task in await cases.TasksAsync(id, cancellation))
            all.Add(await theirs.HeldAsync(task, cancellation));
        var tasks = all.GroupBy(t => t.Value.StatementId, StringComparer.Ordinal)
            .Select(g => g.MaxBy(t => t.Value.Round)!)
            .ToList();
        var text = caller.SeesAll(head) ? await views.TextAsync(head, cancellation) : null;
        var seen = caller.See(head);
        var summaries = tasks
            .Where(t => statements.ContainsKey(t.Value.StatementId))
            .Select(t => CaseViews.Of(t.Value, t.ETag, statements[t.Value.StatementId], head, time.GetUtcNow()))
            .OrderByDescending(t => t.Priority);
        return new Json<ArticleDetail>(
            new(
                CaseViews.Of(seen),
                seen.Meta,
                text?.Text,
                [.. summaries],
                await cases.PublicationsAsync(id, cancellation),
                Publication.ObstacleTo(head, all.Select(t => t.Value)),
                head.PublicationDone > 0 ? site.ReportUrl(id).ToString() : null,
                text?.Receipt
            )
        );
    }
}
