using System.Globalization;
using System.Text.Json;

namespace FactCheck.Functions.Http;

/// <summary>What HTTP functions are given.</summary>
internal static class Requests
{
    // Far more than any decision needs; articles have a limit of their own.
    private const int MaxJsonBytes = 512 * 1024;

    /// <summary>In characters.</summary>
    public const int LongestCursor = 200;

    /// <summary>Reads a JSON body.</summary>
    /// <exception cref="RefusedException">It is none, or of another shape; the message names the place.</exception>
    public static async Task<T> ReadAsync<T>(this HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType())
            throw new RefusedException(new Unsupported("Send JSON, with Content-Type: application/json."));
        var body =
            await request.ReadBytesAsync(MaxJsonBytes, cancellation)
            ?? throw new RefusedException(new TooLarge($"At most {MaxJsonBytes:N0} bytes."));
        try
        {
            return JsonSerializer.Deserialize(body, HttpJson.Of<T>())
                ?? throw new RefusedException("The body is null.");
        }
        catch (JsonException error)
        {
            throw new RefusedException(
                $"The body can't be read at {error.Path ?? "$"} (line {(error.LineNumber ?? 0) + 1})."
            );
        }
    }

    /// <summary>The whole body; null when it is larger than <paramref name="most"/> bytes.</summary>
    public static async Task<byte[]?> ReadBytesAsync(this HttpRequest request, int most, CancellationToken cancellation)
    {
        if (request.ContentLength > most)
            return null;
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellation)) > 0; )
        {
            if (bytes.Length + read > most)
                return null;
            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }

    /// <summary>The store's ETag as a strong entity tag of HTTP. Callers give it back as they got it, so it need not be
    /// read again.</summary>
    public static string TagOf(string etag) =>
        $"\"{Uri.EscapeDataString(etag.Replace("W/", "", StringComparison.Ordinal).Trim('"'))}\"";

    /// <summary>The version that the caller saw, as <see cref="TagOf"/> wrote it; a proxy may have weakened it on the
    /// way.</summary>
    /// <exception cref="RefusedException">None is given.</exception>
    public static string IfMatch(this HttpRequest request) =>
        request.Headers.IfMatch.ToString().Trim() is { Length: > 0 } etag
            ? etag.StartsWith("W/", StringComparison.Ordinal)
                ? etag[2..]
                : etag
            : throw new RefusedException(new PreconditionRequired());

    /// <summary>A value of the query that must be one of an enum's names; null when it is missing.</summary>
    public static T? QueryOf<T>(this HttpRequest request, string name)
        where T : struct, Enum =>
        request.Query[name].ToString() is not { Length: > 0 } value ? null
        : Enum.GetNames<T>().Contains(value, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(value, ignoreCase: true)
        : throw new RefusedException($"'{name}' is one of {string.Join(", ", Enum.GetNames<T>())}.");

    /// <summary>How many of a list are wanted.</summary>
    /// <exception cref="RefusedException">It is no number of 1 to <paramref name="limit"/>.</exception>
    public static int Most(this HttpRequest request, int otherwise, int limit) =>
        request.Query["most"].ToString() is not { Length: > 0 } given ? otherwise
        : int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
        && most >= 1
        && most <= limit
            ? most
        : throw new RefusedException($"'most' is 1 to {limit}.");

    /// <summary>Where a list goes on; null at its beginning.</summary>
    public static string? Cursor(this HttpRequest request) =>
        request.Query["cursor"].ToString() is not { Length: > 0 } cursor ? null
        : cursor.Length <= LongestCursor
        && cursor.All(c => c is >= ' ' and < (char)127 and not ('/' or '\\' or '#' or '?'))
            ? cursor
        : throw new RefusedException("That is no cursor of this list.");
}
