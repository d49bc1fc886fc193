namespace FactCheck.Tests.Domain;

public class DecisionRulesTests
{
    private static readonly DeskPolicy Policy = new() { MaxEvidence = 3, MaxWords = 100 };
    private static readonly string TooLong = new('x', 101);

    // What is wrong with an otherwise complete answer, and the fields that must be named for it: these and no others.
    public static readonly TheoryData<string, string> Mistakes = new()
    {
        { "approve without a rating", "rating" },
        { "approve with an unknown rating", "rating" },
        { "approve a claim with a rating of quotes", "rating" },
        { "approve without an explanation", "explanation" },
        { "approve without evidence", "evidence" },
        { "approve with a reason", "reason" },
        { "approve with an amendment", "amendment" },
        { "amend without an amendment", "amendment" },
        { "amend with an empty amendment", "amendment" },
        { "amend with an empty wording", "amendment.text" },
        { "amend with an empty span", "amendment.span" },
        { "amend with a span before the text", "amendment.span" },
        { "amend with an empty wording and an empty span", "amendment.span, amendment.text" },
        { "amend without a rating", "rating" },
        { "reject without a reason", "reason" },
        { "reject with a reason that there is not", "reason" },
        { "reject with an amendment", "amendment" },
        { "reject with a rating", "rating" },
        { "reject as checked without a link", "alreadyCheckedAt" },
        { "reject as checked with a link that is no web address", "alreadyCheckedAt" },
        { "return without a note", "note" },
        { "an action that there is not", "action" },
        { "too many pieces of evidence", "evidence" },
        { "evidence with neither link nor words", "evidence[0]" },
        { "evidence with a script for a link", "evidence[0].url" },
        { "evidence with a relative link", "evidence[0].url" },
        {
            "words that are too long",
            "amendment.speaker, amendment.text, evidence[0].excerpt, evidence[0].publisher, evidence[0].title, "
                + "evidence[0].url, explanation, note"
        },
        { "everything missing", "amendment, explanation, rating" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Every_mistake_is_named_by_its_field(string mistake, string fields)
    {
        var problems = DecisionRules.ProblemsOf(Some.Task(), With(mistake), Some.Ratings, Policy);
        Assert.Equal(fields, string.Join(", ", problems.Keys.Order(StringComparer.Ordinal)));
        Assert.All(problems.Values, Assert.NotEmpty);
    }

    [Theory]
    [InlineData(DecisionAction.Approve)]
    [InlineData(DecisionAction.Amend)]
    [InlineData(DecisionAction.Reject)]
    [InlineData(DecisionAction.Confirm)]
    [InlineData(DecisionAction.Return)]
    public void A_complete_answer_has_no_problem(DecisionAction action) =>
        Assert.Empty(DecisionRules.ProblemsOf(Some.Task(), Some.Answer(action), Some.Ratings, Policy));

    [Theory]
    [InlineData(100, 3, 0, true)]
    [InlineData(101, 1, 0, false)]
    [InlineData(1, 4, 0, false)]
    [InlineData(100, 3, 100, true)]
    [InlineData(100, 3, 101, false)]
    public void Words_evidence_and_places_may_be_so_long_and_no_longer(int words, int pieces, int span, bool isComplete)
    {
        var evidence = new Evidence { Excerpt = new('x', words) };
        var amend = Some.Answer(DecisionAction.Amend) with
        {
            Explanation = new('x', words),
            Evidence = [.. Enumerable.Repeat(evidence, pieces)],
            Amendment = new("Words.", span == 0 ? null : new(0, span)),
        };
        Assert.Equal(isComplete, Problems(amend, Policy).Count == 0);
        Assert.Equal(isComplete, Problems(amend, Policy with { MaxEvidenceWords = words * pieces }).Count == 0);
        Assert.NotEmpty(Problems(amend, Policy with { MaxEvidenceWords = words * pieces - 1 }));

        static IReadOnlyDictionary<string, string> Problems(Decision decision, DeskPolicy policy) =>
            DecisionRules.ProblemsOf(Some.Task(), decision, Some.Ratings, policy);
    }

    [Theory]
    [InlineData(ArticleStage.Extracting, true, true)]
    [InlineData(ArticleStage.Extracting, false, false)]
    [InlineData(ArticleStage.Reviewing, true, false)]
    [InlineData(ArticleStage.Rejected, true, false)] // the text before is the newest
    [InlineData(ArticleStage.Failed, true, true)]
    public void A_place_waits_for_the_text_that_is_being_read(ArticleStage stage, bool hasSpan, bool waits)
    {
        var amend = Some.Answer(DecisionAction.Amend) with { Amendment = new("Words.", hasSpan ? new(0, 3) : null) };
        Assert.Equal(waits, DecisionRules.ObstacleTo(amend, Some.Head(stage)) is not null);
    }

    [Fact]
    public void A_rating_that_says_that_evidence_is_missing_needs_none() =>
        Assert.Empty(
            DecisionRules.ProblemsOf(
                Some.Task(),
                Some.Approval(rating: "Unproven") with
                {
                    Evidence = [],
                },
                Some.Ratings,
                Policy
            )
        );

    [Fact]
    public void A_person_may_be_the_evidence()
    {
        var heard = new Evidence
        {
            Excerpt = "The head of the building office, on the telephone: it was 61 million.",
            Visibility = EvidenceVisibility.Internal,
        };
        Assert.Empty(
            DecisionRules.ProblemsOf(Some.Task(), Some.Approval() with { Evidence = [heard] }, Some.Ratings, Policy)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("Jo Falk")]
    public void An_amendment_may_change_the_speaker_alone_or_take_it_away(string speaker) =>
        Assert.Empty(
            DecisionRules.ProblemsOf(
                Some.Task(),
                Some.Answer(DecisionAction.Amend) with
                {
                    Amendment = new(Speaker: speaker),
                },
                Some.Ratings,
                Policy
            )
        );

    [Fact]
    public void A_quote_is_rated_by_the_ratings_of_quotes()
    {
        var quote = Some.Task(kind: StatementKind.Quote);
        Assert.Empty(DecisionRules.ProblemsOf(quote, Some.Approval(rating: "Misquoted"), Some.Ratings, Policy));
        Assert.Equal(
            "'False' is no rating of a quote; known are Accurate, Misquoted.",
            DecisionRules.ProblemsOf(quote, Some.Approval(), Some.Ratings, Policy)["rating"]
        );
    }

    private static Decision With(string mistake)
    {
        var approval = Some.Approval();
        var amend = Some.Answer(DecisionAction.Amend);
        var reject = Some.Answer(DecisionAction.Reject);
        return mistake switch
        {
            "approve without a rating" => approval with { Rating = " " },
            "approve with an unknown rating" => approval with { Rating = "Nonsense" },
            "approve a claim with a rating of quotes" => approval with { Rating = "Misquoted" },
            "approve without an explanation" => approval with { Explanation = " " },
            "approve without evidence" => approval with { Evidence = [] },
            "approve with a reason" => approval with { Reason = RejectReason.NotWorthIt },
            "approve with an amendment" => approval with { Amendment = new("Other words.") },
            "amend without an amendment" => amend with { Amendment = null },
            "amend with an empty amendment" => amend with { Amendment = new() },
            "amend with an empty wording" => amend with { Amendment = new(" ") },
            "amend with an empty span" => amend with { Amendment = new(Span: new(3, 0)) },
            "amend with a span before the text" => amend with { Amendment = new(Span: new(-1, 3)) },
            "amend with an empty wording and an empty span" => amend with { Amendment = new("", new(3, 0)) },
            "amend without a rating" => amend with { Rating = null },
            "reject without a reason" => reject with { Reason = null },
            "reject with a reason that there is not" => reject with { Reason = (RejectReason)99 },
            "reject with an amendment" => reject with { Amendment = new("Other words.") },
            "reject with a rating" => reject with { Rating = "False" },
            "reject as checked without a link" => reject with { Reason = RejectReason.AlreadyChecked },
            "reject as checked with a link that is no web address" => reject with
            {
                Reason = RejectReason.AlreadyChecked,
                AlreadyCheckedAt = new("file:///etc/passwd"),
            },
            "return without a note" => Some.Answer(DecisionAction.Return) with { Note = "" },
            "an action that there is not" => Some.Answer((DecisionAction)99),
            "too many pieces of evidence" => approval with { Evidence = [.. Enumerable.Repeat(Some.Evidence(), 4)] },
            "evidence with neither link nor words" => approval with { Evidence = [new() { Title = "A talk" }] },
            "evidence with a script for a link" => approval with { Evidence = [Some.Evidence("javascript:alert(1)")] },
            "evidence with a relative link" => approval with
            {
                Evidence = [Some.Evidence() with { Url = new("/final-account", UriKind.Relative) }],
            },
            "words that are too long" => amend with
            {
                Explanation = TooLong,
                Note = TooLong,
                Amendment = new(TooLong, null, TooLong),
                Evidence =
                [
                    new()
                    {
                        Url = new($"https://lenne.example/{TooLong}"),
                        Title = TooLong,
                        Publisher = TooLong,
                        Excerpt = TooLong,
                    },
                ],
            },
            "everything missing" => new()
            {
                Action = DecisionAction.Amend,
                By = "reviewer",
                At = Some.Now,
            },
            _ => throw new ArgumentException($"Nobody knows what '{mistake}' is.", nameof(mistake)),
        };
    }
}
