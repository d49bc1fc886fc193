using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Http;
using FactCheck.Storage;

namespace FactCheck.Functions.Publishing;

/// <summary>An editor asks to publish or to retract.</summary>
public sealed class PublicationEndpoints(
    CaseStore cases,
    DeskIndex index,
    Site site,
    Settings settings,
    TimeProvider time
)
{
    [Function(nameof(PostPublication)), Access(Role.Editor)]
    public async Task<IResult> PostPublication(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/articles/{id}/publication")]
            HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var wanted = await request.ReadAsync<NewPublication>(cancellation);
        if (await cases.FindHeadAsync(id, cancellation) is null)
            return Answers.NotFound("article");
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        if (wanted.Retract && string.IsNullOrWhiteSpace(wanted.Note))
            problems["note"] = "A retraction tells the public why.";
        if (wanted.Note?.Length > settings.Desk.MaxWords)
            problems["note"] = $"At most {settings.Desk.MaxWords} characters.";
        if (wanted.Change is not (null or VerdictChange.Update or VerdictChange.Clarification))
            problems["change"] = "Update or Clarification; corrections are found by comparing ratings.";
        if (problems.Count > 0)
            return Answers.Problem(
                StatusCodes.Status422UnprocessableEntity,
                "The publication is not complete.",
                problems
            );

        var (asked, obstacle) = await PublishArticleSteps.AskAsync(
            cases,
            index,
            client,
            id,
            request.Caller().Name,
            new(wanted.Retract, wanted.Change, wanted.Note),
            time.GetUtcNow(),
            cancellation
        );
        return asked is null
            ? Answers.Problem(StatusCodes.Status409Conflict, obstacle!)
            : Answers.Accepted(
                site.ReportUrl(id).ToString(),
                new PublicationAsked(id, asked.Version, site.ReportUrl(id).ToString())
            );
    }
}
