using System.Text.Json;
using System.Text.Json.Serialization;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Publishing;

/// <summary>Readers report errors; editors read the reports.</summary>
public sealed class Corrections(
    CaseStore cases,
    ReadableCases readable,
    CorrectionRequests corrections,
    PublicGate gate
)
{
    private const int PageSize = 100;

    /// <summary>A reader reports an error in a published fact check.</summary>
    /// <returns>An editor will see it.</returns>
    [Function(nameof(PostCorrection)), Access(Role.Public)]
    [Tags("Public"), Takes(typeof(NewCorrectionRequest))]
    public async Task<Results<Accepted, Incomplete, TooMany>> PostCorrection(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/corrections")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        if (gate.WaitOf(request, nameof(PostCorrection)) is { } wait)
            return new TooMany("Too many reports; try again later.", wait);
        var wanted = await request.ReadAsync<NewCorrectionRequest>(cancellation);
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        var message = wanted.Message?.Trim();
        if (
            message
                is not { Length: >= NewCorrectionRequest.ShortestMessage and <= NewCorrectionRequest.LongestMessage }
            || Blank.Is(message)
        )
            problems["message"] = "Say what is wrong, in 10 to 2,000 characters.";
        if (wanted.Contact?.Length > NewCorrectionRequest.LongestContact)
            problems["contact"] = "At most 200 characters.";
        if (wanted.Id is null || !await IsPublicAsync(wanted.Id, cancellation))
            problems["id"] = "The id of a published fact check or verdict: the last part of its address.";
        if (problems.Count > 0)
            return new Incomplete("The report is not complete.", problems);
        await corrections.AddAsync(wanted.Id!, message!, wanted.Contact, cancellation);
        return TypedResults.Accepted((string?)null);
    }

    /// <summary>What readers reported, newest first.</summary>
    /// <returns>Up to 100.</returns>
    [Function(nameof(GetCorrectionRequests)), Access(Role.Editor)]
    [Tags("Desk"), Cursor]
    public async Task<Json<ListOf<CorrectionRequest>>> GetCorrectionRequests(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/corrections")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var page = await corrections.ListAsync(request.Cursor(), PageSize, cancellation);
        var theirs = await readable
            .ListFor(request.Caller())
            .OfAsync(page.Items, c => StatementId.ArticleOf(c.About) ?? c.About, cancellation);
        return new Json<ListOf<CorrectionRequest>>(
            new(theirs, Cursors.After(request.Cursor(), theirs.Count > 0 ? theirs[^1].Id : null, page.Cursor))
        );
    }

    private async Task<bool> IsPublicAsync(string id, CancellationToken cancellation) =>
        (await cases.HiddenAsync([StatementId.ArticleOf(id) ?? id], cancellation)).Count == 0
        && (
            StatementId.ArticleOf(id) is null
            || await cases.FindStatementAsync(id, cancellation) is { Value.Verdict: not null }
        );
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
