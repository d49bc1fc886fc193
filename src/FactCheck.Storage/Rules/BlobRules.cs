using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace FactCheck.Storage.Rules;

// What both Azure Storage and a folder can keep: what works on a laptop works on Azure and the other way round.
// https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
public static class BlobRules
{
    public const string SidecarSuffix = ".meta.json";

    private const int LongestName = 1024;
    private const int MostParts = 254;

    // File systems take 255 bytes; the sidecar's suffix needs some of them.
    private const int LongestPartBytes = 240;
    private const int MostMetadataBytes = 8 * 1024;

    /// <summary>Refuses what can't name a container.</summary>
    /// <exception cref="ArgumentException">Not a container's name.</exception>
    public static void CheckContainer(string container)
    {
        ArgumentNullException.ThrowIfNull(container);
        var fits =
            container.Length is >= 3 and <= 63
            && container.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && container[0] != '-'
            && container[^1] != '-'
            && !container.Contains("--", StringComparison.Ordinal);
        if (!fits)
            throw new ArgumentException(
                $"'{container}' can't name a container: 3 to 63 lower-case letters, digits and single hyphens between them.",
                nameof(container)
            );
    }

    /// <summary>Refuses what can't name a blob.</summary>
    /// <exception cref="ArgumentException">Not a blob's name.</exception>
    public static void CheckName(string name)
    {
        if (!IsName(name, out var whyNot))
            throw new ArgumentException($"'{name}' can't name a blob: {whyNot}.", nameof(name));
    }

    public static bool IsName(string name, [NotNullWhen(false)] out string? whyNot)
    {
        ArgumentNullException.ThrowIfNull(name);
        whyNot = name switch
        {
            { Length: 0 } => "it is empty",
            { Length: > LongestName } => $"it is longer than {LongestName} characters",
            _ when name.EndsWith(SidecarSuffix, StringComparison.OrdinalIgnoreCase) =>
                $"{SidecarSuffix} is for the metadata beside a blob",
            _ when name.Contains('\\', StringComparison.Ordinal) => "it has a backslash",
            _ when name.Any(char.IsControl) => "it has a control character",
            _ when HasHalfAPair(name) => "it has half a surrogate pair",
            _ when name.Count(c => c == '/') >= MostParts => $"it has more than {MostParts} parts",
            _ => name.Split('/').Select(WhyNoPart).FirstOrDefault(why => why is not null),
        };
        return whyNot is null;
    }

    /// <summary>Refuses what Azure would refuse.</summary>
    /// <exception cref="ArgumentException">No ASCII identifier, a name twice, or over 8 KiB in all.</exception>
    public static void CheckMetadata(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
            return;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var bytes = 0;
        foreach (var (name, value) in metadata)
        {
            if (!IsIdentifier(name))
                throw new ArgumentException(
                    $"'{name}' can't name metadata: letters, digits and underscores, no digit first.",
                    nameof(metadata)
                );
            if (!names.Add(name))
                throw new ArgumentException(
                    $"Metadata '{name}' is there twice; case does not count.",
                    nameof(metadata)
                );
            if (HasHalfAPair(value))
                throw new ArgumentException($"Metadata '{name}' has half a surrogate pair.", nameof(metadata));
            bytes += name.Length + MetadataText.Encode(value).Length;
        }

        if (bytes > MostMetadataBytes)
            throw new ArgumentException(
                $"The metadata takes {bytes} bytes; {MostMetadataBytes} are the most.",
                nameof(metadata)
            );
    }

    /// <summary>An empty set of metadata, or a copy whose names are case-insensitive.</summary>
    public static Dictionary<string, string> Metadata(IEnumerable<KeyValuePair<string, string>>? from = null) =>
        new(from ?? [], StringComparer.OrdinalIgnoreCase);

    private static string? WhyNoPart(string part) =>
        part switch
        {
            "" => "a part between slashes is empty",
            ['.', ..] => "a part begins with a dot",
            // Azure drops a dot at the end of a part, Windows a dot or a space.
            [.., '.' or ' '] => "a part ends with a dot or a space",
            _ when Encoding.UTF8.GetByteCount(part) > LongestPartBytes =>
                $"a part is longer than {LongestPartBytes} bytes",
            _ => null,
        };

    private static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool HasHalfAPair(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at]))
                continue;
            if (CharUnicodeInfo.GetUnicodeCategory(text, at) == UnicodeCategory.Surrogate)
                return true;
            at++;
        }

        return false;
    }
}
