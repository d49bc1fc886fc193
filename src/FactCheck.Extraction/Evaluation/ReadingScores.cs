namespace FactCheck.Extraction.Evaluation;

/// <summary>A file with pieces of text that reading it must give, and pieces that it must not.</summary>
/// <param name="File">Its path, from where the gold lines stand.</param>
public sealed record ReadingGold(string Id, string File, IReadOnlyList<string> With, IReadOnlyList<string> Without);

/// <summary>How well the article was found in files, by pieces that its text holds; white space is folded.</summary>
/// <param name="Right">Pieces that are there and must be.</param>
/// <param name="Wrong">Pieces that are there and must not be.</param>
/// <param name="Missed">Pieces that are not there and must be.</param>
/// <param name="Lost">Files of whose text no piece is there.</param>
/// <param name="Refused">Files that were not read.</param>
public sealed record ReadingScores(int Pages, int Right, int Wrong, int Missed, int Lost, int Refused)
{
    /// <summary>Nothing yet.</summary>
    public static ReadingScores None { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>Share of the pieces that are there which must be; 0..1.</summary>
    public double Precision => Right / (double)Math.Max(Right + Wrong, 1);

    /// <summary>Share of the pieces that must be there which are; 0..1.</summary>
    public double Recall => Right / (double)Math.Max(Right + Missed, 1);

    /// <summary>Harmonic mean of the two; 0..1.</summary>
    public double F1 => Percent.F1(Precision, Recall) / 100;

    /// <summary>This and one file more.</summary>
    /// <param name="text">What was read; null where the file was refused.</param>
    public ReadingScores And(ReadingGold gold, string? text)
    {
        var read = Folded(text ?? "");
        var right = gold.With.Count(piece => read.Contains(Folded(piece), StringComparison.Ordinal));
        return new(
            Pages + 1,
            Right + right,
            Wrong + gold.Without.Count(piece => read.Contains(Folded(piece), StringComparison.Ordinal)),
            Missed + gold.With.Count - right,
            Lost + (right == 0 ? 1 : 0),
            Refused + (text is null ? 1 : 0)
        );
    }

    /// <summary>The figures as lines, each with its name.</summary>
    public IEnumerable<string> Lines() =>
        [
            $"pages {Pages}, P {Digits.Of(100 * Precision, 1)} R {Digits.Of(100 * Recall, 1)} F "
                + $"{Digits.Of(Percent.F1(Precision, Recall), 1)}, pages with nothing right {Lost}",
            $"refused {Refused}",
        ];

    private static string Folded(string text)
    {
        var folded = new System.Text.StringBuilder(text.Length);
        foreach (var c in text)
            if (!char.IsWhiteSpace(c) && c is not (>= '\u001C' and <= '\u001F'))
                folded.Append(c);
            else if (folded.Length == 0 || folded[^1] != ' ')
                folded.Append(' ');
        return folded.ToString();
    }
}
