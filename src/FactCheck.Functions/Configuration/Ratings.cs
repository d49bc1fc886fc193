using System.Text.Json;
using System.Text.Json.Serialization;

namespace FactCheck.Functions.Configuration;

/// <summary>Reads a desk's ratings.</summary>
internal static class Ratings
{
    /// <summary>From the desk's file, or the shipped ones where there is none.</summary>
    /// <exception cref="InvalidOperationException">The file is missing or is not what it should be; the message names
    /// it.</exception>
    public static RatingScale Load(string? file)
    {
        try
        {
            using var stream = file is null
                ? typeof(Ratings).Assembly.GetManifestResourceStream("ratings.json")!
                : File.OpenRead(file);
            return new(JsonSerializer.Deserialize(stream, RatingsJson.Default.RatingArray) ?? []);
        }
        catch (Exception error)
            when (error is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"The ratings of '{file ?? "the app itself"}' can't be used: {error.Message}",
                error
            );
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true
)]
[JsonSerializable(typeof(Rating[]))]
internal sealed partial class RatingsJson : JsonSerializerContext;
