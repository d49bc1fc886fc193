using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Desk;

/// <summary>What changed since a caller last asked: the page polls it, on both hosts alike.</summary>
[Tags("Desk")]
public sealed class Changes(DeskIndex index, ReadableCases readable)
{
    private const int PageSize = 100;

    // Of a caller of whom little is, so many are looked through at once.
    private const int MostPagesLooked = 10;

    /// <summary>What changed since a cursor; without one, the cursor of now.</summary>
    /// <returns>Up to 100, oldest first; give the cursor next time, to get what changes from now on.</returns>
    [Function(nameof(GetChanges)), Access(Role.Reviewer)]
    [Cursor]
    public async Task<Json<ListOf<Change>>> GetChanges(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/changes")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var (theirs, cursor) = await TheirsAsync(request, cancellation);
        return new Json<ListOf<Change>>(
            new([.. theirs.Select(c => new Change(c.Article, c.Task, c.What, c.At))], cursor)
        );
    }

    // The cursor is of something that they are told, or of a moment: that there is something else is theirs alone whose
    // it is.
    private async Task<Slice<ChangeEntry>> TheirsAsync(HttpRequest request, CancellationToken cancellation)
    {
        var (asked, list) = (request.Cursor(), readable.ListFor(request.Caller()));
        var cursor = asked;
        for (var looked = 0; looked < MostPagesLooked; looked++)
        {
            var page = await index.ChangesAsync(cursor, PageSize, cancellation);
            if (await list.OfAsync(page.Items, c => c.Article, cancellation) is { Count: > 0 } theirs)
                return new(theirs, theirs[^1].Cursor);
            cursor = page.Cursor;
            if (page.Items.Count < PageSize)
                return new([], asked is null ? cursor : index.CursorOfNothingAfter(asked));
        }

        return new([], cursor);
    }
}
