using System.Globalization;
using System.Text;

namespace FactCheck.Domain;

/// <summary>What is asked of a statement. A claim asks "is it true?", a quote "did they say it, in these words, in this
/// sense?".</summary>
public enum StatementKind
{
    Claim,
    Quote,
}

/// <summary>A verdict about the same or a similar thing, found among those that were published before.</summary>
/// <param name="Similarity">0..1; 1 means the same words.</param>
/// <param name="Same">True when the normalised words are equal.</param>
public sealed record EarlierVerdict(string StatementId, string Text, string Rating, double Similarity, bool Same);

/// <summary>What text analytics says about the sentences of one statement.</summary>
/// <param name="Entities">The things it names, without repeats.</param>
/// <param name="Sentiment">Mean of its sentences, -1..1; null when unknown.</param>
/// <param name="KeyPhrases">Of its article, those that the statement contains.</param>
public sealed record StatementInsights(
    IReadOnlyList<NamedThing> Entities,
    double? Sentiment,
    IReadOnlyList<string> KeyPhrases
);

/// <summary>An entity without its place.</summary>
public sealed record NamedThing(string Text, EntityKind Kind);

/// <summary>A claim or a quote as a desk handles it. One row; a candidate until a task is opened for it.</summary>
public sealed record Statement
{
    /// <summary>Article key + "." + fingerprint + "-" + occurrence (<see cref="StatementId"/>).</summary>
    public required string Id { get; init; }

    /// <summary>Claim or quote.</summary>
    public required StatementKind Kind { get; init; }

    /// <summary>Where it stands, in the text of run <see cref="LastRun"/>.</summary>
    public required TextAnchor Anchor { get; init; }

    /// <summary>The standalone wording of a claim; the quoted words of a quote.</summary>
    public required string Text { get; init; }

    /// <summary>The claimant or the speaker by name; null for the article itself, or for an orphan quote.</summary>
    public string? Speaker { get; init; }

    /// <summary>How the speaker was found, and how sure that is (0..1). Null without a speaker.</summary>
    public string? SpeakerReason { get; init; }

    /// <summary>0..1.</summary>
    public double SpeakerConfidence { get; init; }

    /// <summary>For quotes.</summary>
    public QuoteKind? QuoteKind { get; init; }

    /// <summary>For claims.</summary>
    public ClaimKind? ClaimKind { get; init; }

    /// <summary>How much it deserves a check, and why.</summary>
    public required CheckWorthiness Worth { get; init; }

    /// <summary>The quote a claim lies in, or the claims inside a quote: decided apart, shown together.</summary>
    public IReadOnlyList<string> Linked { get; init; } = [];

    /// <summary>Best first.</summary>
    public IReadOnlyList<EarlierVerdict> Matches { get; init; } = [];

    /// <summary>Null when text analytics gave nothing.</summary>
    public StatementInsights? Insights { get; init; }

    /// <summary>The first run that held it.</summary>
    public required int FirstRun { get; init; }

    /// <summary>The newest run that held it. Lower than the article's run: it is gone from the text.</summary>
    public required int LastRun { get; init; }

    /// <summary>The statement of an earlier revision that this one took the place of.</summary>
    public string? Replaces { get; init; }

    /// <summary>The newest task about it; null while it is a candidate.</summary>
    public string? TaskId { get; init; }

    /// <summary>What found a quote: "rules", or the version of a model. Null for claims and what was added by hand.</summary>
    public string? FoundBy { get; init; }

    /// <summary>Who added it by hand; null when the extractor found it.</summary>
    public Who? AddedBy { get; init; }

    /// <summary>The newest published verdict; null before the first publication.</summary>
    public Verdict? Verdict { get; init; }
}

/// <summary>Ids of statements and tasks. Equal words in an article get equal ids: every step can run twice.</summary>
public static class StatementId
{
    /// <summary>Characters of the fingerprint: 80 bits.</summary>
    private const int FingerprintLength = 16;

    /// <summary>The id of a statement; occurrence 1 is the first of equal ones, in text order.</summary>
    /// <param name="speaker">Part of a quote's identity: the same words from somebody else are another quote.</param>
    public static string Of(string articleKey, StatementKind kind, string words, string? speaker, int occurrence) =>
        $"{articleKey}.{Fingerprint(kind, words, speaker)}-{occurrence}";

    /// <summary>What is equal for statements that say the same in the same words.</summary>
    public static string Fingerprint(StatementKind kind, string words, string? speaker) =>
        Base32.Hash(
            $"{kind}|{(kind == StatementKind.Quote ? Normalize(speaker ?? "") : "")}|{Normalize(words)}",
            FingerprintLength
        );

    /// <summary>The id of the task of a round; rounds count from 1.</summary>
    public static string Task(string statementId, int round) => $"{statementId}.{round}";

    /// <summary>The article key that every statement or task id begins with; null when it is no such id.</summary>
    public static string? ArticleOf(string id) =>
        id.Length > ArticleKey.Length && id[ArticleKey.Length] == '.' && ArticleKey.IsValid(id[..ArticleKey.Length])
            ? id[..ArticleKey.Length]
            : null;

    /// <summary>Letters and digits in lower case, one space between words: the rest makes no other statement.</summary>
    public static string Normalize(string words)
    {
        var result = new StringBuilder(words.Length);
        foreach (var c in words.Normalize(NormalizationForm.FormKC))
        {
            if (
                char.IsLetterOrDigit(c)
                || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark
                || c is '%' or '€' or '$' or '£' or '-'
            )
                result.Append(char.ToLowerInvariant(c));
            else if (result.Length > 0 && result[^1] != ' ')
                result.Append(' ');
        }

        return result.ToString().TrimEnd();
    }
}
