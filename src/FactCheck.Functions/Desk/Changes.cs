using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Desk;

/// <summary>What changed since a caller last asked: the page polls it, on both hosts alike.</summary>
[Tags("Desk")]
public sealed class Changes(DeskIndex index, ReadableCases readable)
{
    private const int PageSize = 100;

    /// <summary>What changed since a cursor; without one, the cursor of now.</summary>
    /// <returns>Up to 100, oldest first; give the cursor next time, to get what changes from now on.</returns>
    [Function(nameof(GetChanges)), Access(Role.Reviewer)]
    [Cursor]
    public async Task<Json<ListOf<Change>>> GetChanges(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/changes")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var page = await index.ChangesAsync(request.Cursor(), PageSize, cancellation);
        var theirs = await readable.ListFor(request.Caller()).OfAsync(page.Items, c => c.Article, cancellation);
        return new Json<ListOf<Change>>(
            new([.. theirs.Select(c => new Change(c.Article, c.Task, c.What, c.At))], page.Cursor)
        );
    }
}
