namespace FactCheck.Extraction.Claims;

/// <summary>Why a sentence is no claim, whatever its score.</summary>
public enum NotAClaim
{
    Question,
    Command,
    Opinion,
    Prediction,
    Fragment,
}

/// <summary>Tells what evidence can't settle from what it could. A figure or a past event makes a claim of an opinion
/// or a forecast: "I think 40 percent of them lied" can be checked.</summary>
public static class ClaimFilter
{
    /// <summary>True where a text begins with a line without a full stop, and has any: what it says comes again.</summary>
    public static bool IsHeadline(string text, IReadOnlyList<TextSpan> sentences) =>
        sentences.Count > 1
        && !Punctuation.EndsSentence(text[sentences[0].End - 1])
        && !Punctuation.IsQuoteMark(text[sentences[0].End - 1])
        && text.AsSpan(sentences[0].End, sentences[1].Start - sentences[0].End).Count('\n') > 1
        && sentences.Skip(1).Any(sentence => Punctuation.EndsSentence(text[sentence.End - 1]));

    /// <summary>True where the words only lead to speech that follows: "That evening she wrote:".</summary>
    public static bool IsIntroduction(string text, TextSpan sentence) =>
        sentence.Length > 0 && text[sentence.End - 1] == ':';

    /// <summary>True for what names and dates but says nothing: "Table 2.", a date line, a byline, the line of a press
    /// release that says who speaks.</summary>
    public static bool IsLabel(string text, TextSpan sentence)
    {
        var words = SentenceWords.Of(text, sentence);
        if (words.All.Count(w => w.IsWord || w.IsNumber) > LongestLabel || words.All.Any(IsVerb))
            return false;
        var isSigned =
            words.Count > 2
            && (Punctuation.IsDash(text[sentence.Start]) || text[sentence.Start] is '(' or '~')
            && char.IsUpper(FirstOf(words[1]))
            && (char.IsUpper(FirstOf(words[2])) || words[2].Lower is ",");
        return isSigned
            || Documents.Headings.BylineOf(sentence.In(text).TrimEnd('.')) is not null
            || IsFromSomebody(words)
            || !words.All.Any(w => w.IsWord && char.IsLower(FirstOf(w)) && !WordClasses.Is(w.Lower, Joining));

        char FirstOf(SentenceWord word) => text[word.Span.Start];
    }

    private const int LongestLabel = 16;

    private const WordClass Joining =
        WordClass.Preposition | WordClass.Determiner | WordClass.Coordinator | WordClass.Month | WordClass.Day;

    private static bool IsFromSomebody(SentenceWords words) =>
        words.Count > 3 && words[0].Lower is "from" && words[1].Lower is "the" && words[2].Lower is "desk" or "office";

    private static bool IsVerb(SentenceWord word) =>
        word.IsWord
        && (
            WordClasses.Is(word.Lower, WordClass.Auxiliary)
            || Verbs.IsPast(word.Lower)
            || MarkerWords.Contains("saying", word.Lower)
        );

    /// <summary>Why a sentence with these features is no claim; null for a sentence that may be one.</summary>
    public static NotAClaim? WhyNot(SentenceFeatures features)
    {
        var checkable =
            features.Has("number")
            || features.Has("percent")
            || features.Has("past-event")
            || features.Has("perfect")
            || features.Has("passive");
        if (features.Has("question"))
            return NotAClaim.Question;
        if (features.Has("imperative") && !checkable)
            return NotAClaim.Command;
        if (features.Has("fragment") && (!checkable || features.Has("saying")))
            return NotAClaim.Fragment;
        if (features.Has("first-person-opinion") && !checkable)
            return NotAClaim.Opinion;
        if (features.Has("future") && !checkable && !features.Has("superlative"))
            return NotAClaim.Prediction;
        return null;
    }
}
