namespace FactCheck.Extraction.Languages;

/// <summary>What language a text is in.</summary>
/// <param name="Language">ISO 639-1 code, or null when unknown.</param>
/// <param name="Confidence">0..1: the model's probability of its best guess.</param>
public readonly record struct LanguageGuess(string? Language, double Confidence);

/// <summary>Tells twelve languages apart by the letters that follow each other (one to four) and by whole words: a
/// multinomial logistic regression whose weights are one byte each. A thirteenth class has learned what some forty
/// other languages look like; anything that falls there, or between two languages, is unknown.</summary>
public sealed class LanguageModel
{
    internal const int Rows = 1 << 16;
    private const string File = "language/ngrams.bin";
    private const double LeastConfidence = 0.5;
    private const int LeastLetters = 8;
    private const int MostCharacters = 4000;
    private static readonly Lazy<LanguageModel> Shipped = new(Load);

    private readonly float[] _weights;

    internal LanguageModel(float[] weights) => _weights = weights;

    internal static int Classes => Languages.Count + 1;

    /// <summary>ISO 639-1 codes of the languages that are told apart.</summary>
    public static IReadOnlyList<string> Languages { get; } =
    ["de", "en", "es", "fr", "hr", "it", "nl", "pl", "pt", "ru", "sr", "tr"];

    /// <summary>The weights that ship with the assembly.</summary>
    public static LanguageModel Default => Shipped.Value;

    /// <summary>The language; Serbian in either script; unknown for too few letters or another script.</summary>
    public LanguageGuess Guess(string text)
    {
        var start = text.Length > MostCharacters ? text[..MostCharacters] : text;
        var letters = start.Count(char.IsLetter);
        if (letters < LeastLetters || start.Count(IsKnownScript) * 2 < letters)
            return new(null, 0);
        var shares = Probabilities(Features(start));
        var best = Array.IndexOf(shares, shares.Max());
        var confidence = Math.Round(shares[best], 4);
        return new(
            best < Languages.Count && confidence >= LeastConfidence && Alphabets.Fit(Languages[best], start)
                ? SerbianOrCroatian.Told(Languages[best], start)
                : null,
            confidence
        );
    }

    internal static int[] Features(string text)
    {
        var rows = new List<int>(text.Length * 5);
        var word = new System.Text.StringBuilder(" ");
        foreach (var c in text.Append(' '))
        {
            if (char.IsLetter(c) || (c == '\'' && word.Length > 1))
                word.Append(char.ToLowerInvariant(c));
            else if (word.Length > 1)
            {
                AddWord(rows, word.Append(' ').ToString());
                word.Clear().Append(' ');
            }
        }

        return [.. rows];
    }

    internal float[] Probabilities(int[] rows)
    {
        var sums = new float[Classes];
        foreach (var row in rows)
        {
            for (var l = 0; l < sums.Length; l++)
                sums[l] += _weights[(row * sums.Length) + l];
        }

        // A long text repeats itself: its evidence grows with the root of its length.
        var scale = Scale(rows.Length);
        var largest = sums.Max();
        for (var l = 0; l < sums.Length; l++)
            sums[l] = MathF.Exp((sums[l] - largest) * scale);
        var total = sums.Sum();
        return [.. sums.Select(s => s / total)];
    }

    internal static float Scale(int features) => 1 / MathF.Sqrt(Math.Max(1, features));

    private static bool IsKnownScript(char c) => char.IsLetter(c) && c is < '\u0250' or (>= '\u0400' and < '\u0530');

    private static void AddWord(List<int> rows, string word)
    {
        rows.Add(Row(word, 0, word.Length, 5));
        for (var length = 1; length <= 4; length++)
        for (var at = 0; at + length <= word.Length; at++)
            rows.Add(Row(word, at, length, length));
    }

    private static int Row(string word, int start, int length, int kind)
    {
        var hash = (2166136261u ^ (uint)kind) * 16777619u;
        for (var i = start; i < start + length; i++)
            hash = (hash ^ word[i]) * 16777619u;
        return (int)((hash ^ (hash >> 15)) & (Rows - 1));
    }

    // The file: one float, the value of a step; then one signed byte a weight.
    private static LanguageModel Load()
    {
        using var reader = new BinaryReader(DataFiles.Open(File));
        var step = reader.ReadSingle();
        var bytes = reader.ReadBytes(Rows * Classes);
        if (bytes.Length != Rows * Classes)
            throw new InvalidDataException($"The data file '{File}' has {bytes.Length} weights, not {Rows * Classes}.");
        return new([.. bytes.Select(b => step * (sbyte)b)]);
    }
}
