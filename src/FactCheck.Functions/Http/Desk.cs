using System.Text.Json;
using System.Text.Json.Serialization;
using FactCheck.Domain;
using FactCheck.Functions.Publishing;
using FactCheck.Functions.Workflow;
using FactCheck.Storage;

namespace FactCheck.Functions.Http;

/// <summary>
/// What the desk asks across articles: decided claims, what changed, re-verification, the audit trail, readers'
/// reports.
/// </summary>
public sealed class Desk(
    CaseStore cases,
    DeskIndex index,
    PublishedVerdicts verdicts,
    CorrectionRequests corrections,
    PublicGate gate,
    Site site,
    TimeProvider time
)
{
    private const int PageSize = 100;

    [Function(nameof(GetClaims)), Access(Role.Submitter)]
    public async Task<IResult> GetClaims(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/claims")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var query = request.Query["q"].ToString();
        if (query.Length > 500)
            throw new BadRequestException("At most 500 characters.");
        var published = await verdicts.CurrentAsync(cancellation);
        var hits = query.Length == 0 ? published.Newest(PageSize) : published.Search(query, PageSize);
        return Answers.Json(
            new ListOf<FoundClaim>([
                .. hits.Select(h => new FoundClaim(
                    h.Statement.StatementId,
                    h.Statement.Kind,
                    h.Statement.Text,
                    h.Statement.Speaker,
                    h.Statement.Rating,
                    h.Similarity,
                    h.Statement.ArticleTitle,
                    site.ClaimUrl(h.Statement.StatementId).ToString(),
                    h.Statement.PublishedAt
                )),
            ])
        );
    }

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

    [Function(nameof(PostReverification)), Access(Role.Editor)]
    public async Task<IResult> PostReverification(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/reverifications")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var wanted = await request.ReadAsync<NewReverification>(cancellation);
        if (
            wanted.StatementId is not null
            && await cases.FindStatementAsync(wanted.StatementId, cancellation) is not { Value.Verdict: not null }
        )
            return Answers.Problem(
                StatusCodes.Status422UnprocessableEntity,
                "Nothing to look at again.",
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["statementId"] = "A statement with a published verdict.",
                }
            );
        var id = await Reverifying.StartAsync(
            client,
            index,
            request.Caller().Name,
            wanted.StatementId,
            time.GetUtcNow(),
            cancellation
        );
        return Answers.Accepted("/api/reverifications", new ReverificationAsked(id));
    }

    [Function(nameof(GetReverifications)), Access(Role.Editor)]
    public async Task<IResult> GetReverifications(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/reverifications")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var page = await index.ReverificationsAsync(request.Cursor(), PageSize, cancellation);
        return Answers.Json(new ListOf<ReverificationReport>(page.Items, page.Cursor));
    }

    [Function(nameof(GetAudit)), Access(Role.Editor)]
    public async Task<IResult> GetAudit(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audit/{articleId}")] HttpRequest request,
        string articleId,
        CancellationToken cancellation
    )
    {
        if (await cases.FindHeadAsync(articleId, cancellation) is not { Value: var head })
            return Answers.NotFound("article");
        // Entries that were added after the head was read belong to a later head.
        var entries = (await cases.AuditAsync(articleId, cancellation)).Where(e => e.Seq <= head.AuditSeq).ToList();
        var problem = AuditChain.FirstBreak(entries, head.AuditSeq, head.AuditHash);
        return Answers.Json(new AuditTrail(entries, problem is null, problem));
    }

    [Function(nameof(PostCorrection)), Access(Role.Public)]
    public async Task<IResult> PostCorrection(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/corrections")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (!gate.LetsIn(request, nameof(PostCorrection)))
            return Answers.Problem(StatusCodes.Status429TooManyRequests, "Too many reports; try again in an hour.");
        var wanted = await request.ReadAsync<NewCorrectionRequest>(cancellation);
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        if (wanted.Message is not { Length: >= 10 and <= 2_000 })
            problems["message"] = "Say what is wrong, in 10 to 2,000 characters.";
        if (wanted.Contact?.Length > 200)
            problems["contact"] = "At most 200 characters.";
        if (wanted.Id is null || !await IsPublicAsync(wanted.Id, cancellation))
            problems["id"] = "The id of a published fact check or verdict: the last part of its address.";
        if (problems.Count > 0)
            return Answers.Problem(StatusCodes.Status422UnprocessableEntity, "The report is not complete.", problems);
        await corrections.AddAsync(wanted.Id!, wanted.Message!, wanted.Contact, cancellation);
        return Results.Accepted();
    }

    [Function(nameof(GetCorrectionRequests)), Access(Role.Editor)]
    public async Task<IResult> GetCorrectionRequests(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/corrections")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var page = await corrections.ListAsync(request.Cursor(), PageSize, cancellation);
        return Answers.Json(new ListOf<CorrectionRequest>(page.Items, page.Cursor));
    }

    private async Task<bool> IsPublicAsync(string id, CancellationToken cancellation) =>
        StatementId.ArticleOf(id) is null
            ? await cases.FindHeadAsync(id, cancellation) is { Value: var head } && Publication.IsPublic(head)
            : await cases.FindStatementAsync(id, cancellation) is { Value.Verdict: not null };
}

/// <summary>What readers report, newest first.</summary>
public sealed class CorrectionRequests(ITableStore tables, TimeProvider time)
{
    private const string Table = "correctionrequests";
    private const string All = "all";

    public Task AddAsync(string about, string message, string? contact, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var request = new CorrectionRequest(
            $"{long.MaxValue - now.UtcTicks:D19}-{Guid.NewGuid():N}",
            about,
            message,
            contact,
            now
        );
        return tables.CommitAsync(
            Table,
            All,
            [
                new RowChange.Insert(
                    request.Id,
                    JsonSerializer.Serialize(request, CorrectionJson.Default.CorrectionRequest)
                ),
            ],
            cancellation
        );
    }

    public async Task<Slice<CorrectionRequest>> ListAsync(string? cursor, int most, CancellationToken cancellation)
    {
        var rows = await tables.ListAsync(Table, All, "", cursor, most, cancellation);
        return new(
            [.. rows.Select(row => JsonSerializer.Deserialize(row.Json, CorrectionJson.Default.CorrectionRequest)!)],
            rows.Count == most ? rows[^1].Key : null
        );
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(CorrectionRequest))]
internal sealed partial class CorrectionJson : JsonSerializerContext;
