namespace FactCheck.Tests;

/// <summary>Sample records, complete and plausible. A test changes with <c>with</c> what it is about.</summary>
internal static class Some
{
    public const string Text =
        "The bridge over the Lenne cost 42 million euros. It opened in May 2024, two years late.\n\n"
        + "“We never closed a single school,” said Mayor Anna Brandt on Monday. The council disagrees.\n\n"
        + "Unemployment in the town fell by 12 percent between 2019 and 2023.";

    public const string Cost = "The bridge over the Lenne cost 42 million euros.";
    public const string Opening = "It opened in May 2024, two years late.";
    public const string Schools = "“We never closed a single school,”";
    public const string Unemployment = "Unemployment in the town fell by 12 percent between 2019 and 2023.";

    public static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public static readonly string Article = ArticleKey.Of("articles", "bridge.md");

    public static readonly RatingScale Ratings = new([
        Rating("True", StatementKind.Claim, 3),
        Rating("Mixed", StatementKind.Claim, 2),
        Rating("False", StatementKind.Claim, 1),
        Rating("Misleading", StatementKind.Claim),
        Rating("Unproven", StatementKind.Claim) with
        {
            NeedsEvidence = false,
        },
        Rating("Accurate", StatementKind.Quote),
        Rating("Misquoted", StatementKind.Quote),
    ]);

    public static Rating Rating(string id, StatementKind kind, int? order = null) =>
        new(
            id,
            kind,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = id },
            $"What {id} means.",
            order
        );

    /// <summary>A claim as the extractor finds it.</summary>
    public static Statement Claim(
        string words = Cost,
        string text = Text,
        int run = 1,
        double score = 0.8,
        int occurrence = 1
    ) =>
        Statement(StatementKind.Claim, words, null, text, run, score, occurrence) with
        {
            ClaimKind = FactCheck.Domain.ClaimKind.Quantity,
        };

    /// <summary>A quote as the extractor finds it.</summary>
    public static Statement Quote(
        string words = Schools,
        string text = Text,
        string? speaker = "Anna Brandt",
        int run = 1,
        double score = 0.7
    ) =>
        Statement(StatementKind.Quote, words, speaker, text, run, score, 1) with
        {
            QuoteKind = FactCheck.Domain.QuoteKind.Direct,
        };

    public static CaseHead Head(ArticleStage stage = ArticleStage.Ready) =>
        new()
        {
            Key = Article,
            Name = "bridge.md",
            Meta = new(
                "A bridge too late",
                "Jo Falk",
                "Lenne Courier",
                new DateOnly(2026, 2, 27),
                new Uri("https://courier.example/bridge"),
                "en"
            ),
            Stage = stage,
            Run = 1,
            CreatedAt = Now,
            UpdatedAt = Now,
        };

    public static ReviewTask Task(TaskState state = TaskState.Open, StatementKind kind = StatementKind.Claim)
    {
        var statement = kind == StatementKind.Claim ? Claim() : Quote();
        IReadOnlyList<string> why = ["check-worthiness 0.80"];
        var opened = TaskOpening.Open(Head(), statement, null, TaskOrigin.Selected, why, new DeskPolicy(), Now);
        return opened.Task with
        {
            State = state,
            Decision = state is TaskState.InReview or TaskState.Decided ? Approval("proposer") : null,
        };
    }

    public static Decision Approval(string by = "reviewer", string rating = "False") =>
        new()
        {
            Action = DecisionAction.Approve,
            Rating = rating,
            Explanation = "The final account of the building office says 61 million euros.",
            Evidence = [Evidence()],
            By = by,
            At = Now,
        };

    /// <summary>A complete answer of that kind.</summary>
    public static Decision Answer(DecisionAction action, string by = "reviewer") =>
        action switch
        {
            DecisionAction.Approve => Approval(by),
            DecisionAction.Amend => Approval(by) with
            {
                Action = action,
                Amendment = new("The Lenne bridge cost 42 million euros."),
            },
            DecisionAction.Reject => new()
            {
                Action = action,
                Reason = RejectReason.NotWorthIt,
                By = by,
                At = Now,
            },
            DecisionAction.Return => new()
            {
                Action = action,
                Note = "The account is of 2023.",
                By = by,
                At = Now,
            },
            _ => new()
            {
                Action = action,
                By = by,
                At = Now,
            },
        };

    public static Evidence Evidence(string url = "https://lenne.example/final-account") =>
        new()
        {
            Url = new Uri(url),
            Title = "Final account of the bridge",
            Publisher = "Town of Lenne",
            Published = new DateOnly(2025, 1, 15),
            Excerpt = "Total: 61,204,000 euros.",
            Kind = EvidenceKind.Primary,
            Stance = Stance.Refutes,
        };

    public static Verdict Verdict(string rating = "False", string by = "reviewer") =>
        Publication.Next(
            null,
            Task(TaskState.Decided) with
            {
                Decision = Approval(by, rating),
            },
            null,
            new PublicationPolicy(),
            Now
        );

    private static Statement Statement(
        StatementKind kind,
        string words,
        string? speaker,
        string text,
        int run,
        double score,
        int occurrence
    ) =>
        new()
        {
            Id = StatementId.Of(Article, kind, words, speaker, occurrence),
            Kind = kind,
            Anchor = TextAnchor.Of(text, SpanOf(text, words, occurrence)),
            Text = words.Trim('“', '”'),
            Speaker = speaker,
            SpeakerReason = speaker is null ? null : "named beside the quote",
            SpeakerConfidence = speaker is null ? 0 : 0.9,
            Worth = new(score, [new("number", 1.2, "42 million")]),
            FirstRun = run,
            LastRun = run,
        };

    private static TextSpan SpanOf(string text, string words, int occurrence)
    {
        var at = -1;
        for (var i = 0; i < occurrence; i++)
        {
            at = text.IndexOf(words, at + 1, StringComparison.Ordinal);
            if (at < 0)
                throw new ArgumentException($"The text does not hold '{words}' {occurrence} times.", nameof(words));
        }

        return new(at, words.Length);
    }
}
