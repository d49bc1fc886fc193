using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Http;
using FactCheck.Storage;

namespace FactCheck.Functions.Desk;

/// <summary>What changed since a caller last asked: the page polls it, on both hosts alike.</summary>
public sealed class Changes(DeskIndex index)
{
    private const int PageSize = 100;

    [Function(nameof(GetChanges)), Access(Role.Reviewer)]
    public async Task<IResult> GetChanges(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/changes")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var page = await index.ChangesAsync(request.Cursor(), PageSize, cancellation);
        return Answers.Json(
            new ListOf<Change>([.. page.Items.Select(c => new Change(c.Article, c.Task, c.What, c.At))], page.Cursor)
        );
    }
}
