using FactCheck.Domain;
using FactCheck.Extraction.Insights;

namespace FactCheck.Training;

internal sealed record NamedDocument(string Text, IReadOnlyList<(TextSpan Span, EntityKind Kind)> Names);

/// <summary>An averaged structured perceptron for <see cref="NameTagger"/>, shuffled with a fixed seed.</summary>
internal static class NameTrainer
{
    private const int Epochs = 5;

    // What is learned hangs on the order of the sentences; the mean of several orders hangs on it less.
    private const int Orders = 6;
    private const int Seed = 1994;

    // Without the word itself, so that names never seen before are learned by what stands around them.
    private const double BlindShare = 0.3;

    // Every other tag than the right one is given so much: the right ones learn to win by it.
    private const float Lead = 4;

    /// <summary>Learns from lines <c>{"text", "entities":[{"span":[start,end], "type", "named"}]}</c>.</summary>
    public static void Train(IEnumerable<string> lines, Stream weights)
    {
        var documents = lines.Select(NameCorpus.Read).ToArray();
        Save(Learn(documents), weights);
    }

    private static float[] Learn(NamedDocument[] documents)
    {
        var read = documents.Select(d => (Features: new NameFeatures(d.Text), d.Names)).ToArray();
        var sentences = read.SelectMany(d =>
                d.Features.Sentences.Where(s => s.Candidate.Contains(true))
                    .Select(s => (d.Features, Sentence: s, Gold: NameCorpus.Tags(s, d.Names)))
            )
            .ToArray();
        var sum = new float[NameTagger.WeightCount];
        for (var order = 0; order < Orders; order++)
        {
            var learner = new Learner();
            var random = new Random(Seed + order);
            for (var epoch = 0; epoch < Epochs; epoch++)
            {
                random.Shuffle(sentences);
                foreach (var (features, sentence, gold) in sentences)
                    learner.Learn(features, sentence, gold, blind: random.NextDouble() < BlindShare);
            }

            var weights = learner.Average();
            for (var i = 0; i < sum.Length; i++)
                sum[i] += weights[i] / Orders;
        }

        return sum;
    }

    private static void Save(float[] weights, Stream file)
    {
        var step = weights.Max(Math.Abs) / 127;
        // The largest weights are few: cutting them keeps the small ones apart.
        step = Math.Min(step, weights.Where(w => w != 0).Select(Math.Abs).DefaultIfEmpty(127).Average() / 8);
        using var writer = new BinaryWriter(file, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(step);
        foreach (var weight in weights)
            writer.Write((sbyte)Math.Clamp(Math.Round(weight / step), -127, 127));
    }

    private sealed class Learner
    {
        private readonly float[] _weights = new float[NameTagger.WeightCount];
        private readonly double[] _sums = new double[NameTagger.WeightCount];
        private readonly NameTagger _tagger;
        private readonly List<int> _rows = new(64);
        private long _step;

        internal Learner() => _tagger = new(_weights);

        internal void Learn(NameFeatures features, NameSentence sentence, NameTag[] gold, bool blind)
        {
            _step++;
            var found = Found(features, sentence, gold, blind);
            if (found.AsSpan().SequenceEqual(gold))
                return;
            var (goldBefore, foundBefore) = (0, 0);
            for (var i = 0; i < gold.Length; i++)
            {
                var (right, wrong) = ((int)gold[i], (int)found[i]);
                if (sentence.Candidate[i])
                {
                    if (right != wrong)
                        LearnToken(features, sentence, i, right, wrong, blind);
                    if (right != wrong || goldBefore != foundBefore)
                    {
                        Update(Transition(goldBefore, right), 1);
                        Update(Transition(foundBefore, wrong), -1);
                    }
                }

                (goldBefore, foundBefore) = (right, wrong);
            }
        }

        // The mean of the weights over all steps, without keeping them: each change is also weighed by when it came.
        internal float[] Average() => [.. _weights.Select((w, i) => (float)(w - (_sums[i] / Math.Max(1, _step))))];

        private NameTag[] Found(NameFeatures features, NameSentence sentence, NameTag[] gold, bool blind)
        {
            var scores = new float[gold.Length * NameTagger.Tags];
            for (var at = 0; at < gold.Length; at++)
            {
                if (!sentence.Candidate[at])
                    continue;
                ReadRows(features, sentence, at, blind);
                _tagger.Score(_rows, scores.AsSpan(at * NameTagger.Tags, NameTagger.Tags));
                for (var t = 0; t < NameTagger.Tags; t++)
                    if (t != (int)gold[at])
                        scores[(at * NameTagger.Tags) + t] += Lead;
            }

            return _tagger.BestTags(sentence, scores);
        }

        private void ReadRows(NameFeatures features, NameSentence sentence, int at, bool blind)
        {
            _rows.Clear();
            if (blind)
                features.AddSurroundings(sentence, at, _rows);
            else
                features.Of(sentence, at, _rows);
        }

        private void LearnToken(NameFeatures features, NameSentence sentence, int at, int right, int wrong, bool blind)
        {
            ReadRows(features, sentence, at, blind);
            foreach (var row in _rows)
            {
                Update((row * NameTagger.Tags) + right, 1);
                Update((row * NameTagger.Tags) + wrong, -1);
            }
        }

        private void Update(int weight, int change)
        {
            _weights[weight] += change;
            _sums[weight] += (double)change * _step;
        }

        private static int Transition(int from, int to) =>
            (NameFeatures.Rows * NameTagger.Tags) + (from * NameTagger.Tags) + to;
    }
}
