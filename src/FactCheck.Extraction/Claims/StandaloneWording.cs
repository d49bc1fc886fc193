using System.Text;

namespace FactCheck.Extraction.Claims;

/// <summary>A claim as it can be read alone: a leading "he" or "she" replaced where only one person can be meant,
/// relative dates with the date in brackets where the day of publication is known. The less sure stays.</summary>
internal sealed class StandaloneWording(
    string text,
    IReadOnlyList<TextSpan> sentences,
    IReadOnlyList<Quote> quotes,
    ClaimContext context
)
{
    private const double SureSource = 0.7;

    internal string Of(int sentence, ClaimPart part, SentenceFeatures features)
    {
        var spoken = part.Quote is { } q && quotes[q].Kind == QuoteKind.Direct;
        var words = new StringBuilder();
        foreach (var piece in part.Pieces)
        {
            if (words.Length > 0)
                words.Append(IsNewClause(words, piece) ? ", " : " ");
            AppendPiece(
                words,
                piece,
                dated: !spoken,
                inPast: features.Has("past-event") || features.Has("perfect") || features.Has("passive")
            );
        }

        if (!spoken)
            ReplacePronoun(words, sentence, part);
        if (part.Quote is not null && IsAfterThat(part.Span.Start))
            words.Replace(" and that ", " and ").Replace(" but that ", " but ");
        return Sentence(words);
    }

    // "(said) that homes had collapsed and that two hospitals …": the second "that" goes where the first one went.
    private bool IsAfterThat(int start) => text.AsSpan(0, start).TrimEnd().EndsWith(" that", StringComparison.Ordinal);

    // “I did not come for the weather,” he joked, “I came to win.”: the comma before the cue went with it.
    private bool IsNewClause(StringBuilder words, TextSpan piece) =>
        char.IsUpper(text[piece.Start]) && char.IsLetterOrDigit(words[^1]);

    private void AppendPiece(StringBuilder words, TextSpan piece, bool dated, bool inPast)
    {
        // Inside somebody's own words "yesterday" counts from when they were said, which the article need not tell.
        if (!dated || context.Published is not { } published)
        {
            words.Append(text.AsSpan(piece.Start, piece.Length));
            return;
        }

        var at = piece.Start;
        foreach (var (end, date) in RelativeDates.In(text, piece, published, inPast))
        {
            words.Append(text.AsSpan(at, end - at)).Append(" (").Append(date).Append(')');
            at = end;
        }

        words.Append(text.AsSpan(at, piece.End - at));
    }

    private void ReplacePronoun(StringBuilder words, int sentence, ClaimPart part)
    {
        var tokens = Tokens.First(text, part.Span, 1);
        var pronoun = tokens.Count == 0 ? "" : tokens[0].Span.In(text).ToLowerInvariant();
        if (pronoun is not ("he" or "she"))
            return;
        var name = part.Quote is { } q ? SpeakerMeant(quotes[q], pronoun) : OnlyPersonBefore(sentence);
        if (name is not null && !IsNamed(part.Span, name))
            words.Remove(0, pronoun.Length).Insert(0, name);
    }

    // "He described Montalvo as …": then he is somebody else.
    private bool IsNamed(TextSpan span, string name)
    {
        var last = name[(name.LastIndexOf(' ') + 1)..];
        return Tokens.In(text, span).Any(t => t.Span.In(text).Equals(last, StringComparison.Ordinal));
    }

    // "He said he had paid": he is named elsewhere. After a name ("Smith said he had paid") it may be anybody.
    private string? SpeakerMeant(Quote quote, string pronoun) =>
        quote.Source is { Name: { } name, Confidence: >= SureSource } source
        && source.Mention.In(text).Equals(pronoun, StringComparison.OrdinalIgnoreCase)
            ? name
            : null;

    // The paragraph names one person before this sentence, and nobody else: only then it must be that one.
    private string? OnlyPersonBefore(int sentence)
    {
        if (context.Persons is not { Count: > 0 } persons)
            return null;
        var paragraph = sentence;
        while (paragraph > 0 && !IsParagraphBreak(sentences[paragraph - 1].End, sentences[paragraph].Start))
            paragraph--;
        var within = TextSpan.FromBounds(sentences[paragraph].Start, sentences[sentence].Start);
        string? only = null;
        for (var i = FirstAt(persons, within.Start); i < persons.Count && persons[i].Span.Start < within.End; i++)
        {
            var person = persons[i];
            if (!within.Contains(person.Span))
                continue;
            if (only is null || person.Name.EndsWith(only, StringComparison.Ordinal))
                only = person.Name;
            else if (!only.EndsWith(person.Name, StringComparison.Ordinal))
                return null;
        }

        return only;
    }

    private static int FirstAt(IReadOnlyList<NamedPerson> persons, int position)
    {
        var (low, high) = (0, persons.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (persons[middle].Span.Start < position)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private bool IsParagraphBreak(int end, int start) => text.AsSpan(end, start - end).Count('\n') > 1;

    private static string Sentence(StringBuilder words)
    {
        if (words.Length == 0)
            return "";
        words[0] = char.ToUpperInvariant(words[0]);
        var last = words.Length > 1 && Punctuation.IsQuoteMark(words[^1]) ? words[^2] : words[^1];
        if (!Punctuation.EndsSentence(last))
            words.Append('.');
        return words.ToString();
    }
}
