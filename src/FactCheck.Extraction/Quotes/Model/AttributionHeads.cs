namespace FactCheck.Extraction.Quotes.Model;

/// <summary>What the model finds of one cue.</summary>
/// <param name="Source">The words of who says it; null where none stand near.</param>
/// <param name="CueChance">That the word is a cue, 0..1.</param>
/// <param name="Held">Mean chance of the content's words to be content, 0..1.</param>
/// <param name="Edge">Least chance of a first word of content to be one, 0..1.</param>
/// <param name="SourceChance">Mean chance of the source's words to be source, 0..1; 0 without one.</param>
internal sealed record ModelAttribution(
    TextSpan Cue,
    IReadOnlyList<TextSpan> Content,
    TextSpan? Source,
    double CueChance,
    double Held,
    double Edge,
    double SourceChance
);

/// <summary>Reads the scores of one window: which words are cues, and which words each cue gives to whom.
/// <c>attribution/predict.py</c> of the training does the same.</summary>
internal sealed class AttributionHeads
{
    private const int TagScores = 9;
    private const int Parts = 5;
    private const int ContentBegins = 1;
    private const int SourceBegins = 3;
    private const int Reach = 64;

    // Of a cue, to be looked at.
    private const double Least = 0.1;

    // Each costs a look at the whole window; prose has eight or so.
    private const int MostSeen = 24;

    // In a word of a cue behind its first.
    private const double GoesOn = 0.5;
    private const int Digits = 4;

    // What is said ends where a mark or a sentence does, much rather than between two words.
    private const double EndsMidPhrase = 3;
    private readonly List<ModelWord> _words;
    private readonly double[][] _cueTags;
    private readonly bool[] _mayEnd;

    /// <param name="text">What the words stand in.</param>
    /// <param name="at">Index of the first piece of each word.</param>
    /// <param name="tags">Nine scores a piece, of which the first three are out of, begin of, inside of a cue.</param>
    public AttributionHeads(string text, List<ModelWord> words, int[] at, ReadOnlySpan<float> tags)
    {
        _words = words;
        _mayEnd = [.. words.Select(word => MayEnd(text, word.Span))];
        _cueTags = new double[at.Length][];
        for (var i = 0; i < at.Length; i++)
            _cueTags[i] = Chances(tags.Slice(at[i] * TagScores, 3));
    }

    /// <summary>The number that the model knows a distance by.</summary>
    public static int DistanceOf(int cue, int word) => Math.Clamp(word - cue, -Reach, Reach) + Reach;

    /// <summary>Words that begin where others saw a cue, and the likeliest of those that may be one.</summary>
    public IEnumerable<int> Cues(IReadOnlySet<int> named)
    {
        var all = Enumerable.Range(0, _words.Count).ToLookup(i => named.Contains(_words[i].Span.Start));
        var seen = all[false]
            .Where(i => _cueTags[i][1] >= Least && _cueTags[i][1] >= _cueTags[i][2])
            .OrderByDescending(i => _cueTags[i][1])
            .Take(MostSeen);
        return all[true].Concat(seen).Order();
    }

    /// <param name="parts">Scores of cues times words times parts.</param>
    public IEnumerable<ModelAttribution> Read(int[] cues, float[] parts)
    {
        var size = _words.Count * Parts;
        for (var i = 0; i < cues.Length; i++)
        {
            if (ReadCue(cues[i], parts.AsSpan(i * size, size)) is { } found)
                yield return found;
        }
    }

    private ModelAttribution? ReadCue(int cue, ReadOnlySpan<float> parts)
    {
        var chances = new double[_words.Count][];
        for (var i = 0; i < chances.Length; i++)
            chances[i] = Chances(parts.Slice(i * Parts, Parts));
        var path = BestPath(chances);
        var content = Runs(path, ContentBegins).ToList();
        if (content.Count == 0)
            return null;
        var end = cue + 1;
        while (end < _cueTags.Length && _cueTags[end][2] > GoesOn)
            end++;
        var source = Runs(path, SourceBegins)
            .Select(run => (Run: run, Chance: Math.Round(Mean(chances, [run], SourceBegins), Digits)))
            .DefaultIfEmpty()
            .MaxBy(s => s.Chance);
        return new(
            Span((cue, end)),
            [.. content.Select(Span)],
            source.Run.End > 0 ? Span(source.Run) : null,
            Math.Round(_cueTags[cue][1], Digits),
            Math.Round(Mean(chances, content, ContentBegins), Digits),
            Math.Round(content.Min(run => chances[run.First][ContentBegins]), Digits),
            source.Chance
        );
    }

    private TextSpan Span((int First, int End) run) =>
        TextSpan.FromBounds(_words[run.First].Span.Start, _words[run.End - 1].Span.End);

    private static double Mean(double[][] chances, List<(int First, int End)> runs, int begins)
    {
        var (sum, count) = (0.0, 0);
        foreach (var (first, end) in runs)
        {
            for (var at = first; at < end; at++, count++)
                sum += chances[at][begins] + chances[at][begins + 1];
        }

        return sum / count;
    }

    private static double[] Chances(ReadOnlySpan<float> scores)
    {
        var most = scores[0];
        foreach (var score in scores)
            most = Math.Max(most, score);
        var chances = new double[scores.Length];
        var sum = 0.0;
        for (var i = 0; i < chances.Length; i++)
            sum += chances[i] = Math.Exp(scores[i] - most);
        for (var i = 0; i < chances.Length; i++)
            chances[i] /= sum;
        return chances;
    }

    // The likeliest sequence in which content and source go on only where they began.
    private int[] BestPath(double[][] chances)
    {
        var best = new double[Parts];
        var back = new int[chances.Length, Parts];
        for (var at = 0; at < chances.Length; at++)
        {
            var next = new double[Parts];
            for (var part = 0; part < Parts; part++)
            {
                var (before, score) = at == 0 ? (0, Follows(0, part)) : BestBefore(best, part, IsMidPhrase(at));
                back[at, part] = before;
                next[part] = score + Math.Log(Math.Max(chances[at][part], double.Epsilon));
            }

            best = next;
        }

        var path = new int[chances.Length];
        path[^1] = Array.IndexOf(best, best.Max());
        for (var at = path.Length - 1; at > 0; at--)
            path[at - 1] = back[at, path[at]];
        return path;
    }

    private static (int Before, double Score) BestBefore(double[] best, int part, bool isMidPhrase)
    {
        var (found, most) = (0, double.NegativeInfinity);
        for (var before = 0; before < Parts; before++)
        {
            var score = best[before] + Follows(before, part);
            if (isMidPhrase && part == 0 && before is (ContentBegins or ContentBegins + 1))
                score -= EndsMidPhrase;
            if (score > most)
                (found, most) = (before, score);
        }

        return (found, most);
    }

    // 0 where the one may stand behind the other, else as little as can be.
    private static double Follows(int before, int next) =>
        next is not (ContentBegins + 1 or SourceBegins + 1) || before == next || before == next - 1
            ? 0
            : double.NegativeInfinity;

    private bool IsMidPhrase(int at) => !_mayEnd[at] && !_mayEnd[at - 1];

    // A mark with a letter right behind it opens something, or stands inside a word ("$18", "mid-March"), and
    // the stop of "Mr." ends nothing.
    private static bool MayEnd(string text, TextSpan word)
    {
        var mark = text[word.Start];
        if (char.IsLetterOrDigit(mark))
            return false;
        if (mark is not ('(' or '–' or '—') && word.End < text.Length && char.IsLetterOrDigit(text[word.End]))
            return false;
        if (mark != '.')
            return true;
        var start = word.Start;
        while (start > 0 && char.IsLetter(text[start - 1]))
            start--;
        return !Sentences.IsShortened(text.AsSpan(start, word.Start - start));
    }

    private static IEnumerable<(int First, int End)> Runs(int[] path, int begins)
    {
        for (var at = 0; at < path.Length; )
        {
            var end = at + 1;
            if (path[at] == begins)
            {
                while (end < path.Length && path[end] == begins + 1)
                    end++;
                yield return (at, end);
            }

            at = end;
        }
    }
}
