using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Publishing;

namespace FactCheck.Functions.Articles;

/// <summary>What came of reading a file.</summary>
/// <param name="IsBusy">True when nothing was read, since enough costly files are being read just now.</param>
/// <param name="AtOnce">True where one step does the rest. A history of a former release says no.</param>
public sealed record IngestResult(RunState State, int Chunks = 0, bool IsBusy = false, bool AtOnce = false)
{
    // A second of work, which is done again when it is lost on the way.
    private const int LongestAtOnce = 20_000;

    /// <summary>Of a text that is so many parts for text analytics.</summary>
    public static IngestResult Of(ArticleText article, int chunks) =>
        new(RunState.Arrived, chunks, AtOnce: chunks == 1 && article.Text.Length <= LongestAtOnce);

    /// <summary>False when the run is over.</summary>
    public bool GoOn => State == RunState.Arrived;
}

/// <summary>A part of a run's text.</summary>
public sealed record ChunkOfRun(ArticleRun Run, int Chunk);

/// <summary>A run that can't go on.</summary>
public sealed record FailedRun(ArticleRun Run, string Error);

/// <summary>The steps of <see cref="CheckArticle"/>. Each may run twice and changes nothing the second time.</summary>
[Access(Role.Host)]
public sealed class CheckArticleSteps(
    CaseStore cases,
    PublishedVerdicts verdicts,
    IBlobStore blobs,
    RunFiles files,
    FileReader reader,
    Extractor extractor,
    ITextAnalytics analytics,
    Settings settings,
    UploadLimits limits,
    ArticleSelection selection,
    ILogger<CheckArticleSteps> log
)
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<EarlierVerdict>> NoMatches = new Dictionary<
        string,
        IReadOnlyList<EarlierVerdict>
    >(StringComparer.Ordinal);

    /// <summary>Bytes to text, or a rejection that names its reason.</summary>
    [Function(nameof(Ingest))]
    public async Task<IngestResult> Ingest([ActivityTrigger] ArticleRun run, CancellationToken cancellation)
    {
        if (!await IsNewestAsync(run, cancellation))
            return new(RunState.Superseded);
        await EnterAsync(run, ArticleStage.Reading, cancellation);
        switch (await ReadAsync(run, cancellation))
        {
            case null:
                return new(RunState.Arrived, IsBusy: true);
            case ReadResult.Rejected { Rejection: var rejection }:
                await RejectAsync(run, rejection, cancellation);
                return new(RunState.Rejected);
            case ReadResult.Read { Article: var article }:
                await files.WriteAsync(run, article, cancellation);
                await KnowAsync(run, article, cancellation);
                return IngestResult.Of(article, ChunksOf(article).Count);
            case var other:
                throw new InvalidOperationException($"Nothing is known to do with {other}.");
        }
    }

    /// <summary>Text to tasks, of a short article: quicker done anew than kept step by step.</summary>
    /// <returns>False when text analytics did not answer: then it is tried step by step.</returns>
    [Function(nameof(CheckAtOnce))]
    public async Task<bool> CheckAtOnce(
        [ActivityTrigger] ArticleRun run,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var article = await files.TextAsync(run, cancellation);
        TextInsights insights;
        try
        {
            insights = await analytics.AnalyzeAsync(article.Text, article.Meta.Language, cancellation);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            log.LogWarning(error, "Article {Article}: text analytics does not answer", run.ArticleKey);
            return false;
        }

        var found = new Found(run, article, extractor.Extract(article), insights);
        var matches = await MatchesAsync(found, cancellation);
        await selection.SelectAsync(run, article, found.Statements(matches), new Orchestrations(client), cancellation);
        return true;
    }

    /// <summary>Text to quotes and claims.</summary>
    [Function(nameof(Extract))]
    public async Task Extract([ActivityTrigger] ArticleRun run, CancellationToken cancellation)
    {
        var text = await files.TextAsync(run, cancellation);
        await files.WriteAsync(run, extractor.Extract(text), cancellation);
        await EnterAsync(run, ArticleStage.Analyzing, cancellation);
    }

    /// <summary>A part of the text to insights.</summary>
    [Function(nameof(Analyze))]
    public async Task Analyze([ActivityTrigger] ChunkOfRun part, CancellationToken cancellation)
    {
        var article = await files.TextAsync(part.Run, cancellation);
        var span = ChunksOf(article)[part.Chunk];
        var insights = await analytics.AnalyzeAsync(span.In(article.Text), article.Meta.Language, cancellation);
        await files.WriteAsync(part.Run, part.Chunk, insights.Shift(span.Start), cancellation);
    }

    /// <summary>Statements to earlier verdicts about the same or a similar thing.</summary>
    [Function(nameof(Match))]
    public async Task Match([ActivityTrigger] ArticleRun run, CancellationToken cancellation)
    {
        await files.WriteAsync(
            run,
            await MatchesAsync(await FoundAsync(run, cancellation), cancellation),
            cancellation
        );
        await EnterAsync(run, ArticleStage.Selecting, cancellation);
    }

    /// <summary>Statements to the few that become tasks; what an earlier revision left is compared with what is there
    /// now.</summary>
    [Function(nameof(Select))]
    public async Task Select(
        [ActivityTrigger] ArticleRun run,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var found = await FoundAsync(run, cancellation);
        var statements = found.Statements(await files.MatchesAsync(run, cancellation));
        await selection.SelectAsync(run, found.Article, statements, new Orchestrations(client), cancellation);
    }

    /// <summary>Tasks to the queue, each with its clock. <see cref="Select"/> sees to it by itself; it is a step since
    /// histories of former releases wait for it.</summary>
    [Function(nameof(OpenReviews))]
    public Task OpenReviews(
        [ActivityTrigger] ArticleRun run,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    ) => selection.OpenAsync(run, new Orchestrations(client), cancellation);

    /// <summary>A run that can't go on says so on its article, and delays nothing else.</summary>
    [Function(nameof(MarkFailed))]
    public async Task MarkFailed([ActivityTrigger] FailedRun failed, CancellationToken cancellation) =>
        await EndAsync(
            failed.Run,
            RunState.Failed,
            head => head with { Stage = ArticleStage.Failed, Failure = failed.Error },
            failed.Error,
            cancellation
        );

    // Null while it is not the file's turn.
    private async Task<ReadResult?> ReadAsync(ArticleRun run, CancellationToken cancellation)
    {
        var row =
            await cases.FindRunAsync(run.ArticleKey, run.Seq, cancellation)
            ?? throw new InvalidOperationException($"Run {run.Seq} of {run.ArticleKey} has no row.");
        var head = await cases.HeadAsync(run.ArticleKey, cancellation);
        if (
            await blobs.ReadAsync(Containers.Texts, CaseFiles.Original(run.ArticleKey, row.ContentHash), cancellation)
            is not { } blob
        )
            return new ReadResult.Rejected(limits.RejectionOf(row));

        var info = await blobs.FindAsync(Containers.Articles, head.Name, cancellation);
        var known = info is null ? new() : Metadata.Read(info.Metadata, settings.Reading.DateOrder);
        // What lies beside it says of the purpose was heard when it arrived.
        known = known with
        {
            Purpose = Purpose.ThirdParty,
        };
        return await reader.ReadAsync(blob.Content, head.Name, known, row.Reading, cancellation);
    }

    // What the file says of itself, in the case from now on.
    private async Task KnowAsync(ArticleRun run, ArticleText article, CancellationToken cancellation)
    {
        var meta = article.Meta;
        await EnterAsync(
            run,
            ArticleStage.Extracting,
            cancellation,
            head =>
            {
                var known = head with
                {
                    Stage = ArticleStage.Extracting,
                    Meta = meta with { Purpose = head.Meta.Purpose, Desk = head.Meta.Desk },
                    LittleRead = article.Receipt?.WhyLittle(),
                };
                var isOwn = meta.Purpose == Purpose.OwnCopy;
                return new CaseChange(PurposeOrigin.Read(known, isOwn)).NoteOfPurpose(head);
            }
        );
        // Who dropped it into a folder looks at no page.
        if (meta.UnreadDate is { } date)
            log.LogWarning("Article {Article}: {Problem}", run.ArticleKey, ArticleMeta.WhyUnread(date));
    }

    private async Task RejectAsync(ArticleRun run, Rejection rejection, CancellationToken cancellation)
    {
        await EndAsync(
            run,
            RunState.Rejected,
            head => head with { Stage = ArticleStage.Rejected, Rejection = rejection },
            $"{rejection.Reason}: {rejection.Message}",
            cancellation
        );
        // Who dropped it into a folder looks at no page.
        log.LogWarning(
            "Article {Name} was rejected: {Reason}",
            (await cases.HeadAsync(run.ArticleKey, cancellation)).Name,
            rejection.Message
        );
    }

    private Task EndAsync(
        ArticleRun run,
        RunState state,
        Func<CaseHead, CaseHead> end,
        string why,
        CancellationToken cancellation
    ) =>
        cases.ChangeAsync(
            run.ArticleKey,
            async head =>
                // One that ended already stays so: what it opened stands.
                await cases.FindRunAsync(run.ArticleKey, run.Seq, cancellation) is { State: RunState.Arrived } row
                    ? new CaseChange(head.Run == run.Seq ? end(head) : head)
                        .Put(row with { State = state })
                        .Note(Who.Host, AuditVerb.EndOf(state), run.ArticleKey, ("run", $"{run.Seq}"), ("why", why))
                    : null,
            cancellation: cancellation
        );

    private async Task<bool> IsNewestAsync(ArticleRun run, CancellationToken cancellation)
    {
        if ((await cases.HeadAsync(run.ArticleKey, cancellation)).Run == run.Seq)
            return true;
        await EndAsync(run, RunState.Superseded, head => head, "a newer version arrived", cancellation);
        return false;
    }

    private Task EnterAsync(
        ArticleRun run,
        ArticleStage stage,
        CancellationToken cancellation,
        Func<CaseHead, CaseChange>? change = null
    ) =>
        cases.ChangeAsync(
            run.ArticleKey,
            head =>
                head.Run != run.Seq || head.Stage >= stage ? null
                : change is null ? new CaseChange(head with { Stage = stage })
                : change(head),
            cancellation: cancellation
        );

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<EarlierVerdict>>> MatchesAsync(
        Found found,
        CancellationToken cancellation
    )
    {
        var earlier = await verdicts.CurrentAsync(cancellation);
        var statements = Selector.Keep(found.Statements(NoMatches), settings.Selection);
        var alike = statements.Select(s => (s.Id, Found: earlier.Like(s))).Where(m => m.Found.Count > 0).ToList();
        var hidden = await cases.HiddenAsync(alike.SelectMany(m => m.Found).Select(ArticleOf), cancellation);
        return alike
            .Select(m => (m.Id, Found: m.Found.Where(f => !hidden.Contains(ArticleOf(f))).ToList()))
            .Where(m => m.Found.Count > 0)
            .ToDictionary(m => m.Id, IReadOnlyList<EarlierVerdict> (m) => m.Found, StringComparer.Ordinal);
    }

    private static string ArticleOf(EarlierVerdict verdict) => StatementId.ArticleOf(verdict.StatementId)!;

    private async Task<Found> FoundAsync(ArticleRun run, CancellationToken cancellation) =>
        new(
            run,
            await files.TextAsync(run, cancellation),
            await files.ExtractionAsync(run, cancellation),
            await files.InsightsAsync(run, cancellation)
        );

    private IReadOnlyList<TextSpan> ChunksOf(ArticleText article) => Chunks.Of(article.Text, analytics.MaxCharacters);

    // All that was found in a text, before anything is selected.
    private sealed record Found(
        ArticleRun Run,
        ArticleText Article,
        ArticleExtraction Extraction,
        TextInsights Insights
    )
    {
        public IReadOnlyList<Statement> Statements(
            IReadOnlyDictionary<string, IReadOnlyList<EarlierVerdict>> matches
        ) => Domain.Statements.Of(Run.ArticleKey, Run.Seq, Article, Extraction, Insights, matches);
    }
}
