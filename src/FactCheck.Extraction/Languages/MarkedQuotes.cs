using System.Collections.Frozen;

namespace FactCheck.Extraction.Languages;

/// <summary>Quotes where the language's grammar is not read: what stands in marks, with its speaker where a word of
/// <c>language/saying.txt</c> stands beside it. Another language is one more group of that file.</summary>
internal static class MarkedQuotes
{
    private const int LeastWords = 3;
    private const int LeastWordsOfOrphan = 6;
    private const int Reach = 10;
    private const double Sure = 0.85;
    private const double Unsure = 0.5;
    private const double NearestName = 0.6;

    private static readonly FrozenDictionary<string, FrozenSet<string>> Groups = DataFiles
        .Groups("language/saying.txt")
        .ToFrozenDictionary(g => g.Key, g => g.Words.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);

    internal static bool Covers(string language) => Groups.ContainsKey(language);

    internal static IReadOnlyList<Quote> In(string text, string language)
    {
        var quotes = new List<Quote>();
        foreach (var paragraph in Paragraphs.In(text))
        {
            foreach (var marked in QuotationPairs.In(text, paragraph))
            {
                var words = SentenceWords.Of(text, marked).All.Count(w => w.IsWord);
                if (words < LeastWords)
                    continue;
                var (cue, speaker) =
                    Behind(text, language, TextSpan.FromBounds(marked.End, paragraph.End))
                    ?? Before(text, language, TextSpan.FromBounds(paragraph.Start, marked.Start))
                    ?? default;
                if (cue is null && words < LeastWordsOfOrphan)
                    continue;
                quotes.Add(
                    new(
                        QuoteKind.Direct,
                        speaker is { } mention ? SourceOf(text, mention) : null,
                        cue,
                        [marked],
                        null,
                        cue is null ? Unsure : Sure
                    )
                );
            }
        }

        return quotes;
    }

    // „…“, sagte Bürgermeisterin Ana Roth am Montag.
    private static (TextSpan? Cue, TextSpan? Speaker)? Behind(string text, string language, TextSpan rest)
    {
        var words = SentenceWords.Of(text, rest with { Length = Math.Min(rest.Length, 200) }).All;
        var at = 0;
        while (at < Math.Min(words.Length, 4) && !IsCue(language, words[at]))
            at++;
        if (at >= Math.Min(words.Length, 4) || words.Take(at).Any(w => Punctuation.EndsSentence(w.Lower[0])))
            return null;
        return (words[at].Span, NameIn(text, language, words, at + 1));
    }

    // Ana Roth sagte am Montag: „…“
    private static (TextSpan? Cue, TextSpan? Speaker)? Before(string text, string language, TextSpan lead)
    {
        var trimmed = text.AsSpan(lead.Start, lead.Length).TrimEnd();
        if (trimmed.IsEmpty || trimmed[^1] is not (':' or ','))
            return null;
        var sentence = Text.Sentences.In(text[lead.Start..(lead.Start + trimmed.Length)])[^1];
        var words = SentenceWords.Of(text, new(lead.Start + sentence.Start, sentence.Length)).All;
        var at = Array.FindLastIndex(words, w => IsCue(language, w));
        if (at < 0 || words.Length - at > Reach)
            return null;
        return (
            words[at].Span,
            NameIn(text, language, words, at + 1) ?? NameIn(text, language, words[Math.Max(0, at - Reach)..at], 0)
        );
    }

    private static bool IsCue(string language, SentenceWord word) =>
        word.IsWord && Groups[language].Contains(word.Lower);

    // From the first capital to the end of its words: "Bürgermeisterin Ana Roth", "la alcaldesa Ana Roth".
    private static TextSpan? NameIn(string text, string language, SentenceWord[] words, int from)
    {
        var start = from;
        while (
            start < words.Length && words[start].IsWord && Groups[language + "-between"].Contains(words[start].Lower)
        )
            start++;
        var end = start;
        while (end < words.Length && end - start < Reach && words[end].IsWord && !IsTime(language, words, end))
            end++;
        for (var last = end - 1; last >= start; last--)
            if (char.IsUpper(text[words[last].Span.Start]))
                return TextSpan.FromBounds(words[start].Span.Start, words[last].Span.End);
        return null;
    }

    // "am Montag", "en rueda de prensa": no part of who speaks.
    private static bool IsTime(string language, SentenceWord[] words, int at) =>
        words[at].Lower switch
        {
            "am" or "im" or "in" or "bei" or "vor" or "nach" or "dem" or "gegenüber" => language is "de",
            "à" or "dans" or "lors" or "en" => language is "fr" or "es",
            "u" or "na" or "za" or "pred" => language is "sr",
            _ => false,
        };

    private static QuoteSource SourceOf(string text, TextSpan mention) =>
        new(
            mention,
            NameOf(text, SentenceWords.Of(text, mention).All),
            NearestName,
            "stands beside the word of saying"
        );

    // The run of capitals at the end; in German, where every noun has one, at most its last two words.
    private static string NameOf(string text, SentenceWord[] words)
    {
        var start = words.Length - 1;
        while (start > 0 && words.Length - start < 3 && char.IsUpper(text[words[start - 1].Span.Start]))
            start--;
        if (words.Length - start == 3)
            start++;
        return TextSpan.FromBounds(words[start].Span.Start, words[^1].Span.End).In(text);
    }
}
