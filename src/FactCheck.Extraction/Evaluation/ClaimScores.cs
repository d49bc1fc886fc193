namespace FactCheck.Extraction.Evaluation;

/// <summary>How well scores tell check-worthy sentences from others; 0..1.</summary>
/// <param name="Precision">Of the sentences scored at or over the threshold, the share that is check-worthy.</param>
/// <param name="Recall">Of the check-worthy sentences, the share scored at or over the threshold.</param>
/// <param name="AveragePrecision">Mean precision at the ranks of the check-worthy, the last of equal scores.</param>
public sealed record ClaimScores(
    int Sentences,
    int Worthy,
    double Precision,
    double Recall,
    double F1,
    double AveragePrecision
)
{
    /// <summary>Measures scores against labels; from the threshold on a sentence counts as check-worthy.</summary>
    public static ClaimScores Of(IReadOnlyList<(double Score, bool Worthy)> rows, double threshold = 0.5)
    {
        var worthy = rows.Count(r => r.Worthy);
        var chosen = rows.Count(r => r.Score >= threshold);
        var right = rows.Count(r => r.Score >= threshold && r.Worthy);
        var precision = chosen == 0 ? 0 : (double)right / chosen;
        var recall = worthy == 0 ? 0 : (double)right / worthy;
        var f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
        return new(rows.Count, worthy, precision, recall, f1, worthy == 0 ? 0 : SumOfPrecisions(rows) / worthy);
    }

    /// <summary>The figures as lines, each with its name.</summary>
    public IEnumerable<string> Lines(double threshold) =>
        [
            $"sentences {Sentences}, check-worthy {Worthy} ({Digits.Of(100.0 * Worthy / Math.Max(1, Sentences), 1)}%)",
            $"P {Digits.Of(100 * Precision, 1)}  R {Digits.Of(100 * Recall, 1)}  F1 "
                + $"{Digits.Of(Percent.F1(Precision, Recall), 1)}  at {threshold}",
            $"AP {Digits.Of(AveragePrecision, 3)}",
        ];

    private static double SumOfPrecisions(IReadOnlyList<(double Score, bool Worthy)> rows)
    {
        var (sum, hits, rank) = (0.0, 0, 0);
        foreach (var (_, worthy) in rows.OrderByDescending(r => r.Score).ThenBy(r => r.Worthy))
        {
            rank++;
            if (!worthy)
                continue;
            hits++;
            sum += (double)hits / rank;
        }

        return sum;
    }
}
