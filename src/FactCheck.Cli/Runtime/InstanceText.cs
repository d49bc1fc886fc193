namespace FactCheck.Cli.Runtime;

internal static class InstanceText
{
    private const int LongestValue = 400;

    public static readonly string[] Heads = ["STATE", "AGE", "QUIET", "ORCHESTRATOR", "INSTANCE", "WAITS FOR"];

    public static string[] Row(InstanceStatus one, DateTimeOffset now) =>
        [
            one.RuntimeStatus.ToString(),
            Age.Text(now - one.CreatedTime),
            Age.Text(now - one.LastUpdatedTime),
            one.Name,
            one.InstanceId,
            one.RuntimeStatus == InstanceState.Failed ? $"– {Short(one.Output)}" : string.Join("; ", Waits(one, now)),
        ];

    public static void Write(Output output, InstanceStatus one, DateTimeOffset now)
    {
        output.Heading($"{one.Name}  {one.InstanceId}");
        output.Line($"  state      {one.RuntimeStatus}");
        output.Line($"  created    {TextTable.Time(one.CreatedTime)} UTC, {Age.Text(now - one.CreatedTime)} ago");
        output.Line(
            $"  last news  {TextTable.Time(one.LastUpdatedTime)} UTC, {Age.Text(now - one.LastUpdatedTime)} ago"
        );
        if (one.ParentInstanceId is { } parent)
            output.Line($"  called by  {parent}");
        if (one.TraceParent?.Split('-') is [_, var trace, ..])
            output.Line($"  trace      {trace}");
        var label = "waits for";
        foreach (var wait in Waits(one, now))
        {
            output.Line($"  {label, -10} {wait}");
            label = "";
        }

        foreach (
            var (name, value) in new[]
            {
                ("input", one.Input),
                ("status", one.CustomStatus),
                (one.RuntimeStatus == InstanceState.Failed ? "failed by" : "output", one.Output),
            }
        )
            if (value is not null)
                output.Line($"  {name, -10} {Short(value)}");
    }

    /// <summary>What it waits for, each in a few words; empty for one that has ended.</summary>
    public static IReadOnlyList<string> Waits(InstanceStatus one, DateTimeOffset now)
    {
        if (one.HasEnded)
            return [];
        List<string> waits = [.. (one.Waits ?? []).Select(wait => Words(wait, one.RuntimeStatus, now))];
        if (one.RuntimeStatus == InstanceState.Suspended)
            waits.Insert(0, $"somebody to resume it (factcheck runtime resume {one.InstanceId})");
        return waits.Count > 0 ? waits : ["an event"];
    }

    private static string Words(InstanceWait wait, InstanceState state, DateTimeOffset now) =>
        wait.Kind switch
        {
            "Activity" => $"activity {wait.Name}",
            "SubOrchestration" => $"{wait.Name} {wait.InstanceId}",
            "Timer" => $"timer {Until(wait.Until, now)}",
            "Event" => $"event {wait.Name}",
            "Start" => $"its time to start, {Until(wait.Until, now)}",
            "Unread" when state == InstanceState.Suspended => $"({wait.Name} that came meanwhile)",
            "Unread" => $"its turn ({wait.Name} unread)",
            _ => $"{wait.Kind} {wait.Name}".TrimEnd(),
        };

    private static string Until(DateTimeOffset? until, DateTimeOffset now) =>
        until is not { } at ? "at an unknown time"
        : at > now ? $"until {TextTable.Time(at)} UTC (in {Age.Text(at - now)})"
        : $"that was due {TextTable.Time(at)} UTC ({Age.Text(now - at)} ago)";

    private static string Short(JsonNode? value) =>
        TextTable.Shorten(
            (
                value is JsonValue text && text.TryGetValue<string>(out var plain) ? plain : value?.ToJsonString() ?? ""
            ).ReplaceLineEndings(" "),
            LongestValue
        );

    /// <summary>An event of a history: when, which, about what.</summary>
    public static string[] EventRow(JsonNode happened)
    {
        var at = DateTimeOffset.Parse(
            (string)happened["Timestamp"]!,
            System.Globalization.CultureInfo.InvariantCulture
        );
        string?[] about =
        [
            (string?)happened["FunctionName"],
            (string?)happened["Name"],
            (string?)happened["InstanceId"],
            (string?)happened["OrchestrationStatus"],
            happened["FireAt"] is { } due
                ? "due "
                    + $"{TextTable.Time(DateTimeOffset.Parse((string)due!, System.Globalization.CultureInfo.InvariantCulture))}"
                : null,
            happened["Reason"] is { } reason ? Short(reason) : null,
        ];
        return
        [
            at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
            (string)happened["EventType"]!,
            string.Join("  ", about.Where(part => part is { Length: > 0 })),
        ];
    }
}
