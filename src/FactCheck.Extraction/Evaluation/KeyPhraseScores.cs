namespace FactCheck.Extraction.Evaluation;

/// <summary>How many key phrases were found, equal in letters and digits. At most k are offered a text.</summary>
public sealed record KeyPhraseScores(int Texts, int Right, int Offered, int Gold)
{
    /// <summary>Nothing yet.</summary>
    public static KeyPhraseScores None { get; } = new(0, 0, 0, 0);

    /// <summary>Share of the offered ones that are right; 0..1.</summary>
    public double Precision => Offered == 0 ? 0 : (double)Right / Offered;

    /// <summary>Share of the gold ones that were offered; 0..1.</summary>
    public double Recall => Gold == 0 ? 0 : (double)Right / Gold;

    /// <summary>Harmonic mean of the two; 0..1.</summary>
    public double F1 => Right == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);

    /// <summary>This and one text more.</summary>
    public KeyPhraseScores And(IEnumerable<string> offered, IEnumerable<string> gold, int k)
    {
        var theirs = Normal(gold).ToHashSet(StringComparer.Ordinal);
        var ours = Normal(offered).Distinct(StringComparer.Ordinal).Take(k).ToList();
        return new(Texts + 1, Right + ours.Count(theirs.Contains), Offered + ours.Count, Gold + theirs.Count);
    }

    private static IEnumerable<string> Normal(IEnumerable<string> phrases) =>
        phrases.Select(StatementId.Normalize).Where(p => p.Length > 0);
}
