using FactCheck.Extraction.Quotes;

namespace FactCheck.Extraction.Claims;

/// <summary>Tells a quote's words that make a statement from those that need their verb: "(promised) to pay".</summary>
internal static class ClaimClause
{
    private const int LeastWordsBesideAttribution = 4;

    internal static bool IsWhole(string text, TextSpan sentence, TextSpan[] pieces)
    {
        var words = SentenceWords.Of(text, TextSpan.FromBounds(pieces[0].Start, pieces[^1].End));
        if (words.Count == 0)
            return false;
        var opensSentence = IsOpening(text, sentence, pieces[0].Start);
        if (opensSentence)
            return true;
        if (IsDependent(text, words))
            return false;
        for (var i = 0; i < words.Count; i++)
            if (IsSubjunctive(words, i))
                return false;
        return HasFiniteVerb(words);
    }

    /// <summary>True for "denied that …": the speaker claims the opposite of the words.</summary>
    internal static bool IsDenied(string text, Quote quote) =>
        quote.Cue is { } cue
        && cue.In(text).Split(' ')[0].ToLowerInvariant()
            is "deny"
                or "denies"
                or "denied"
                or "denying"
                or "rejected"
                or "rejects"
                or "dismissed"
                or "dismisses"
                or "disputed"
                or "disputes"
                or "refuted"
                or "refutes"
                or "doubts"
                or "doubted";

    // From its beginning ("Since 2024 the act …"), or the speaker where another quote stands before, to its end.
    internal static TextSpan WithSpeaker(Quote quote, TextSpan sentence, TextSpan[] pieces, TextSpan? taken)
    {
        if (
            quote.Source is not { } source
            || !sentence.Contains(source.Mention)
            || source.Mention.Start > pieces[0].Start
        )
            return sentence;
        var end = quote.Content.Where(c => c.Overlaps(sentence)).Max(c => c.End);
        return TextSpan.FromBounds(
            taken is { } before && before.End <= source.Mention.Start ? source.Mention.Start : sentence.Start,
            Math.Min(end, sentence.End)
        );
    }

    /// <summary>True for "(asked) whether he had been paid": a question, whoever puts it.</summary>
    internal static bool IsAsked(string text, TextSpan piece) =>
        Tokens.In(text, piece) is [var first, ..]
        && first.Span.In(text).ToLowerInvariant() is "whether" or "if" or "why" or "how";

    /// <summary>Few words of a quote, who says them, and the verb: “Check us,” the mayor said.</summary>
    internal static bool IsOnlyAttribution(string text, TextSpan sentence, IReadOnlyList<Quote> quotes)
    {
        if (quotes.Count == 0)
            return false;
        var taken = quotes
            .SelectMany(q => q.Content.Append(q.Cue ?? default).Append(q.Source?.Mention ?? default))
            .OrderBy(s => s.Start)
            .ToArray();
        var (next, covered, left) = (0, 0, 0);
        foreach (var token in Tokens.In(text, sentence))
        {
            for (; next < taken.Length && taken[next].Start < token.Span.End; next++)
                covered = Math.Max(covered, taken[next].End);
            if (
                token.Kind is TokenKind.Word or TokenKind.Number
                && covered <= token.Span.Start
                && ++left == LeastWordsBesideAttribution
            )
                return false;
        }

        return true;
    }

    private static bool IsOpening(string text, TextSpan sentence, int at)
    {
        for (var i = sentence.Start; i < at; i++)
            if (char.IsLetterOrDigit(text[i]))
                return false;
        return true;
    }

    // "to publish …", "of an ironclad friendship", "has found a right": what stands before is its head.
    private static bool IsDependent(string text, SentenceWords words)
    {
        if (!char.IsLower(text[words[0].Span.Start]))
            return false;
        return words[0].Lower is "to" or "of" or "as" or "about"
            || WordClasses.Is(words[0].Lower, WordClass.Auxiliary)
            || (words[0].Lower is "for" or "on" && !words.All.Any(w => w.Lower is ","));
    }

    // "(demanded) that the plant be closed": no fact until it is.
    private static bool IsSubjunctive(SentenceWords words, int at) =>
        words[at].Lower is "be"
        && at > 0
        && !WordClasses.Is(
            words[at - 1].Lower,
            WordClass.Auxiliary | WordClass.Adverb | WordClass.Negation | WordClass.Coordinator
        )
        && words[at - 1].Lower is not ("to" or "'ll" or "'d")
        && !words[at - 1].Lower.EndsWith("ly", StringComparison.Ordinal)
        && !words.All.Take(at).Any(w => WordClasses.Is(w.Lower, WordClass.Modal) || w.Lower is "to" or "'ll" or "'d");

    private static bool HasFiniteVerb(SentenceWords words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word.Kind == TokenKind.Clitic && i > 0 && WordClasses.Is(words[i - 1].Lower, WordClass.SubjectPronoun))
                return true;
            if (!word.IsWord)
                continue;
            if (WordClasses.Is(word.Lower, WordClass.Auxiliary) || Verbs.IsPast(word.Lower))
                return true;
            if (i > 0 && IsPresent(words, i))
                return true;
        }

        return false;
    }

    // "bills remain", "the act gives": a verb by its ending and what follows, or after a pronoun.
    private static bool IsPresent(SentenceWords words, int at)
    {
        var before = words[at - 1].Lower;
        if (before is "i" or "we" or "they" or "he" or "she" or "it" or "you" or "who" or "which")
            return !WordClasses.Is(words[at].Lower, WordClass.Preposition | WordClass.Coordinator);
        if (
            CueLexicon.Verb(words[at].Lower) is { IsNounToo: false, Form: not VerbForm.Ing }
            && !WordClasses.Is(before, WordClass.Preposition | WordClass.Determiner | WordClass.Possessive)
        )
            return true;
        if (!words[at].IsWord || WordClasses.Of(words[at].Lower) != WordClass.None)
            return false;
        var isVerbal =
            words[at].Lower[^1] == 's' != (before[^1] == 's')
            && !WordClasses.Is(
                before,
                WordClass.Determiner | WordClass.Possessive | WordClass.Preposition | WordClass.Coordinator
            );
        return isVerbal
            && at + 1 < words.Count
            && WordClasses.Is(
                words[at + 1].Lower,
                WordClass.Determiner | WordClass.Possessive | WordClass.ObjectPronoun
            )
            && words[at + 1].Lower is not "that";
    }
}
