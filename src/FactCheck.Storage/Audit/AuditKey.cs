using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FactCheck.Storage.Audit;

/// <summary>Seals what the desk writes (HMAC-SHA256): who does not hold it can put nothing in its place.</summary>
public sealed class AuditKey
{
    /// <summary>Of the key, in bytes.</summary>
    public const int Length = 32;

    private readonly byte[] _bytes;

    /// <param name="hasSealedAll">True where it is known to have sealed every head of this desk before.</param>
    /// <exception cref="ArgumentException">It is of another length.</exception>
    public AuditKey(byte[] bytes, bool hasSealedAll = false)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"An audit key has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        _bytes = bytes;
        HasSealedAll = hasSealedAll;
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(_bytes, "id"u8).AsSpan(0, 4));
    }

    /// <summary>True where it is known to have sealed every head of this desk: then none of a former release is left,
    /// whatever the log says.</summary>
    public bool HasSealedAll { get; }

    /// <summary>Tells one key from another, and tells nothing of it.</summary>
    public string Id { get; }

    /// <summary>The seal of some texts, in this order: the key's <see cref="Id"/>, a dot, 64 hex digits.</summary>
    public string Seal(params ReadOnlySpan<string> parts)
    {
        // Every part carries its length, so that no two different lists are written the same way.
        var text = new StringBuilder();
        foreach (var part in parts)
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:").Append(part).Append('\n');
        return $"{Id}.{Convert.ToHexStringLower(HMACSHA256.HashData(_bytes, Encoding.UTF8.GetBytes(text.ToString())))}";
    }

    /// <summary>Whether a seal is that of these texts.</summary>
    public bool Fits(string seal, params ReadOnlySpan<string> parts) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(seal), Encoding.UTF8.GetBytes(Seal(parts)));

    /// <summary>Whether a seal was made with another key.</summary>
    public bool IsOfAnother(string seal) => !seal.StartsWith($"{Id}.", StringComparison.Ordinal);
}
