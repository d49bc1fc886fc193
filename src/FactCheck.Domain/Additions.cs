namespace FactCheck.Domain;

/// <summary>A statement to check: a candidate by its id (without kind and span), or a missed place.</summary>
public sealed record Addition(
    string? CandidateId,
    StatementKind? Kind,
    TextSpan? Span,
    string? Speaker,
    Who Who,
    DateTimeOffset At
);

/// <summary>What comes of an addition.</summary>
public abstract record AdditionOutcome
{
    /// <summary>A task is opened.</summary>
    public sealed record Opened(OpenedTask Task) : AdditionOutcome;

    /// <summary>The candidate is none of the article's.</summary>
    public sealed record Unknown : AdditionOutcome;

    /// <summary>Not now; nothing changes.</summary>
    public sealed record Refused(string Message) : AdditionOutcome;
}

/// <summary>What a person may add to an article or promote, and what comes of it. Pure.</summary>
public static class Additions
{
    /// <summary>Longest statement that is added, in UTF-16 code units.</summary>
    public const int LongestSpan = 2_000;

    /// <summary>Longest name of a speaker, in UTF-16 code units.</summary>
    public const int LongestSpeaker = 200;

    /// <summary>Field to what is wrong with it; empty when it is complete. Its span counts in the text.</summary>
    public static IReadOnlyDictionary<string, string> ProblemsOf(Addition addition, string text)
    {
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        if (addition.CandidateId is not null)
        {
            if (addition.Kind is not null || addition.Span is not null)
                problems["candidateId"] = "Name a candidate, or give a kind and a span; not both.";
            return problems;
        }

        if (addition.Kind is not { } kind || !Enum.IsDefined(kind))
            problems["kind"] = "Claim or Quote.";
        if (addition.Span is not { Length: > 0 } span || !span.FitsIn(text))
            problems["span"] =
                $"A start and a length inside the article's text, which has {text.Length} UTF-16 code units; "
                + "no character is cut in two.";
        else if (span.Length > LongestSpan || string.IsNullOrWhiteSpace(span.In(text)))
            problems["span"] = $"1 to {LongestSpan:N0} characters with words in them.";
        if (addition.Speaker?.Length > LongestSpeaker)
            problems["speaker"] = $"At most {LongestSpeaker} characters.";
        return problems;
    }

    /// <summary>The statement that is meant, as it is in an article with that key.</summary>
    public static string IdOf(Addition addition, string articleKey, ArticleText article) =>
        addition.CandidateId
        ?? StatementId.Of(
            articleKey,
            addition.Kind!.Value,
            addition.Span!.Value.In(article.Text),
            SpeakerOf(addition),
            1
        );

    /// <summary>Opens a task about it, or says why not.</summary>
    /// <param name="seenRun">The run whose text the place was marked in.</param>
    public static AdditionOutcome Decide(
        CaseHead head,
        int seenRun,
        Addition addition,
        ArticleText article,
        Statement? known,
        ReviewTask? last,
        DeskPolicy policy
    )
    {
        if (head.Run != seenRun)
            return Refuse("A newer version of the article has just arrived; look at it, then add the statement.");
        if (!head.IsRead())
            return Refuse($"The article is {head.Stage}: statements can be added when its check is through.");
        if (head.OpenTasks.Count >= policy.MaxOpenTasks)
            return Refuse($"The article has {head.OpenTasks.Count} open tasks; at most {policy.MaxOpenTasks}.");
        if (StatementOf(head, addition, article, known) is not { } statement)
            return new AdditionOutcome.Unknown();
        if (statement.LastRun < head.Run)
            return Refuse("The statement is gone from the article.");
        if (last is { IsClosed: false })
            return Refuse("The statement has an open task already.");

        var isNew = addition.Who.Is(statement.AddedBy) && statement.TaskId is null && addition.CandidateId is null;
        var (origin, verb) = isNew ? (TaskOrigin.Added, "added") : (TaskOrigin.Promoted, "promoted");
        return new AdditionOutcome.Opened(
            TaskOpening.Open(head, statement, last, origin, [$"{verb} by {addition.Who}"], policy, addition.At)
        );
    }

    // A span that the extractor found too is the same statement: nobody checks it twice.
    private static Statement? StatementOf(CaseHead head, Addition addition, ArticleText article, Statement? known)
    {
        if (addition.CandidateId is { } candidate)
            return StatementId.ArticleOf(candidate) == head.Key ? known : null;
        // What the extractor found in an earlier version stands here again: somebody has just marked it.
        if (known is not null)
            return known.LastRun < head.Run
                ? known with
                {
                    LastRun = head.Run,
                    Anchor = TextAnchor.Of(article, addition.Span!.Value),
                }
                : known;
        var speaker = SpeakerOf(addition);
        return new Statement
        {
            Id = IdOf(addition, head.Key, article),
            Kind = addition.Kind!.Value,
            Anchor = TextAnchor.Of(article, addition.Span!.Value),
            Text = addition.Span.Value.In(article.Text).Trim(),
            Speaker = speaker,
            SpeakerReason = speaker is null ? null : $"named by {addition.Who}",
            SpeakerConfidence = speaker is null ? 0 : 1,
            Worth = new(1, [new("added by hand", 1, null)]),
            FirstRun = head.Run,
            LastRun = head.Run,
            AddedBy = addition.Who,
        };
    }

    private static string? SpeakerOf(Addition addition) =>
        addition.Speaker?.Trim() is { Length: > 0 } speaker ? speaker : null;

    private static AdditionOutcome.Refused Refuse(string message) => new(message);
}
