using System.Globalization;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Articles;

/// <summary>A person who sees that an article was not read as it should be says how. It is checked again, as a new
/// version would be, and later versions are read that way, too, until somebody says otherwise. Asked for what holds
/// already, nothing happens.</summary>
[Tags("Articles")]
public sealed class ArticleReading(CaseStore cases, ReadableCases readable, TimeProvider time)
{
    private const string DateForm = "yyyy-MM-dd";

    /// <summary>Have an article read otherwise: as a whole page, or with another title, date, outlet or
    /// language.</summary>
    /// <param name="id">The article's id.</param>
    /// <returns>The article as it is now; being read again, unless it is read that way already.</returns>
    [Function(nameof(PostReading)), Access(Role.Reviewer)]
    [Takes(typeof(NewReading))]
    public async Task<Results<AcceptedAt<ArticleSummary>, NotFound, Incomplete>> PostReading(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/articles/{id}/reading")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var wanted = await request.ReadAsync<NewReading>(cancellation);
        if (ProblemsOf(wanted) is { Count: > 0 } problems)
            return new Incomplete("It can't be read that way.", problems);
        if (await readable.FindToReviewAsync(request.Caller(), id, cancellation) is not { } seen)
            return new NotFound("article");
        using var arrival = ArticleTrace.Arriving(id, seen.Name);
        var options = OptionsOf(wanted).OrNone();
        var commit = await cases.ChangeAsync(
            id,
            async head =>
                await cases.FindRunAsync(id, head.Run, cancellation) is { } latest
                && Again(latest, options) is var run
                && !latest.Covers(run)
                    ? new CaseChange(head.Receiving(head.Name, head.SentBy, run, ArticleTrace.Begin(arrival)))
                        .Insert(run)
                        .Note(request.Caller().Who, AuditVerb.ReadOtherwise, id, [.. DetailsOf(run)])
                    : null,
            new Orchestrations(client),
            cancellation
        );
        return new AcceptedAt<ArticleSummary>($"/api/articles/{id}", CaseViews.Of(commit?.Head ?? seen));
    }

    private CaseRun Again(CaseRun latest, ReadingOptions? options) =>
        latest with
        {
            Seq = latest.Seq + 1,
            ArrivedAt = time.GetUtcNow(),
            State = RunState.Arrived,
            Reading = options,
        };

    private static ReadingOptions OptionsOf(NewReading wanted) =>
        new(
            wanted.WholePage,
            Given(wanted.Title),
            Given(wanted.Published) is { } date ? DateOf(date) : null,
            Given(wanted.Outlet),
            Given(wanted.Language)?.ToLowerInvariant()
        );

    private static IEnumerable<(string Name, string? Value)> DetailsOf(CaseRun run)
    {
        var options = run.Reading ?? new();
        yield return ("run", $"{run.Seq}");
        yield return ("whole page", options.WholePage ? "yes" : null);
        yield return ("title", options.Title);
        yield return ("published", options.Published?.ToString(DateForm, CultureInfo.InvariantCulture));
        yield return ("outlet", options.Outlet);
        yield return ("language", options.Language);
    }

    private static Dictionary<string, string> ProblemsOf(NewReading wanted)
    {
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        if (wanted.Title?.Length > NewReading.LongestTitle)
            problems["title"] = $"At most {NewReading.LongestTitle} characters.";
        if (wanted.Outlet?.Length > NewReading.LongestOutlet)
            problems["outlet"] = $"At most {NewReading.LongestOutlet} characters.";
        if (Given(wanted.Published) is { } date && DateOf(date) is null)
            problems["published"] = "A date such as 2025-11-19.";
        if (Given(wanted.Language) is { } language && !(language.Length == 2 && language.All(char.IsAsciiLetter)))
            problems["language"] = "A two-letter code such as en.";
        return problems;
    }

    private static DateOnly? DateOf(string given) =>
        DateOnly.TryParseExact(given, DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    private static string? Given(string? value) => value?.Trim() is { Length: > 0 } given ? given : null;
}
