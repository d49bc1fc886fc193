using System.Text;
using FactCheck.Extraction.Languages;

namespace FactCheck.Training;

/// <summary>Logistic regression with AdaGrad for <see cref="LanguageModel"/>, shuffled with a fixed seed.</summary>
internal static class LanguageTrainer
{
    private const int Epochs = 8;
    private const int Seed = 639;

    // There are few sentences of each of the other languages.
    private const int OtherWeight = 2;
    private const float Rate = 0.5f;

    /// <summary>Learns from sentences and their ISO 639-1 codes; all that <see cref="LanguageModel.Languages"/> lacks
    /// are one class. So are Latin Serbian and Croatian: <see cref="SerbianOrCroatian"/> tells them apart.</summary>
    public static void Train(IEnumerable<(string Text, string Language)> sentences, Stream file)
    {
        var codes = LanguageModel.Languages.ToList();
        var examples = sentences
            .SelectMany(s => Written(s.Text, s.Language))
            .Select(s => (Rows: LanguageModel.Features(s.Text), Language: ClassOf(codes, s.Language)))
            .ToArray();
        var weights = new float[LanguageModel.Rows * LanguageModel.Classes];
        var squares = new float[weights.Length];
        var model = new LanguageModel(weights);
        var random = new Random(Seed);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(examples);
            foreach (var (rows, language) in examples)
                Learn(model, weights, squares, rows, language);
        }

        Save(weights, file);
    }

    private static void Save(float[] weights, Stream file)
    {
        var step = weights.Max(Math.Abs) / 127;
        using var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true);
        writer.Write(step);
        foreach (var weight in weights)
            writer.Write((sbyte)Math.Round(weight / step));
    }

    private static int ClassOf(List<string> codes, string language) =>
        codes.IndexOf(language) is var index and >= 0 ? index : codes.Count;

    private static IEnumerable<(string Text, string Language)> Written(string text, string language)
    {
        for (var i = LanguageModel.Languages.Contains(language, StringComparer.Ordinal) ? 1 : OtherWeight; i > 0; i--)
            yield return (text, language);
        if (language is "sr" && text.Any(c => c is >= 'А' and <= 'ш'))
            yield return (SerbianInLatin(text), "hr");
    }

    // Each letter has one counterpart, of one or two letters.
    private static string SerbianInLatin(string text)
    {
        const string cyrillic = "абвгдђежзијклљмнњопрстћуфхцчџш";
        var latin = "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š".Split(' ');
        var written = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (cyrillic.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal) is not (var index and >= 0))
                written.Append(c);
            else if (char.IsUpper(c))
                written.Append(char.ToUpperInvariant(latin[index][0])).Append(latin[index].AsSpan(1));
            else
                written.Append(latin[index]);
        }

        return written.ToString();
    }

    private static void Learn(LanguageModel model, float[] weights, float[] squares, int[] rows, int language)
    {
        var errors = model.Probabilities(rows);
        errors[language] -= 1;
        var scale = LanguageModel.Scale(rows.Length);
        foreach (var row in rows)
        {
            for (var l = 0; l < errors.Length; l++)
            {
                var at = (row * errors.Length) + l;
                var gradient = errors[l] * scale;
                squares[at] += gradient * gradient;
                weights[at] -= Rate * gradient / MathF.Sqrt(squares[at] + 1e-6f);
            }
        }
    }
}
