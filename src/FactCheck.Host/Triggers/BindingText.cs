using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace FactCheck.Host.Triggers;

/// <summary>What a binding says. Older generators write its keys with a capital, and flags as text.</summary>
internal static partial class BindingText
{
    /// <summary>The text of a key; null when it is missing or empty.</summary>
    public static string? Text(this JsonObject binding, string key) =>
        Find(binding, key) is JsonValue value && value.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A flag; null when it is missing.</summary>
    public static bool? Flag(this JsonObject binding, string key) =>
        Text(binding, key) is { } text ? bool.TryParse(text, out var flag) && flag : null;

    /// <summary>A flag among its properties; false when it is missing.</summary>
    public static bool HasProperty(this JsonObject binding, string key) =>
        Find(binding, "properties") is JsonObject properties && Flag(properties, key) == true;

    /// <summary>Replaces each <c>%Name%</c> by the app's setting of that name, or else this process's.</summary>
    /// <exception cref="FormatException">There is no such setting.</exception>
    public static string Resolve(string text, FunctionHostOptions options, IConfiguration? configuration = null) =>
        Setting().Replace(text, match => Find(match.Groups["name"].Value, text, options, configuration));

    private static string Find(string name, string text, FunctionHostOptions options, IConfiguration? configuration)
    {
        var variable = name.Replace(":", "__", StringComparison.Ordinal);
        foreach (var key in (ReadOnlySpan<string>)[name, variable, name.Replace("__", ":", StringComparison.Ordinal)])
        {
            if (options.AppSettings.TryGetValue(key, out var setting) && setting.Length > 0)
                return setting;
        }
        return configuration?[variable.Replace("__", ":", StringComparison.Ordinal)] is { Length: > 0 } configured
                ? configured
            : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } exported ? exported
            : throw new FormatException($"there is no setting '{name}', which '{text}' asks for");
    }

    private static JsonNode? Find(JsonObject binding, string key) =>
        binding.FirstOrDefault(one => one.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value;

    [GeneratedRegex("%(?<name>[^%]+)%", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Setting();
}
