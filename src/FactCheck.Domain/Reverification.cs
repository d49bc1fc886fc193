namespace FactCheck.Domain;

/// <summary>What a later look at a verdict found.</summary>
public enum ReverificationFinding
{
    Unchanged,
    Drifted,
    Gone,
}

/// <summary>What a later look at evidence got: the text that the link shows now, or why it shows none.</summary>
/// <param name="AsFile">Stands for the file, byte by byte: what was archived where its text can't be read.</param>
public sealed record EvidenceLook(string? Text, string? Problem, string? AsFile = null);

/// <summary>One run of re-verification, as it is listed.</summary>
public sealed record ReverificationReport
{
    /// <summary>The orchestration's instance id.</summary>
    public required string Id { get; init; }

    /// <summary>Who asked; "host" for the schedule.</summary>
    public required Who AskedBy { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was through; null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Batches that are counted in.</summary>
    public int Batches { get; init; }

    /// <summary>Verdicts looked at.</summary>
    public int Looked { get; init; }

    /// <summary>Verdicts whose review date moved on without a person.</summary>
    public int Extended { get; init; }

    /// <summary>Tasks opened, by id (at most <see cref="MaxTasks"/> are listed).</summary>
    public IReadOnlyList<string> Opened { get; init; } = [];

    /// <summary>Verdicts that could not be looked at, with why; they stay due (at most <see cref="MaxTasks"/> are
    /// listed).</summary>
    public IReadOnlyList<string> Failed { get; init; } = [];

    /// <summary>Verdicts by the desk of their article, where desks are parted: who reads the report is told of their own;
    /// null elsewhere.</summary>
    public IReadOnlyList<DeskTally>? ByDesk { get; init; }

    /// <summary>How many ids a report lists.</summary>
    public const int MaxTasks = 200;

    /// <summary>The report with looks counted in.</summary>
    public ReverificationReport Counting(IEnumerable<DeskTally> looks) =>
        this with
        {
            ByDesk =
            [
                .. (ByDesk ?? [])
                    .Concat(looks)
                    .GroupBy(t => t.Desk, StringComparer.Ordinal)
                    .Select(g => new DeskTally(g.Key, g.Sum(t => t.Looked), g.Sum(t => t.Extended))),
            ],
        };

    /// <summary>The articles that it names something of, by key.</summary>
    public IEnumerable<string> Articles() => Opened.Concat(Failed).Select(StatementId.ArticleOf).OfType<string>();

    /// <summary>What of it a person is told where desks are parted; null where nothing is: then it is not there.</summary>
    /// <param name="theirs">Those of <see cref="Articles"/> that they work on.</param>
    public ReverificationReport? SeenBy(Person person, IReadOnlySet<string> theirs)
    {
        bool IsTheirs(string listed) => StatementId.ArticleOf(listed) is { } key && theirs.Contains(key);
        IReadOnlyList<string> opened = [.. Opened.Where(IsTheirs)];
        IReadOnlyList<string> failed = [.. Failed.Where(IsTheirs)];
        IReadOnlyList<DeskTally> tallies = [.. (ByDesk ?? []).Where(t => person.IsOn(t.Desk))];
        // The schedule's is no secret; what another desk's editor asked for is.
        if (opened.Count + failed.Count + tallies.Count == 0 && AskedBy != Who.Host && !person.Who.Is(AskedBy))
            return null;
        return this with
        {
            Opened = opened,
            Failed = failed,
            ByDesk = tallies,
            Batches = 0, // how much others have
            Looked = tallies.Sum(t => t.Looked),
            Extended = tallies.Sum(t => t.Extended),
        };
    }
}

/// <summary>What a re-verification found of one desk's articles.</summary>
/// <param name="Desk">Null for those of no desk.</param>
/// <param name="Looked">Verdicts looked at.</param>
/// <param name="Extended">Verdicts whose review date moved on without a person.</param>
public sealed record DeskTally(string? Desk, int Looked, int Extended);

/// <summary>Compares what a verdict rests on with how it looks now. Pure.</summary>
public static class Reverifier
{
    /// <summary>Everything that changed; empty when nothing did.</summary>
    /// <param name="pairs">Evidence with a link, the text of its archived copy (null: none), how it looks now.</param>
    public static IReadOnlyList<Drift> Compare(
        Statement statement,
        CaseHead head,
        IEnumerable<(Evidence Evidence, string? Archived, EvidenceLook Now)> pairs,
        Func<string, IReadOnlyList<string>> sentencesOf
    )
    {
        var drifts = new List<Drift>();
        if (statement.LastRun < head.Run && head.Stage is not (ArticleStage.Rejected or ArticleStage.Failed))
            drifts.Add(
                new(
                    "article",
                    head.Meta.SourceUrl,
                    ReverificationFinding.Gone,
                    "The statement no longer stands in the article.",
                    [statement.Anchor.Exact],
                    []
                )
            );
        foreach (var (evidence, archived, now) in pairs)
            if (DriftOf(evidence, archived, now, sentencesOf) is { } drift)
                drifts.Add(drift);
        var each = Math.Max(1, Drift.MaxSentencesOfATask / Math.Max(1, drifts.Count));
        return [.. drifts.Select(d => d with { Removed = Kept(d.Removed, each), Added = Kept(d.Added, each) })];
    }

    private static List<string> Kept(IReadOnlyList<string> sentences, int most) =>
        [
            .. sentences
                .Take(Math.Min(most, Drift.MaxSentences))
                .Select(s => s.Length <= Drift.MaxSentenceLength ? s : $"{s[..(Drift.MaxSentenceLength - 1)]}…"),
        ];

    private static Drift? DriftOf(
        Evidence evidence,
        string? archived,
        EvidenceLook now,
        Func<string, IReadOnlyList<string>> sentencesOf
    )
    {
        if (now.Text is null)
            return new(
                "evidence",
                evidence.Url,
                ReverificationFinding.Gone,
                now.Problem ?? "The link shows nothing any more.",
                [],
                []
            );
        if (archived is not null && archived.Equals(now.AsFile, StringComparison.Ordinal))
            return null;
        if (archived is null)
            return new(
                "evidence",
                evidence.Url,
                ReverificationFinding.Drifted,
                "No copy was archived when the verdict was made, so nothing can be compared.",
                [],
                []
            );
        var (removed, added) = Difference(sentencesOf(archived), sentencesOf(now.Text));
        return removed.Count + added.Count == 0
            ? null
            : new(
                "evidence",
                evidence.Url,
                ReverificationFinding.Drifted,
                $"{removed.Count} sentences are gone and {added.Count} are new.",
                removed,
                added
            );
    }

    // A page that only moved its sentences about says the same: the comparison is of what is said, not of where.
    private static (List<string> Removed, List<string> Added) Difference(
        IReadOnlyList<string> before,
        IReadOnlyList<string> after
    )
    {
        static string Key(string sentence) => StatementId.Normalize(sentence);
        var old = before.Select(Key).ToHashSet(StringComparer.Ordinal);
        var current = after.Select(Key).ToHashSet(StringComparer.Ordinal);
        return ([.. before.Where(s => !current.Contains(Key(s)))], [.. after.Where(s => !old.Contains(Key(s)))]);
    }
}
