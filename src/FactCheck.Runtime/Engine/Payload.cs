using System.Text;

namespace FactCheck.Runtime;

/// <summary>Payloads on their way into the store.</summary>
internal static class Payload
{
    /// <summary>The most that is stored of one input or output, as UTF-8 JSON.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    /// <summary>Beyond this, Azure's storage may refuse it; the log says so.</summary>
    public const int PortableBytes = 1024 * 1024;

    /// <summary>JSON of a value.</summary>
    /// <exception cref="ArgumentException">It is too big; the message says what and how big.</exception>
    public static string? Serialize(DataConverter converter, object? value, string what)
    {
        var json = converter.Serialize(value);
        if (json is not null && json.Length > MaxBytes / 3 && Encoding.UTF8.GetByteCount(json) is var size && size > MaxBytes)
            throw new ArgumentException($"{char.ToUpperInvariant(what[0])}{what[1..]} is {size:N0} bytes as JSON; the most is {MaxBytes:N0}. Store it and pass its id.", nameof(value));
        return json;
    }

    public static bool IsPortable(string? json) => json is null || json.Length <= PortableBytes / 3 || Encoding.UTF8.GetByteCount(json) <= PortableBytes;
}
