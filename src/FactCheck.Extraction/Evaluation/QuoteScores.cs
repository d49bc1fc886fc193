namespace FactCheck.Extraction.Evaluation;

/// <summary>Precision, recall and their harmonic mean, in percent.</summary>
public readonly record struct Prf(int Hits, int Predicted, int Gold)
{
    /// <summary>Of what was predicted, how much hit.</summary>
    public double Precision => 100 * Ratio(Hits, Predicted);

    /// <summary>Of what was there, how much was found.</summary>
    public double Recall => 100 * Ratio(Hits, Gold);

    /// <summary>Harmonic mean of both.</summary>
    public double F1 => Percent.F1(Ratio(Hits, Predicted), Ratio(Hits, Gold));

    /// <inheritdoc/>
    public override string ToString() => $"({Digits.Of(Precision, 1)}, {Digits.Of(Recall, 1)}, {Digits.Of(F1, 1)})";

    private static double Ratio(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}

/// <summary>How much of what was looked at was right.</summary>
public readonly record struct Share(int Right, int Of)
{
    /// <summary>In percent.</summary>
    public double Percent => Of == 0 ? 0 : 100.0 * Right / Of;

    /// <inheritdoc/>
    public override string ToString() => $"{Right}/{Of} = {Digits.Of(Percent, 1)}";
}

/// <summary>The figures of quote extraction over all documents of a file.</summary>
/// <param name="Exact">The content span set, trimmed of outer marks and "that", equals a gold one.</param>
/// <param name="Overlap">Paired one to one by Jaccard of letters and digits, at least one half.</param>
/// <param name="Token">Words inside any gold and any predicted content.</param>
/// <param name="RecallByType">Recall at Jaccard one half for each gold type.</param>
/// <param name="Speaker">Of matched pairs whose gold has one: the predicted one shares a letter with it. So for the
/// cue.</param>
/// <param name="EndToEnd">Matched content and right speaker (none where the gold has none).</param>
public sealed record QuoteScores(
    Prf Exact,
    Prf Overlap,
    Prf Touch,
    Prf Token,
    IReadOnlyDictionary<string, Share> RecallByType,
    Share Speaker,
    Prf EndToEnd,
    Share Cue
)
{
    /// <summary>The figures as lines, each with its name.</summary>
    public IEnumerable<string> Lines() =>
        [
            $"gold: {Overlap.Gold}",
            $"pred: {Overlap.Predicted}",
            $"exact PRF: {Exact}",
            $"overlap>=.5 PRF: {Overlap}",
            $"touch PRF: {Touch}",
            $"token PRF: {Token}",
            .. RecallByType.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"recall {r.Key}: {r.Value}"),
            $"speaker acc on matched: {Speaker}",
            $"speaker+content end-to-end PRF: {EndToEnd}",
            $"cue acc on matched: {Cue}",
        ];
}
