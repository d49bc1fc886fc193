namespace FactCheck.Extraction.Insights;

/// <summary>What a token is in a name; a name begins with a B and goes on with I of the same kind.</summary>
internal enum NameTag : byte
{
    O,
    BPerson,
    IPerson,
    BOrganization,
    IOrganization,
    BLocation,
    ILocation,
    BOther,
    IOther,
}

/// <summary>A name, and how far its tags lie before the next best ones, in the model's own units.</summary>
internal readonly record struct TaggedName(TextSpan Span, EntityKind Kind, double Margin);

/// <summary>Names of persons, organisations and places: a structured perceptron (Collins 2002) over
/// <see cref="NameFeatures"/> that finds each sentence's best tags. Its weights are one byte each.</summary>
internal sealed class NameTagger
{
    internal const int Tags = 9;
    private const string File = "entities/names.bin";
    private static readonly Lazy<NameTagger> Shipped = new(Load);

    // Takes from "no name": a missed name costs a reader more than one too many.
    private const float Eagerness = 8;

    private readonly float[] _weights;

    /// <summary>Weights: <see cref="NameFeatures.Rows"/> rows of <see cref="Tags"/>, then of tag after tag.</summary>
    internal NameTagger(float[] weights) => _weights = weights;

    internal static int WeightCount => (NameFeatures.Rows * Tags) + (Tags * Tags);

    internal static NameTagger Default => Shipped.Value;

    internal List<TaggedName> In(NameFeatures features)
    {
        var names = new List<TaggedName>();
        foreach (var sentence in features.Sentences)
        {
            if (!Array.Exists(sentence.Candidate, c => c))
                continue;
            var scores = new float[sentence.Words.Length * Tags];
            AddNames(sentence, Tag(features, sentence, scores), scores, names);
        }

        return NameConsistency.Apply(features.Text, features.Sentences, names);
    }

    // The best tags of a sentence; fills in what each tag scores at each token by itself.
    private NameTag[] Tag(NameFeatures features, NameSentence sentence, float[] scores)
    {
        var rows = new List<int>(64);
        for (var at = 0; at < sentence.Words.Length; at++)
        {
            if (!sentence.Candidate[at])
                continue;
            features.Of(sentence, at, rows);
            Score(rows, scores.AsSpan(at * Tags, Tags));
            scores[(at * Tags) + (int)NameTag.O] -= Eagerness;
        }

        return BestTags(sentence, scores);
    }

    // The tags that score best together, given each tag's own score at each token; what is no candidate is O.
    internal NameTag[] BestTags(NameSentence sentence, float[] scores)
    {
        var tags = new NameTag[sentence.Words.Length];
        for (var start = 0; start < tags.Length; start++)
        {
            if (!sentence.Candidate[start])
                continue;
            var end = start;
            while (end < tags.Length && sentence.Candidate[end])
                end++;
            BestPath(scores, tags, start, end);
            start = end;
        }

        return tags;
    }

    internal static bool MayFollow(int tag, int previous) =>
        tag == 0 || tag % 2 == 1 || previous == tag || previous == tag - 1;

    internal static EntityKind KindOf(NameTag tag) =>
        tag switch
        {
            NameTag.BPerson or NameTag.IPerson => EntityKind.Person,
            NameTag.BOrganization or NameTag.IOrganization => EntityKind.Organization,
            NameTag.BLocation or NameTag.ILocation => EntityKind.Location,
            _ => EntityKind.Other,
        };

    internal void Score(List<int> rows, Span<float> scores)
    {
        // In registers, and without a look at bounds for each: this is where the time goes.
        float o = 0,
            bp = 0,
            ip = 0,
            bo = 0,
            io = 0,
            bl = 0,
            il = 0,
            bx = 0,
            ix = 0;
        foreach (var row in rows)
        {
            var w = _weights.AsSpan(row * Tags, Tags);
            ix += w[8];
            o += w[0];
            bp += w[1];
            ip += w[2];
            bo += w[3];
            io += w[4];
            bl += w[5];
            il += w[6];
            bx += w[7];
        }

        (scores[8], scores[0], scores[1], scores[2], scores[3], scores[4], scores[5], scores[6], scores[7]) = (
            ix,
            o,
            bp,
            ip,
            bo,
            io,
            bl,
            il,
            bx
        );
    }

    // Viterbi over one run of candidates; what lies around it is O.
    private void BestPath(float[] scores, NameTag[] tags, int start, int end)
    {
        var best = new float[Tags];
        var from = new byte[(end - start) * Tags];
        for (var t = 0; t < Tags; t++)
            best[t] = MayFollow(t, 0) ? scores[(start * Tags) + t] + Transition(0, t) : float.NegativeInfinity;
        for (var i = start + 1; i < end; i++)
        {
            var next = new float[Tags];
            for (var t = 0; t < Tags; t++)
            {
                next[t] = float.NegativeInfinity;
                for (var p = 0; p < Tags; p++)
                {
                    if (!MayFollow(t, p) || best[p] + Transition(p, t) <= next[t])
                        continue;
                    next[t] = best[p] + Transition(p, t);
                    from[((i - start) * Tags) + t] = (byte)p;
                }

                next[t] += scores[(i * Tags) + t];
            }

            best = next;
        }

        var last = Array.IndexOf(best, best.Max());
        for (var i = end - 1; i >= start; i--)
        {
            tags[i] = (NameTag)last;
            last = from[((i - start) * Tags) + last];
        }
    }

    private float Transition(int from, int to) => _weights[(NameFeatures.Rows * Tags) + (from * Tags) + to];

    private static void AddNames(NameSentence sentence, NameTag[] tags, float[] scores, List<TaggedName> names)
    {
        for (var i = 0; i < tags.Length; i++)
        {
            if ((int)tags[i] % 2 == 0)
                continue;
            var end = i + 1;
            while (end < tags.Length && tags[end] == tags[i] + 1)
                end++;
            var margin = Enumerable.Range(i, end - i).Average(at => Margin(scores, at, (int)tags[at]));
            var last =
                end < tags.Length && sentence.Words[end].Lower is "." && IsShortened(sentence.Words[end - 1].Lower)
                    ? end
                    : end - 1;
            names.Add(
                new(
                    TextSpan.FromBounds(sentence.Words[i].Span.Start, sentence.Words[last].Span.End),
                    KindOf(tags[i]),
                    margin
                )
            );
        }
    }

    // The full stop of "Ltd." belongs to the name.
    private static bool IsShortened(string word) => word is "jr" or "sr" or "ltd" or "inc" or "co" or "corp" or "bros";

    private static double Margin(float[] scores, int at, int tag)
    {
        var other = float.NegativeInfinity;
        for (var t = 0; t < Tags; t++)
            if (t != tag)
                other = Math.Max(other, scores[(at * Tags) + t]);
        return scores[(at * Tags) + tag] - other;
    }

    // The file: one float, the value of a step; then one signed byte a weight.
    private static NameTagger Load()
    {
        using var reader = new BinaryReader(DataFiles.Open(File));
        var step = reader.ReadSingle();
        var bytes = reader.ReadBytes(WeightCount);
        if (bytes.Length != WeightCount)
            throw new InvalidDataException($"The data file '{File}' has {bytes.Length} weights, not {WeightCount}.");
        return new([.. bytes.Select(b => step * (sbyte)b)]);
    }
}
