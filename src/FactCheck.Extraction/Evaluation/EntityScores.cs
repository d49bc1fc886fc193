namespace FactCheck.Extraction.Evaluation;

/// <summary>How many of the names of a document were found exactly: same span, same kind.</summary>
public sealed record EntityScores(int Right, int Found, int Gold)
{
    /// <summary>Share of the found ones that are right; 0..1.</summary>
    public double Precision => Found == 0 ? 0 : (double)Right / Found;

    /// <summary>Share of the gold ones that were found; 0..1.</summary>
    public double Recall => Gold == 0 ? 0 : (double)Right / Gold;

    /// <summary>Harmonic mean of the two.</summary>
    public double F1 => Right == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);

    /// <summary>Nothing yet.</summary>
    public static EntityScores None { get; } = new(0, 0, 0);

    /// <summary>This and one document more.</summary>
    public EntityScores And(
        IEnumerable<(TextSpan Span, EntityKind Kind)> found,
        IEnumerable<(TextSpan Span, EntityKind Kind)> gold
    )
    {
        var (ours, theirs) = (found.ToHashSet(), gold.ToHashSet());
        return new(Right + ours.Count(theirs.Contains), Found + ours.Count, Gold + theirs.Count);
    }
}
