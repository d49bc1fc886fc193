using System.Globalization;

namespace FactCheck.Cli;

/// <summary>One measured number beside its goal.</summary>
/// <param name="What">What was done.</param>
/// <param name="Sync">SQLite's <c>synchronous</c>, or what else it was measured under.</param>
/// <param name="Value">The median over the runs.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Goal">The bound; null where the number is only shown.</param>
/// <param name="AtLeast">Whether more is better.</param>
internal sealed record Figure(string What, string Sync, double Value, string Unit, double? Goal = null, bool AtLeast = false)
{
    /// <summary>Whether the goal is reached; true where there is none.</summary>
    public bool IsReached => Goal is not { } goal || (AtLeast ? Value >= goal : Value <= goal);

    /// <summary>One row of the table.</summary>
    public override string ToString() => $"| {What} | {Sync} | {Number(Value)} {Unit} | {GoalText()} | {VerdictText()} |";

    private string GoalText() => Goal is { } goal ? $"{(AtLeast ? "≥" : "≤")} {Number(goal)}" : "";

    private string VerdictText() => Goal is not { } goal ? "" : IsReached ? "reached" : $"missed: {Number(AtLeast ? goal / Value : Value / goal)} ×";

    private static string Number(double value) => value.ToString(value >= 100 ? "N0" : value >= 10 ? "0.#" : "0.##", CultureInfo.InvariantCulture);
}

/// <summary>Numbers about numbers.</summary>
internal static class Statistics
{
    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The value that this share of all values does not exceed, between neighbours where it falls between.</summary>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
