namespace FactCheck.Extraction.Claims;

/// <summary>A person that the text names.</summary>
public readonly record struct NamedPerson(TextSpan Span, string Name);

/// <summary>What <see cref="ClaimExtractor"/> may use beside the text; by default the shipped weights.</summary>
/// <param name="Published">When the article was published; without it relative dates stay as they are.</param>
/// <param name="Persons">In text order; without them only quotes resolve pronouns.</param>
public sealed record ClaimContext(
    DateOnly? Published = null,
    IReadOnlyList<NamedPerson>? Persons = null,
    CheckWorthinessModel? Model = null
);

/// <summary>Finds what could be checked. A sentence is one claim, made by the article; where it holds the words of a
/// quote, each quote's words are a claim of their own, made by the quote's source.</summary>
public static class ClaimExtractor
{
    /// <summary>Below this score a sentence is no candidate: nobody would open it.</summary>
    public const double LeastWorth = 0.2;

    private const int LeastWordsOfQuote = 4;
    private const int LongestLead = 8;

    // "she opposes the toll", "is expected to open": a stance without a clause of its own is told by the article.
    private const double SureOfWords = 0.55;

    /// <summary>The claims of a text, given its sentences, in order.</summary>
    public static IReadOnlyList<Claim> Extract(
        string text,
        IReadOnlyList<TextSpan> sentences,
        IReadOnlyList<Quote> quotes,
        ClaimContext? context = null
    )
    {
        context ??= new();
        var model = context.Model ?? CheckWorthinessModel.Default;
        var wording = new StandaloneWording(text, sentences, quotes, context);
        var bySentence = QuotesBySentence(sentences, quotes);
        var claims = new List<Claim>();
        for (var i = ClaimFilter.IsHeadline(text, sentences) ? 1 : 0; i < sentences.Count; i++)
        {
            foreach (var part in PartsOf(text, sentences[i], quotes, bySentence[i]))
            {
                var features = SentenceFeatures.Of(text, part.Span);
                if (
                    part.Quote is null
                    && (ClaimFilter.IsIntroduction(text, part.Span) || ClaimFilter.IsLabel(text, part.Span))
                )
                    continue;
                if (ClaimFilter.WhyNot(features) is not null)
                    continue;
                if (model.ScoreAlone(features) < LeastWorth)
                    continue;
                var worth = model.Score(features, text);
                var claimant = part.Quote is { } q ? ClaimantOf(text, quotes[q]) : null;
                claims.Add(
                    new(
                        sentences[i],
                        part.Span,
                        wording.Of(i, part, features),
                        claimant,
                        KindOf(features, part.Quote is not null),
                        worth,
                        part.Quote
                    )
                );
            }
        }

        return claims;
    }

    /// <summary>What sort of statement a sentence with these features makes: the most telling first.</summary>
    public static ClaimKind KindOf(SentenceFeatures features, bool isQuoted)
    {
        var figure = features.Has("number") || features.Has("percent") || features.Has("currency");
        if (features.Has("causal"))
            return ClaimKind.Causal;
        if (features.Has("superlative"))
            return ClaimKind.Record;
        if (features.Has("comparison"))
            return ClaimKind.Comparison;
        if (figure)
            return ClaimKind.Quantity;
        if (features.Has("law"))
            return ClaimKind.Law;
        if (features.Has("position"))
            return ClaimKind.Position;
        return features.Has("saying") && !isQuoted ? ClaimKind.Quote : ClaimKind.Event;
    }

    private static string? ClaimantOf(string text, Quote quote) =>
        quote.Source is { } source ? source.Name ?? Described(text, source.Mention) : null;

    // "One nurse, who": without what only joins it to its verb. A pronoun that nobody fits describes nobody.
    private static string? Described(string text, TextSpan mention)
    {
        var tokens = Tokens.In(text, mention);
        var count = tokens.Count;
        while (
            count > 0
            && (
                tokens[count - 1].Kind == TokenKind.Mark
                || tokens[count - 1].Span.In(text) is "who" or "which" or "that"
            )
        )
            count--;
        if (
            count == 0
            || (
                count == 1
                && WordClasses.Is(
                    tokens[0].Span.In(text),
                    WordClass.SubjectPronoun | WordClass.ObjectPronoun | WordClass.Possessive | WordClass.Demonstrative
                )
            )
        )
            return null;
        return TextSpan.FromBounds(mention.Start, tokens[count - 1].Span.End).In(text);
    }

    // Only outermost quotes: what a nested one says is claimed by whoever quotes it.
    private static List<int>[] QuotesBySentence(IReadOnlyList<TextSpan> sentences, IReadOnlyList<Quote> quotes)
    {
        var found = new List<int>[sentences.Count];
        for (var i = 0; i < found.Length; i++)
            found[i] = [];
        for (var q = 0; q < quotes.Count; q++)
        {
            if (quotes[q].Parent is not null || quotes[q].Content.Count == 0)
                continue;
            for (
                var i = FirstEndingAfter(sentences, quotes[q].Extent.Start);
                i < sentences.Count && sentences[i].Start < quotes[q].Extent.End;
                i++
            )
                found[i].Add(q);
        }

        return found;
    }

    private static int FirstEndingAfter(IReadOnlyList<TextSpan> sentences, int position)
    {
        var (low, high) = (0, sentences.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sentences[middle].End > position)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private static List<ClaimPart> PartsOf(
        string text,
        TextSpan sentence,
        IReadOnlyList<Quote> quotes,
        List<int> candidates
    )
    {
        var parts = new List<ClaimPart>();
        var ends = new List<int>();
        foreach (var q in candidates.Where(q => quotes[q].Confidence >= SureOfWords))
        {
            var pieces = PiecesOf(text, sentence, quotes[q]);
            if (
                pieces.Sum(p => WordsIn(text, p)) < LeastWordsOfQuote
                || (quotes[q].Kind == QuoteKind.Indirect && ClaimClause.IsAsked(text, pieces[0]))
            )
                continue;
            if (ClaimClause.IsDenied(text, quotes[q]) || !ClaimClause.IsWhole(text, sentence, pieces))
                pieces =
                [
                    WithoutLead(
                        text,
                        ClaimClause.WithSpeaker(quotes[q], sentence, pieces, parts.Count > 0 ? parts[^1].Span : null)
                    ),
                ];
            if (IsTaken(parts, ends, pieces[0]))
                continue;
            parts.Add(new(TextSpan.FromBounds(pieces[0].Start, pieces[^1].End), pieces, q));
            ends.Add(Math.Max(ends.Count > 0 ? ends[^1] : 0, pieces[^1].End));
        }

        if (
            parts.Count == 0
            && WithoutJoiner(text, WithoutLead(text, sentence)) is var whole
            && !ClaimClause.IsOnlyAttribution(
                text,
                whole,
                [.. candidates.Select(q => quotes[q]).Where(q => q.Confidence >= SureOfWords || IsNameCalling(text, q))]
            )
        )
            parts.Add(new(whole, [whole], null));
        return parts;
    }

    // "The mayor called that a scandal": what somebody thinks of it, unless there is a figure in it.
    private static bool IsNameCalling(string text, Quote quote) =>
        quote.Cue is { } cue
        && Quotes.CueLexicon.Verb(cue.In(text)) is { } verb
        && verb.Frames.HasFlag(Quotes.Frames.Naming)
        && !Tokens.In(text, quote.Extent).Any(token => token.Kind == TokenKind.Number);

    private static TextSpan[] PiecesOf(string text, TextSpan sentence, Quote quote) =>
        [
            .. quote
                .Content.Where(c => c.Overlaps(sentence))
                .Select(c => WithoutLead(text, WithoutMarks(text, Common(c, sentence))))
                .Where((p, at) => p.Length > 0 && !(at > 0 && IsRelativeClause(text, p))),
        ];

    // "… on average, according to its report, which looked at 1,870 of them": what follows tells of the report.
    private static bool IsRelativeClause(string text, TextSpan piece) =>
        Tokens.In(text, piece) is [var first, ..] && first.Span.In(text) is "which" or "who" or "whose" or "whom";

    // From the last part back, as far as one of those before reaches: a sentence may hold thousands of quotes.
    private static bool IsTaken(List<ClaimPart> parts, List<int> furthestEnds, TextSpan piece)
    {
        for (var i = parts.Count - 1; i >= 0 && furthestEnds[i] > piece.Start; i--)
        {
            if (parts[i].Span.Overlaps(piece))
                return true;
        }

        return false;
    }

    private static TextSpan Common(TextSpan one, TextSpan other) =>
        TextSpan.FromBounds(Math.Max(one.Start, other.Start), Math.Min(one.End, other.End));

    private static TextSpan WithoutMarks(string text, TextSpan span)
    {
        var (start, end) = (span.Start, span.End);
        while (start < end && IsEdge(text[start]))
            start++;
        while (end > start && IsEdge(text[end - 1]))
            end--;
        if (
            end < span.End
            && Punctuation.IsQuoteMark(text[end])
            && OpensInside(text.AsSpan(start, end - start), text[end])
        )
            end++;
        return TextSpan.FromBounds(start, end);

        static bool IsEdge(char c) =>
            char.IsWhiteSpace(c) || Punctuation.IsQuoteMark(c) || c is ',' or ';' or ':' || Punctuation.IsDash(c);
    }

    // “he called it ‘a disgrace’”: the mark at the end belongs to one that stays.
    private static bool OpensInside(ReadOnlySpan<char> words, char closing)
    {
        if (closing is '"')
            return words.Count('"') % 2 == 1;
        var opening = closing switch
        {
            '\u201D' => '\u201C',
            '\u2019' => '\u2018',
            '\u00BB' => '\u00AB',
            _ => '\0',
        };
        var at = words.LastIndexOf(opening);
        return at >= 0 && !words[at..].Contains(closing);
    }

    // "LONDON — The share …" begins behind the place; "(he said) that taxes rose" behind the word that joins it.
    private static TextSpan WithoutLead(string text, TextSpan span)
    {
        var tokens = Tokens.First(text, span, LongestLead);
        if (tokens.Count > 1 && IsListMark(text, tokens[0].Span.End - 1))
            return WithoutLead(text, TextSpan.FromBounds(tokens[1].Span.Start, span.End));
        var dash = 0;
        while (dash < Math.Min(5, tokens.Count) && IsCapitals(text, tokens[dash]))
            dash++;
        if (dash > 0 && dash + 1 < tokens.Count && Punctuation.IsDash(text[tokens[dash].Span.Start]))
            return TextSpan.FromBounds(tokens[dash + 1].Span.Start, span.End);
        var that = tokens.Count > 3 && tokens[2].Span.In(text) is "that" && IsNamedSaying(text, tokens) ? 2 : 0;
        return tokens.Count > that + 1 && tokens[that].Span.In(text) is "that"
            ? TextSpan.FromBounds(tokens[that + 1].Span.Start, span.End)
            : span;
    }

    // "and crime fell": a clause that was cut from the one before.
    private static TextSpan WithoutJoiner(string text, TextSpan sentence) =>
        Tokens.First(text, sentence, 2) is [var first, var second, ..] && first.Span.In(text) is "and" or "but" or "so"
            ? TextSpan.FromBounds(second.Span.Start, sentence.End)
            : sentence;

    // "(repeated) his accusation that …": the accusation is what follows.
    private static bool IsNamedSaying(string text, IReadOnlyList<Token> tokens) =>
        char.IsLower(text[tokens[0].Span.Start])
        && WordClasses.Is(tokens[0].Span.In(text), WordClass.Possessive | WordClass.Determiner)
        && Quotes.CueLexicon.Noun(tokens[1].Span.In(text)) is not null;

    // Before a space: a closing guillemet, too, marks an item of a list where a line begins with it.
    private static bool IsListMark(string text, int at) =>
        text[at] is '•' or '»' or '›' or '·' or '▪' or '*' or '-' or '–' && at + 1 < text.Length && text[at + 1] == ' ';

    private static bool IsCapitals(string text, Token token) =>
        token.Span.In(text).All(c => char.IsUpper(c) || c is ',' or '.')
        && (token.Kind == TokenKind.Mark || token.Span.Length > 1);

    private static int WordsIn(string text, TextSpan span) =>
        Tokens.In(text, span).Count(t => t.Kind is TokenKind.Word or TokenKind.Number);
}

/// <summary>The words of one claim, in pieces without the cue in between.</summary>
internal sealed record ClaimPart(TextSpan Span, TextSpan[] Pieces, int? Quote);
