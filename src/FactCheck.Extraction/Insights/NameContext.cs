namespace FactCheck.Extraction.Insights;

/// <summary>What the words around a run of capitalised words call it: "the singer X", "the village of X", "X is a
/// Danish company", "X, a river in …": the groups <c>some-…</c> of <c>entities/gazetteer.txt</c>.</summary>
internal static class NameContext
{
    private const NameClue Calling = NameClue.SomeBody | NameClue.SomePerson | NameClue.SomePlace | NameClue.SomeWork;
    private const int Reach = 8;

    internal static NameClue Of(NameSentence sentence, int start, int end) =>
        Before(sentence, start) | Behind(sentence, end + 1);

    private static NameClue Before(NameSentence sentence, int start)
    {
        if (start == 0 || sentence.Candidate[start - 1])
            return NameClue.None;
        var noun = sentence.Words[start - 1].Lower is "of" or "," or "\"" or "the" or "called" or "named" or "by"
            ? start - 2
            : start - 1;
        return noun >= 0 && sentence.Words[start - 1].Lower is not "by"
            ? sentence.Clues[noun] & Calling
            : NameClue.None;
    }

    // "X (1901–1950) was a …", "X, the …": the first word of a kind that is said of it.
    private static NameClue Behind(NameSentence sentence, int at)
    {
        var words = sentence.Words;
        if (at < words.Length && words[at].Lower is "(")
            at = PastBracket(words, at);
        if (at + 1 >= words.Length || !IsCopula(words[at].Lower))
            return NameClue.None;
        var isApposition = words[at].Lower is ",";
        at++;
        if (isApposition && words[at].Lower is "who" or "whose")
            return NameClue.SomePerson;
        if (!IsArticle(words[at].Lower) && isApposition)
            return NameClue.None;
        for (var i = at + 1; i < Math.Min(words.Length, at + Reach); i++)
        {
            if (words[i].Kind == TokenKind.Mark && words[i].Lower is not ("-" or "\"" or "/"))
                return NameClue.None;
            if (!sentence.Candidate[i] && (sentence.Clues[i] & Calling) is var called and not NameClue.None)
                return called;
            if (
                i > at + 1
                && words[i].Lower is "of" or "in" or "from" or "to" or "for" or "at" or "who" or "which" or "that"
            )
                return NameClue.None;
        }

        return NameClue.None;
    }

    private static int PastBracket(SentenceWord[] words, int at)
    {
        for (var i = at; i < Math.Min(words.Length, at + 30); i++)
            if (words[i].Lower is ")")
                return i + 1;
        return at;
    }

    private static bool IsCopula(string word) => word is "is" or "was" or "are" or "were" or "," or "became";

    private static bool IsArticle(string word) =>
        word is "a" or "an" or "the" or "one" or "its" or "his" or "her" or "their";
}
