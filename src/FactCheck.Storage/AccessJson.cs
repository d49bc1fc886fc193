using System.Text.Json.Serialization;

namespace FactCheck.Storage;

/// <summary>How the rows of people, their tokens and their calls are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(Seen))]
[JsonSerializable(typeof(TrailHead))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(TokenRecord))]
[JsonSerializable(typeof(SignInCode))]
[JsonSerializable(typeof(AccessEntry))]
internal sealed partial class AccessJson : JsonSerializerContext;
