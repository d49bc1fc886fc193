using System.Collections.Frozen;
using System.Text.Json;

namespace FactCheck.Extraction.Claims;

/// <summary>A weights file that can't be used; the message says what is wrong with it and where.</summary>
public sealed class InvalidWeightsException(string message) : Exception(message);

/// <summary>How much a sentence deserves a check: a linear model over <see cref="SentenceFeatures"/>. Its weights are
/// one JSON file that a desk can edit: <c>{"source": "…", "bias": n, "features": {named feature: weight}, "words":
/// {word or pair of words: weight}}</c>.</summary>
public sealed class CheckWorthinessModel
{
    private const int MostReasons = 8;
    private const double LeastReason = 0.05;
    private const double LargestWeight = 100;
    private static readonly Lazy<CheckWorthinessModel> Shipped = new(() =>
        Parse(DataFiles.Text("check-worthiness.json"))
    );

    private readonly FrozenDictionary<string, double> _features;
    private readonly FrozenDictionary<string, double> _words;

    private CheckWorthinessModel(
        double bias,
        IReadOnlyDictionary<string, double> features,
        IReadOnlyDictionary<string, double> words
    )
    {
        Bias = bias;
        _features = features.ToFrozenDictionary(StringComparer.Ordinal);
        _words = words.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The weights that ship with the assembly.</summary>
    public static CheckWorthinessModel Default => Shipped.Value;

    /// <summary>What every sentence starts with.</summary>
    public double Bias { get; }

    /// <summary>Reads a weights file.</summary>
    /// <exception cref="InvalidWeightsException">It is no JSON of that shape, names an unknown feature, or a weight
    /// is no finite number of at most ±100.</exception>
    public static CheckWorthinessModel Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(
                json,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            return OfJson(document.RootElement);
        }
        catch (JsonException broken)
        {
            throw new InvalidWeightsException($"The weights file is no JSON: {broken.Message}");
        }
    }

    /// <summary>The score of one sentence, 0..1, with the strongest reasons first.</summary>
    public CheckWorthiness Score(string sentence) =>
        Score(SentenceFeatures.Of(sentence, new(0, sentence.Length)), sentence);

    /// <summary>The same for features whose spans count in <paramref name="text"/>.</summary>
    public CheckWorthiness Score(SentenceFeatures features, string text)
    {
        var sum = Bias;
        var reasons = new List<Reason>(features.Named.Count + 8);
        foreach (var feature in features.Named)
            Add(feature.Name, feature, WeightOf(_features, feature));
        var scale = WordScale(features.Words.Count);
        foreach (var feature in features.Words)
            Add("words", feature, WeightOf(_words, feature) * scale);
        reasons.Sort((a, b) => a.CompareTo(b, text));
        var strongest = new CheckWorthinessReason[Math.Min(MostReasons, reasons.Count)];
        for (var i = 0; i < strongest.Length; i++)
            strongest[i] = new(reasons[i].Feature, reasons[i].Weight, reasons[i].Because?.In(text));
        return new(Squash(sum), strongest);

        void Add(string name, SentenceFeature feature, double weight)
        {
            sum += weight;
            if (Math.Abs(weight) >= LeastReason)
                reasons.Add(new(name, Math.Round(weight, 3), feature.Because));
        }
    }

    internal double ScoreAlone(SentenceFeatures features)
    {
        var sum = Bias;
        foreach (var feature in features.Named)
            sum += WeightOf(_features, feature);
        var scale = WordScale(features.Words.Count);
        foreach (var feature in features.Words)
            sum += WeightOf(_words, feature) * scale;
        return Squash(sum);
    }

    // Long sentences have more words; this keeps the words of a sentence together at one length.
    internal static double WordScale(int words) => words == 0 ? 0 : 1 / Math.Sqrt(words);

    internal static double Squash(double sum) => 1 / (1 + Math.Exp(-sum));

    private static double WeightOf(FrozenDictionary<string, double> weights, SentenceFeature feature) =>
        weights.TryGetValue(feature.Name, out var weight) ? weight * feature.Value : 0;

    // A reason before its words are cut out of the text: only the strongest are.
    private readonly record struct Reason(string Feature, double Weight, TextSpan? Because)
    {
        internal int CompareTo(Reason other, string text)
        {
            var strength = Math.Abs(other.Weight).CompareTo(Math.Abs(Weight));
            return strength != 0
                ? strength
                : string.CompareOrdinal(Feature + Because?.In(text), other.Feature + other.Because?.In(text));
        }
    }

    private static CheckWorthinessModel OfJson(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new InvalidWeightsException("The weights file is no JSON object.");
        var features = Weights(root, "features");
        if (
            features.Keys.FirstOrDefault(name => !SentenceFeatures.Names.Contains(name, StringComparer.Ordinal)) is
            { } unknown
        )
            throw new InvalidWeightsException(
                $"The weights file names the feature \"{unknown}\", which does not exist. "
                    + $"There are: {string.Join(", ", SentenceFeatures.Names)}."
            );
        var bias = root.TryGetProperty("bias", out var b)
            ? Weight("bias", b)
            : throw new InvalidWeightsException("The weights file has no \"bias\".");
        return new(bias, features, Weights(root, "words"));
    }

    private static Dictionary<string, double> Weights(JsonElement root, string section)
    {
        if (!root.TryGetProperty(section, out var weights) || weights.ValueKind != JsonValueKind.Object)
            throw new InvalidWeightsException($"The weights file has no object \"{section}\".");
        var found = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var weight in weights.EnumerateObject())
            if (!found.TryAdd(weight.Name, Weight(weight.Name, weight.Value)))
                throw new InvalidWeightsException($"The weights file gives \"{weight.Name}\" twice.");
        return found;
    }

    private static double Weight(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var weight)
        && Math.Abs(weight) <= LargestWeight
            ? weight
            : throw new InvalidWeightsException(
                $"The weight of \"{name}\" is no number between -{LargestWeight} and {LargestWeight}."
            );
}
