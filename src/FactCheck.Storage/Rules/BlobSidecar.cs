using System.Text.Encodings.Web;
using System.Text.Json;

namespace FactCheck.Storage.Rules;

/// <summary>The metadata beside a blob: <c>{name}.meta.json</c>, one JSON object, each name once. People may drop one
/// beside an article to say what is known of it (title, byline, outlet, published, sourceUrl, purpose). A value that is
/// no text counts as its JSON.</summary>
public static class BlobSidecar
{
    /// <summary>The longest sidecar that is read, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The name under which the metadata says why a sidecar could not be read.</summary>
    public const string Error = "error";

    private static readonly JsonDocumentOptions ByHand = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        AllowDuplicateProperties = false,
    };
    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The sidecar's name of a blob.</summary>
    public static string NameOf(string blob) => blob + BlobRules.SidecarSuffix;

    /// <summary>The blob's name of a sidecar.</summary>
    public static string BlobOf(string sidecar) => sidecar[..^BlobRules.SidecarSuffix.Length];

    /// <summary>Whether a name is a sidecar's, which is never a blob of its own: a trigger should pass it by.</summary>
    public static bool IsNamed(string name) =>
        name.EndsWith(BlobRules.SidecarSuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a sidecar holds; when it can't be read, only an entry <see cref="Error"/> that says why.</summary>
    public static Dictionary<string, string> Read(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes)
            return TooLong();
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        if (json.Span.StartsWith(mark))
            json = json[mark.Length..];
        try
        {
            using var document = JsonDocument.Parse(json, ByHand);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Unreadable("it must be one JSON object");
            var metadata = BlobRules.Metadata();
            foreach (var property in document.RootElement.EnumerateObject())
                if (property.Value.ValueKind != JsonValueKind.Null)
                    metadata[property.Name] = property.Value.ToString();
            return metadata;
        }
        catch (JsonException e)
        {
            return Unreadable(e.Message);
        }
        // Half a surrogate pair, or bytes that are no UTF-8, inside a string.
        catch (InvalidOperationException e)
        {
            return Unreadable(e.Message);
        }
    }

    internal static Dictionary<string, string> TooLong() => Unreadable($"it is longer than {MaxBytes} bytes");

    internal static Dictionary<string, string> Unreadable(string why) =>
        BlobRules.Metadata([new(Error, $"The metadata beside the file could not be read: {why}")]);

    internal static byte[] Write(IReadOnlyDictionary<string, string> metadata)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            foreach (var (name, value) in metadata)
                json.WriteString(name, value);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
