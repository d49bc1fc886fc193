using System.Text.Json.Serialization;

namespace FactCheck.Functions.Cases;

/// <summary>An answer that is given again to the same request under the same Idempotency-Key.</summary>
public sealed record KeptAnswer(string RequestHash, DecisionTaken Answer);

/// <summary>How answers are kept: as they are sent.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(KeptAnswer))]
internal sealed partial class KeptJson : JsonSerializerContext;
