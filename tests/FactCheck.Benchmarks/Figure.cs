using System.Globalization;
using System.Text.Json.Nodes;

namespace FactCheck.Benchmarks;

/// <summary>One measured number, its goal, and what the peer needs for the same.</summary>
/// <param name="Goal">The bound; null where the number is only shown.</param>
internal sealed record Figure(string What, double Value, string Unit, double? Goal = null)
{
    /// <summary>Whether more is better.</summary>
    public bool AtLeast { get; init; }

    /// <summary>What Microsoft's in-process host needs, in the same run; null where it has no such thing.</summary>
    public double? Peer { get; init; }

    /// <summary>How many times as fast as the peer it is to be.</summary>
    public double? PeerGoal { get; init; }

    /// <summary>How many times as fast as the peer it is.</summary>
    public double? Ahead => Peer is { } peer ? (AtLeast ? Value / peer : peer / Value) : null;

    /// <summary>Whether the goals are reached; true where there are none.</summary>
    public bool IsReached =>
        (Goal is not { } goal || (AtLeast ? Value >= goal : Value <= goal))
        && (PeerGoal is not { } times || Ahead >= times);

    /// <summary>One row of the table.</summary>
    public override string ToString() =>
        $"| {What} | {Number(Value)} {Unit} | {GoalText()} | {PeerText()} | {(Goal is null ? "" : IsReached ? "reached" : "**missed**")} |";

    /// <summary>The same for programs.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["what"] = What,
            ["value"] = Value,
            ["unit"] = Unit,
            ["goal"] = Goal,
            ["peer"] = Peer,
            ["reached"] = Goal is null ? null : IsReached,
        };

    private string GoalText() =>
        Goal is not { } goal
            ? ""
            : $"{(AtLeast ? "≥" : "≤")} {Number(goal)} {Unit}{(PeerGoal is { } times ? $", ≥ {Number(times)} × the peer" : "")}";

    private string PeerText() => Peer is not { } peer ? "" : $"{Number(peer)} {Unit}: {Number(Ahead!.Value)} ×";

    private static string Number(double value) =>
        value.ToString(
            value >= 100 ? "N0"
                : value >= 10 ? "0.#"
                : "0.##",
            CultureInfo.InvariantCulture
        );
}

/// <summary>Numbers about numbers.</summary>
internal static class Statistics
{
    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The value that this share of all values does not exceed, between neighbours where it falls
    /// between.</summary>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 < sorted.Length
            ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]))
            : sorted[below];
    }
}
