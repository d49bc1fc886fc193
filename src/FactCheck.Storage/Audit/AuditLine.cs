using System.Text.Json;
using System.Text.Json.Serialization;

namespace FactCheck.Storage.Audit;

/// <summary>What a line of the audit log says.</summary>
public enum AuditLineKind
{
    /// <summary>A commit ended an article's chain with this entry.</summary>
    Head,

    /// <summary>The log begins.</summary>
    Begun,

    /// <summary>A former release left the article so; it had no seal.</summary>
    Taken,

    /// <summary>Whatever former releases left has been taken: from here on every head has a seal.</summary>
    Ready,

    /// <summary>Somebody who runs the desk looked at what was found and goes on with it.</summary>
    Accepted,

    /// <summary>A copy was put back, which knows no more of the article.</summary>
    Restored,
}

/// <summary>One line of the audit log: how far an article's chain went at some time.</summary>
/// <param name="Article">Its key; empty for what is said of the whole desk.</param>
/// <param name="Seq">Number of its newest entry; 0 where there is none any more.</param>
/// <param name="Hash">That entry's hash; empty where there is none.</param>
/// <param name="By">Who said so; null for the desk itself.</param>
/// <param name="Why">What was found, or what was put back; null for an ordinary line.</param>
/// <param name="After">In the first line of a file, how far the file before it went then; null where there was none.
/// </param>
public sealed record AuditLine(
    DateTimeOffset At,
    string Article,
    int Seq,
    string Hash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] AuditLineKind Kind = AuditLineKind.Head,
    string? By = null,
    string? Why = null,
    AuditPosition? After = null
)
{
    internal const string OfAnotherKey = "is sealed with another key";

    private const string BeforeSeal = ",\"seal\":\"";
    private const string AfterSeal = "\"}";

    /// <summary>What is said of the whole desk.</summary>
    public static AuditLine OfDesk(DateTimeOffset at, AuditLineKind kind, string? by = null, string? why = null) =>
        new(at, "", 0, "", kind, by, why);

    /// <summary>True where this stands in place of whatever was logged of the article before.</summary>
    [JsonIgnore]
    public bool IsAnew => Kind is not AuditLineKind.Head;

    /// <summary>As it stands in a file: JSON with a seal over it and the seal before, and the new seal.</summary>
    internal (string Text, string Seal) Sealed(AuditKey key, string before)
    {
        var json = JsonSerializer.Serialize(this, AuditLogJson.Default.AuditLine);
        var seal = key.Seal("line", before, json);
        return (json[..^1] + BeforeSeal + seal + AfterSeal, seal);
    }

    /// <summary>Reads a line as <see cref="Sealed"/> wrote it; null and a problem where it is none.</summary>
    internal static (AuditLine? Line, string Seal, string? Problem) Read(string text, AuditKey key, string before)
    {
        var at = text.LastIndexOf(BeforeSeal, StringComparison.Ordinal);
        if (at < 0 || !text.EndsWith(AfterSeal, StringComparison.Ordinal))
            return (null, before, "is no line of the log");
        var (json, seal) = (text[..at] + "}", text[(at + BeforeSeal.Length)..^AfterSeal.Length]);
        if (key.IsOfAnother(seal))
            return (null, seal, OfAnotherKey);
        if (!key.Fits(seal, "line", before, json))
            return (null, seal, "was changed, or what stood before it");
        return (JsonSerializer.Deserialize(json, AuditLogJson.Default.AuditLine), seal, null);
    }
}

/// <summary>How far a file of the log was read, and the seal at its end there.</summary>
public sealed record AuditPosition(string File, long Length, string Seal);

/// <summary>What the log said up to some positions, so that a start reads the rest only.</summary>
internal sealed record AuditSummary(
    DateTimeOffset? Begun,
    bool IsReady,
    IReadOnlyList<AuditPosition> Read,
    IReadOnlyList<AuditLine> Newest
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(AuditLine))]
[JsonSerializable(typeof(AuditSummary))]
internal sealed partial class AuditLogJson : JsonSerializerContext;
