namespace FactCheck.Extraction;

/// <summary>Learns the weights of <see cref="LanguageModel"/> by logistic regression with AdaGrad, sentences in an order shuffled with a fixed seed.</summary>
public static class LanguageTrainer
{
    private const int Epochs = 8;
    private const int Seed = 639;
    private const float Rate = 0.5f;

    /// <summary>Learns from sentences and the ISO 639-1 code of each; other languages than <see cref="LanguageModel.Languages"/> are passed over.</summary>
    public static LanguageModel Train(IEnumerable<(string Text, string Language)> sentences)
    {
        var codes = LanguageModel.Languages.ToList();
        var examples = sentences.Where(s => codes.Contains(s.Language)).Select(s => (Rows: LanguageModel.Features(s.Text), Language: codes.IndexOf(s.Language))).ToArray();
        var weights = new float[LanguageModel.Rows * codes.Count];
        var squares = new float[weights.Length];
        var model = new LanguageModel(weights);
        var random = new Random(Seed);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(examples);
            foreach (var (rows, language) in examples) Learn(model, weights, squares, rows, language);
        }

        return model;
    }

    /// <summary>Writes the weights file of a model.</summary>
    public static void Save(LanguageModel model, Stream file) => model.Save(file);

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
