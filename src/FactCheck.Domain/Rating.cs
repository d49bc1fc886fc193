namespace FactCheck.Domain;

/// <summary>The published expression of a verdict.</summary>
/// <param name="Labels">ISO 639-1 code to label; "en" is always there.</param>
/// <param name="Order">Place on the scale, 1 the worst; null for ratings outside the scale, which carry no number in
/// ClaimReview.</param>
/// <param name="NeedsEvidence">False where the lack of evidence is the finding.</param>
public sealed record Rating(
    string Id,
    StatementKind Kind,
    IReadOnlyDictionary<string, string> Labels,
    string Definition,
    int? Order = null,
    bool NeedsEvidence = true
);

/// <summary>The ratings of a desk. Data: one file per desk.</summary>
public sealed record RatingScale
{
    /// <summary>Checks and keeps the ratings.</summary>
    /// <exception cref="ArgumentException">Two ratings share an id, a label is missing, or a kind has none.</exception>
    public RatingScale(IReadOnlyList<Rating> ratings)
    {
        var twice = ratings.GroupBy(r => r.Id, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw new ArgumentException($"Rating '{twice.Key}' is defined twice.", nameof(ratings));
        var unnamed = ratings.FirstOrDefault(r =>
            !r.Labels.TryGetValue("en", out var label) || string.IsNullOrWhiteSpace(label)
        );
        if (unnamed is not null)
            throw new ArgumentException($"Rating '{unnamed.Id}' has no English label.", nameof(ratings));
        foreach (var kind in Enum.GetValues<StatementKind>())
            if (ratings.All(r => r.Kind != kind))
                throw new ArgumentException($"There is no rating for a {kind}.", nameof(ratings));
        Ratings = ratings;
    }

    /// <summary>All of them, in the order a form shows them.</summary>
    public IReadOnlyList<Rating> Ratings { get; }

    /// <summary>A rating by id, for that kind of statement; null when there is none.</summary>
    public Rating? Find(StatementKind kind, string? id) =>
        Ratings.FirstOrDefault(r => r.Kind == kind && string.Equals(r.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>What is wrong with a choice, and with which field of the decision; null when it may be made.</summary>
    public (string Field, string Problem)? ProblemWith(StatementKind kind, string? id, bool hasEvidence)
    {
        if (string.IsNullOrWhiteSpace(id))
            return ("rating", "A rating is required.");
        if (Find(kind, id) is not { } rating)
        {
            var known = string.Join(", ", Ratings.Where(r => r.Kind == kind).Select(r => r.Id));
            return ("rating", $"'{id}' is no rating of a {kind.ToString().ToLowerInvariant()}; known are {known}.");
        }

        return rating.NeedsEvidence && !hasEvidence
            ? ("evidence", $"The rating {rating.Id} needs at least one piece of evidence.")
            : null;
    }

    /// <summary>What the public reads for a rating: its English label, or its id where the scale lacks it.</summary>
    public string Label(StatementKind kind, string id) => Find(kind, id)?.Labels["en"] ?? id;

    /// <summary>The highest place on the scale of that kind; null where it has no order.</summary>
    public int? Best(StatementKind kind) => Ratings.Where(r => r.Kind == kind).Max(r => r.Order);
}
