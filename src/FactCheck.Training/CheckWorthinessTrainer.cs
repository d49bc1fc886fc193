using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FactCheck.Extraction.Claims;

namespace FactCheck.Training;

/// <summary>How the weights are learned; penalties are L2.</summary>
/// <param name="LeastSentences">A word that fewer sentences have is left out.</param>
/// <param name="PositiveWeight">What a check-worthy sentence counts against another.</param>
/// <param name="LeastWeight">Words with a smaller weight are left out of the file.</param>
internal sealed record TrainingOptions(
    int Epochs = 12,
    double Rate = 0.1,
    double WordPenalty = 1e-3,
    double FeaturePenalty = 1e-6,
    int LeastSentences = 3,
    double PositiveWeight = 2.5,
    double LeastWeight = 0.1
)
{
    /// <summary>As the shipped weights were made.</summary>
    public static TrainingOptions Default { get; } = new();
}

/// <summary>What was learned, as <see cref="CheckWorthinessModel"/> reads it.</summary>
internal sealed record CheckWorthinessWeights(
    string Source,
    double Bias,
    IReadOnlyDictionary<string, double> Features,
    IReadOnlyDictionary<string, double> Words
)
{
    /// <summary>The weights file of a model, the strongest words first.</summary>
    public string ToJson()
    {
        var json = new StringBuilder("{\n");
        json.Append("  \"source\": ")
            .Append(Quoted(Source))
            .Append(",\n  \"bias\": ")
            .Append(Number(Bias))
            .Append(",\n");
        Section(json, "features", Features).Append(",\n");
        return Section(json, "words", Words).Append("\n}\n").ToString();
    }

    private static StringBuilder Section(StringBuilder json, string name, IReadOnlyDictionary<string, double> weights)
    {
        var lines = weights
            .OrderByDescending(w => Math.Abs(w.Value))
            .ThenBy(w => w.Key, StringComparer.Ordinal)
            .Select(w => $"    {Quoted(w.Key)}: {Number(w.Value)}");
        return json.Append("  \"").Append(name).Append("\": {\n").AppendJoin(",\n", lines).Append("\n  }");
    }

    private static string Quoted(string text) =>
        '"' + JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString() + '"';

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>Learns the weights of <see cref="CheckWorthinessModel"/> by logistic regression with AdaGrad. The shuffle's
/// seed is fixed and the later half's weights are averaged: the same file gives the same weights.</summary>
internal static class CheckWorthinessTrainer
{
    private const int Seed = 20_240_607;

    /// <summary>Learns from labelled sentences; what they are is written into the file.</summary>
    public static CheckWorthinessWeights Train(
        IReadOnlyList<(string Text, bool Worthy)> sentences,
        string source,
        TrainingOptions options
    )
    {
        var space = new FeatureSpace(sentences, options);
        var learner = new Learner(space.Count, options);
        var order = Enumerable.Range(0, sentences.Count).ToArray();
        var random = new Random(Seed);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (var i in order)
                learner.Learn(space.Examples[i], space.NamedCount);
            if (epoch >= options.Epochs / 2)
                learner.Remember();
        }

        return space.ToWeights(learner.Average(), source, options.LeastWeight);
    }

    /// <summary>Index of each feature and its value. Named features come first, then the bias, then words.</summary>
    private sealed record Example(int[] Features, double[] Values, bool Worthy);

    private sealed class FeatureSpace
    {
        private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);

        internal FeatureSpace(IReadOnlyList<(string Text, bool Worthy)> sentences, TrainingOptions options)
        {
            var read = sentences.Select(s => SentenceFeatures.Of(s.Text, new(0, s.Text.Length))).ToArray();
            foreach (var word in read.SelectMany(f => f.Words).GroupBy(w => w.Name, StringComparer.Ordinal))
                if (word.Count() >= options.LeastSentences)
                    _words.Add(word.Key, NamedCount + _words.Count);
            Examples = [.. read.Select((f, i) => ExampleOf(f, sentences[i].Worthy))];
        }

        internal Example[] Examples { get; }

        internal int NamedCount { get; } = SentenceFeatures.Names.Count + 1;

        internal int Count => NamedCount + _words.Count;

        internal CheckWorthinessWeights ToWeights(double[] weights, string source, double leastWeight)
        {
            var features = SentenceFeatures
                .Names.Select((name, i) => KeyValuePair.Create(name, Round(weights[i])))
                .ToDictionary(StringComparer.Ordinal);
            var words = _words
                .Select(w => KeyValuePair.Create(w.Key, Round(weights[w.Value])))
                .Where(w => Math.Abs(w.Value) >= leastWeight)
                .ToDictionary(StringComparer.Ordinal);
            return new(source, Round(weights[NamedCount - 1]), features, words);
        }

        private static double Round(double weight) => Math.Round(weight, 3);

        private Example ExampleOf(SentenceFeatures features, bool worthy)
        {
            var indexes = new List<int> { NamedCount - 1 };
            var values = new List<double> { 1 };
            foreach (var feature in features.Named)
            {
                indexes.Add(IndexOf(feature.Name));
                values.Add(feature.Value);
            }

            foreach (var word in features.Words)
            {
                if (!_words.TryGetValue(word.Name, out var index))
                    continue;
                indexes.Add(index);
                values.Add(CheckWorthinessModel.WordScale(features.Words.Count));
            }

            return new([.. indexes], [.. values], worthy);
        }

        private static int IndexOf(string name)
        {
            for (var i = 0; i < SentenceFeatures.Names.Count; i++)
                if (SentenceFeatures.Names[i].Equals(name, StringComparison.Ordinal))
                    return i;
            throw new ArgumentException(
                $"\"{name}\" is missing from {nameof(SentenceFeatures)}.{nameof(SentenceFeatures.Names)}.",
                nameof(name)
            );
        }
    }

    private sealed class Learner(int count, TrainingOptions options)
    {
        private readonly double[] _weights = new double[count];
        private readonly double[] _squares = new double[count];
        private readonly double[] _sum = new double[count];
        private int _remembered;

        internal void Learn(Example example, int named)
        {
            var sum = 0.0;
            for (var i = 0; i < example.Features.Length; i++)
                sum += _weights[example.Features[i]] * example.Values[i];
            var error = CheckWorthinessModel.Squash(sum) - (example.Worthy ? 1 : 0);
            if (example.Worthy)
                error *= options.PositiveWeight;
            for (var i = 0; i < example.Features.Length; i++)
            {
                var feature = example.Features[i];
                var penalty = feature < named ? options.FeaturePenalty : options.WordPenalty;
                var gradient = (error * example.Values[i]) + (penalty * _weights[feature]);
                _squares[feature] += gradient * gradient;
                _weights[feature] -= options.Rate * gradient / Math.Sqrt(_squares[feature] + 1e-8);
            }
        }

        internal void Remember()
        {
            for (var i = 0; i < _weights.Length; i++)
                _sum[i] += _weights[i];
            _remembered++;
        }

        internal double[] Average() => [.. _sum.Select(s => s / Math.Max(1, _remembered))];
    }
}
