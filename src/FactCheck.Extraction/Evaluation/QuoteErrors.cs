using FactCheck.Extraction.Quotes;

namespace FactCheck.Extraction.Evaluation;

/// <summary>Counts what goes wrong in quote extraction by cause, with examples: quotes missed (by their cue and
/// content), spans off (at which end), wrong speakers, and predictions that no gold quote touches.</summary>
public sealed class QuoteErrors
{
    private readonly Dictionary<string, List<string>> _examples = new(StringComparer.Ordinal);

    /// <summary>Takes one document in.</summary>
    public void Add(QuoteDocument document, IReadOnlyList<ScoredQuote> predicted)
    {
        var gold = document.Quotes.Where(q => q.Content.Count > 0).ToList();
        var causes = new Causes(new(document.Text));
        var openGold = Enumerable.Range(0, gold.Count).ToHashSet();
        var openPredicted = Enumerable.Range(0, predicted.Count).ToHashSet();
        foreach (var (jaccard, g, p) in QuotePairs.Of(document.Text, gold, predicted))
        {
            openGold.Remove(g);
            openPredicted.Remove(p);
            if (jaccard < QuoteScorer.MatchAt)
                Note(
                    $"span off, {gold[g].Type}: {causes.OfSpan(gold[g], predicted[p])}",
                    document,
                    gold[g],
                    predicted[p]
                );
            else if (causes.OfSpeaker(gold[g], predicted[p]) is { } cause)
                Note($"speaker wrong: {cause}", document, gold[g], predicted[p]);
        }

        foreach (var g in openGold)
            Note($"missed {gold[g].Type}: {causes.OfQuote(gold[g])}", document, gold[g], null);
        foreach (var p in openPredicted)
            Note($"not in gold, {predicted[p].Type}: {causes.OfQuote(predicted[p])}", document, null, predicted[p]);
    }

    /// <summary>How often each cause was met, in the order of their names.</summary>
    public IEnumerable<KeyValuePair<string, int>> Counts =>
        _examples.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => KeyValuePair.Create(e.Key, e.Value.Count));

    /// <summary>Each cause with its count, grouped, the commonest first; below it at most so many examples.</summary>
    public IEnumerable<string> Lines(int examples)
    {
        foreach (
            var group in _examples
                .GroupBy(e => e.Key[..e.Key.IndexOf(':', StringComparison.Ordinal)], StringComparer.Ordinal)
                .OrderByDescending(g => g.Sum(e => e.Value.Count))
        )
        {
            yield return $"{group.Key}: {group.Sum(e => e.Value.Count)}";
            foreach (
                var (cause, found) in group
                    .OrderByDescending(e => e.Value.Count)
                    .ThenBy(e => e.Key, StringComparer.Ordinal)
            )
            {
                yield return $"  {found.Count, 4}  {cause[(group.Key.Length + 2)..]}";
                // Spread over the documents, so that one article does not stand for all.
                var step = Math.Max(1, found.Count / Math.Max(1, examples));
                for (var i = 0; i < found.Count && i / step < examples; i += step)
                    yield return $"          {found[i]}";
            }
        }
    }

    private void Note(string cause, QuoteDocument document, ScoredQuote? gold, ScoredQuote? predicted)
    {
        if (!_examples.TryGetValue(cause, out var found))
            _examples[cause] = found = [];
        found.Add(
            string.Join(
                "  ≠  ",
                new[] { gold, predicted }.OfType<ScoredQuote>().Select(q => Describe(document.Text, q))
            )
        );
    }

    private static string Describe(string text, ScoredQuote quote) =>
        $"[{Join(text, quote.Speakers)}] <{Join(text, quote.Cues)}> {Join(text, quote.Content)}".ReplaceLineEndings(
            " "
        );

    private static string Join(string text, IReadOnlyList<TextSpan> spans) =>
        string.Join(" … ", spans.Select(s => s.In(text)));

    private sealed class Causes(AnnotatedText annotated)
    {
        private readonly VerbTest _verbs = new(annotated);

        public string OfSpan(ScoredQuote gold, ScoredQuote predicted)
        {
            var (g, p) = (
                QuotePairs.Letters(annotated.Text, gold.Content),
                QuotePairs.Letters(annotated.Text, predicted.Content)
            );
            var start = p.Min().CompareTo(g.Min()) switch
            {
                < 0 => "starts early",
                > 0 => "starts late",
                _ => "start right",
            };
            var end = p.Max().CompareTo(g.Max()) switch
            {
                < 0 => "ends early",
                > 0 => "ends late",
                _ => "end right",
            };
            return QuotePairs.SharesLetter(annotated.Text, gold.Cues, predicted.Cues)
                ? $"same cue, {start}, {end}"
                : $"other cue, {start}, {end}";
        }

        public string? OfSpeaker(ScoredQuote gold, ScoredQuote predicted)
        {
            if (gold.Speakers.Count == 0)
                return predicted.Speakers.Count == 0 ? null : "gold names nobody";
            if (QuotePairs.SharesLetter(annotated.Text, gold.Speakers, predicted.Speakers))
                return null;
            if (predicted.Speakers.Count == 0)
                return "nobody found";
            if (!QuotePairs.SharesLetter(annotated.Text, gold.Cues, predicted.Cues))
                return "other cue";
            return SentenceOf(gold.Speakers[0].Start) != SentenceOf(predicted.Content[0].Start)
                ? "gold speaker in another sentence"
                : "other phrase of the sentence";
        }

        public string OfQuote(ScoredQuote quote)
        {
            if (quote.Cues.Count == 0)
                return "no cue";
            var words = quote.Cues.SelectMany(WordsOf).ToList();
            if (words.TrueForAll(w => annotated[w].Kind == TokenKind.Mark))
                return "a mark as cue";
            var side = quote.Content[0].Start < quote.Cues[0].Start ? "before it" : "after it";
            return $"{CueOf(words)}, {ContentOf(quote.Content[0])} {side}";
        }

        private string CueOf(List<int> words)
        {
            var verb = words.FindLastIndex(w => annotated[w].Verb is not null);
            if (verb < 0)
                return words.Exists(w => CueLexicon.Noun(annotated.At(w)) is not null)
                    ? "noun cue"
                    : "cue not in the lexicon";
            var at = words[verb];
            if (
                annotated[at].Verb!.Form.HasFlag(VerbForm.Participle)
                && Enumerable.Range(Math.Max(0, at - 3), Math.Min(3, at)).Any(w => annotated.Is(w, WordClass.Be))
            )
                return "passive";
            if (annotated[at].Verb!.Form == VerbForm.Ing)
                return "verb in -ing";
            return annotated.Is(at - 1, "to") ? "infinitive" : "known verb";
        }

        private string ContentOf(TextSpan content)
        {
            var (first, end) = (annotated.WordFrom(content.Start), annotated.WordFrom(content.End));
            if (annotated.Is(first, "that"))
                return "that-clause";
            if (annotated.Is(first, "to"))
                return "infinitive";
            if (annotated.IsQuoteMark(first))
                return "quotation";
            if (annotated.Is(first, WordClass.Question))
                return "question";
            return _verbs.HasVerb(first, Math.Min(end, first + 12)) ? "clause" : "phrase";
        }

        private IEnumerable<int> WordsOf(TextSpan span)
        {
            for (
                var at = annotated.WordFrom(span.Start);
                at < annotated.Count && annotated[at].Span.Start < span.End;
                at++
            )
                yield return at;
        }

        private int SentenceOf(int offset) => annotated.Sentences.FindLastIndex(s => s.Span.Start <= offset);
    }
}
