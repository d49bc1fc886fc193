using System.Text;
using FactCheck.Domain;
using FactCheck.Extraction.Text;

namespace FactCheck.Extraction;

/// <summary>
/// A claim as it can be read alone: its own words, a leading "he" or "she" replaced where only one person can be meant, relative dates followed
/// by the date in brackets where the day of publication is known. Anything less sure stays as it was.
/// </summary>
internal sealed class StandaloneWording(string text, IReadOnlyList<TextSpan> sentences, IReadOnlyList<Quote> quotes, ClaimContext context)
{
    private const double SureSource = 0.7;

    internal string Of(int sentence, ClaimPart part, SentenceFeatures features)
    {
        var spoken = part.Quote is { } q && quotes[q].Kind == QuoteKind.Direct;
        var words = new StringBuilder();
        foreach (var piece in part.Pieces)
        {
            if (words.Length > 0) words.Append(IsNewClause(words, piece) ? ", " : " ");
            AppendPiece(words, piece, dated: !spoken, inPast: features.Has("past-event") || features.Has("perfect") || features.Has("passive"));
        }

        if (!spoken) ReplacePronoun(words, sentence, part);
        return Sentence(words);
    }

    // “I did not come for the weather,” he joked, “I came to win.”: the comma before the cue went with it.
    private bool IsNewClause(StringBuilder words, TextSpan piece) => char.IsUpper(text[piece.Start]) && char.IsLetterOrDigit(words[^1]);

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
        if (pronoun is not ("he" or "she")) return;
        var name = part.Quote is { } q ? SpeakerMeant(quotes[q], pronoun) : OnlyPersonBefore(sentence);
        if (name is not null) words.Remove(0, pronoun.Length).Insert(0, name);
    }

    // "He said he had paid": the one who says it, named elsewhere. After a name ("Smith said he had paid") it may be anybody.
    private string? SpeakerMeant(Quote quote, string pronoun) =>
        quote.Source is { Name: { } name, Confidence: >= SureSource } source && source.Mention.In(text).Equals(pronoun, StringComparison.OrdinalIgnoreCase) ? name : null;

    // The paragraph names one person before this sentence, and nobody else: only then it must be that one.
    private string? OnlyPersonBefore(int sentence)
    {
        if (context.Persons is not { Count: > 0 } persons) return null;
        var paragraph = sentence;
        while (paragraph > 0 && !IsParagraphBreak(sentences[paragraph - 1].End, sentences[paragraph].Start)) paragraph--;
        var within = TextSpan.FromBounds(sentences[paragraph].Start, sentences[sentence].Start);
        string? only = null;
        for (var i = FirstAt(persons, within.Start); i < persons.Count && persons[i].Span.Start < within.End; i++)
        {
            var person = persons[i];
            if (!within.Contains(person.Span)) continue;
            if (only is null || person.Name.EndsWith(only, StringComparison.Ordinal)) only = person.Name;
            else if (!only.EndsWith(person.Name, StringComparison.Ordinal)) return null;
        }

        return only;
    }

    private static int FirstAt(IReadOnlyList<NamedPerson> persons, int position)
    {
        var (low, high) = (0, persons.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (persons[middle].Span.Start < position) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private bool IsParagraphBreak(int end, int start) => text.AsSpan(end, start - end).Count('\n') > 1;

    private static string Sentence(StringBuilder words)
    {
        if (words.Length == 0) return "";
        words[0] = char.ToUpperInvariant(words[0]);
        var last = words.Length > 1 && Punctuation.IsQuoteMark(words[^1]) ? words[^2] : words[^1];
        if (!Punctuation.EndsSentence(last)) words.Append('.');
        return words.ToString();
    }
}

/// <summary>Words such as "yesterday" and "last month", and the dates they mean on a day.</summary>
internal static class RelativeDates
{
    /// <summary>Where each relative date of a span ends, and the date it means.</summary>
    /// <param name="text">The text.</param>
    /// <param name="span">The part to look at.</param>
    /// <param name="today">The day that they count from.</param>
    /// <param name="inPast">True when the sentence tells of the past: only then "on Monday" is the last one.</param>
    internal static IEnumerable<(int End, string Date)> In(string text, TextSpan span, DateOnly today, bool inPast)
    {
        var tokens = Tokens.In(text, span);
        for (var i = 0; i < tokens.Count; i++)
        {
            var word = tokens[i].Span.In(text).ToLowerInvariant();
            var next = i + 1 < tokens.Count ? tokens[i + 1].Span.In(text).ToLowerInvariant() : "";
            if (IsPossessive(next)) continue;
            // "on Tuesday night": the date goes behind both words.
            if (word is "on" && i + 2 < tokens.Count && tokens[i + 2].Span.In(text) is "night" or "morning" or "afternoon" or "evening")
            {
                if (inPast && Weekday(text, tokens, i + 1, today) is { } partOf) yield return (tokens[i + 2].Span.End, partOf);
            }
            else if (OneWord(word, today) is { } day) yield return (tokens[i].Span.End, day);
            else if (word is "last" or "this" or "next" && Period(word, next, today) is { } period)
            {
                if (i + 2 >= tokens.Count || !IsPossessive(tokens[i + 2].Span.In(text))) yield return (tokens[i + 1].Span.End, period);
            }
            else if (word is "on" && inPast && Weekday(text, tokens, i + 1, today) is { } date) yield return (tokens[i + 1].Span.End, date);
        }
    }

    private static bool IsPossessive(string token) => token is "'s" or "’s" or "'" or "’";

    private static string? OneWord(string word, DateOnly today) => word switch
    {
        "yesterday" => Written(today.AddDays(-1)),
        "today" or "tonight" => Written(today),
        "tomorrow" => Written(today.AddDays(1)),
        _ => null,
    };

    private static string? Period(string which, string unit, DateOnly today)
    {
        var step = which switch { "last" => -1, "next" => 1, _ => 0 };
        return unit switch
        {
            "year" => today.AddYears(step).Year.ToString(),
            "month" => today.AddMonths(step).ToString("MMMM yyyy"),
            _ => null, // weeks and seasons have no edges that everybody agrees on
        };
    }

    // On a Monday, "on Monday" may be today or a week ago: left alone. So is "on Monday" with a date behind it.
    private static string? Weekday(string text, IReadOnlyList<Token> tokens, int at, DateOnly today)
    {
        if (at >= tokens.Count || !Enum.TryParse<DayOfWeek>(tokens[at].Span.In(text), out var day) || !char.IsLetter(text[tokens[at].Span.Start])) return null;
        if (at + 1 < tokens.Count && (tokens[at + 1].Kind == TokenKind.Number || IsDate(text, tokens, at + 1))) return null;
        var back = ((int)today.DayOfWeek - (int)day + 7) % 7;
        return back == 0 ? null : Written(today.AddDays(-back));
    }

    private static bool IsDate(string text, IReadOnlyList<Token> tokens, int at) =>
        at + 1 < tokens.Count && text[tokens[at].Span.Start] == ',' && (tokens[at + 1].Kind == TokenKind.Number || Dates.IsDayOrMonth(tokens[at + 1].Span.In(text)));

    private static string Written(DateOnly date) => date.ToString("d MMMM yyyy");
}
