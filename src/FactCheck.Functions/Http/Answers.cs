using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FactCheck.Domain;

namespace FactCheck.Functions.Http;

/// <summary>A request that can't be understood; the message goes to the caller.</summary>
internal sealed class BadRequestException(string message, int status = StatusCodes.Status400BadRequest)
    : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>What HTTP functions answer.</summary>
internal static class Answers
{
    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) =>
        Results.Json(value, InfoOf<T>(), statusCode: status);

    public static IResult Accepted<T>(string location, T value) =>
        new WithHeader("Location", location, Json(value, StatusCodes.Status202Accepted));

    public static IResult Created<T>(string location, T value) =>
        new WithHeader("Location", location, Json(value, StatusCodes.Status201Created));

    public static IResult WithETag<T>(T value, string tag) => new WithHeader("ETag", tag, Json(value));

    public static IResult Problem(
        int status,
        string detail,
        IReadOnlyDictionary<string, string>? errors = null,
        Lease? lease = null
    ) =>
        Results.Json(
            new Problem(TitleOf(status), status, detail, errors, lease?.Holder, lease?.Until),
            HttpJson.Default.Problem,
            "application/problem+json",
            status
        );

    /// <summary>Nothing is wrong with the request; whoever sent it tries again soon.</summary>
    public static IResult Away(string detail) =>
        new WithHeader("Retry-After", "10", Problem(StatusCodes.Status503ServiceUnavailable, detail));

    public static IResult NotFound(string what) => Problem(StatusCodes.Status404NotFound, $"There is no such {what}.");

    /// <summary>
    /// The store's ETag as a strong entity tag of HTTP. Callers give it back as they got it, so it need not be read
    /// again.
    /// </summary>
    public static string TagOf(string etag) =>
        $"\"{Uri.EscapeDataString(etag.Replace("W/", "", StringComparison.Ordinal).Trim('"'))}\"";

    private static string TitleOf(int status) =>
        status switch
        {
            400 => "Bad request",
            401 => "Not signed in",
            403 => "Not allowed",
            404 => "Not found",
            409 => "Conflict",
            410 => "Gone",
            412 => "Changed in the meantime",
            413 => "Too large",
            415 => "Unsupported format",
            422 => "Incomplete",
            428 => "Precondition required",
            429 => "Too many requests",
            503 => "Not ready",
            _ => "Error",
        };

    internal static JsonTypeInfo<T> InfoOf<T>() => (JsonTypeInfo<T>)HttpJson.Default.GetTypeInfo(typeof(T))!;

    private sealed class WithHeader(string name, string value, IResult result) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers[name] = value;
            return result.ExecuteAsync(httpContext);
        }
    }
}

/// <summary>What HTTP functions are given.</summary>
internal static class Requests
{
    // Far more than any decision needs; articles have a limit of their own.
    private const int MaxJsonBytes = 512 * 1024;

    /// <summary>Who calls. <see cref="AccessMiddleware"/> has let them in.</summary>
    public static Person Caller(this HttpRequest request) =>
        FindCaller(request) ?? throw new InvalidOperationException("A function without access control was called.");

    public static Person? FindCaller(this HttpRequest request) => request.HttpContext.Items[typeof(Person)] as Person;

    /// <summary>Reads a JSON body.</summary>
    /// <exception cref="BadRequestException">It is none, or of another shape; the message names the place.</exception>
    public static async Task<T> ReadAsync<T>(this HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType())
            throw new BadRequestException(
                "Send JSON, with Content-Type: application/json.",
                StatusCodes.Status415UnsupportedMediaType
            );
        var body =
            await request.ReadBytesAsync(MaxJsonBytes, cancellation)
            ?? throw new BadRequestException($"At most {MaxJsonBytes:N0} bytes.", StatusCodes.Status413PayloadTooLarge);
        try
        {
            return JsonSerializer.Deserialize(body, Answers.InfoOf<T>())
                ?? throw new BadRequestException("The body is null.");
        }
        catch (JsonException error)
        {
            throw new BadRequestException(
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

    /// <summary>
    /// The version that the caller saw, as <see cref="Answers.TagOf"/> wrote it; a proxy may have weakened it on the
    /// way.
    /// </summary>
    /// <exception cref="BadRequestException">None is given.</exception>
    public static string IfMatch(this HttpRequest request) =>
        request.Headers.IfMatch.ToString().Trim() is { Length: > 0 } etag
            ? etag.StartsWith("W/", StringComparison.Ordinal)
                ? etag[2..]
                : etag
            : throw new BadRequestException(
                "Send If-Match with the ETag that you saw, so that nobody's work is overwritten.",
                StatusCodes.Status428PreconditionRequired
            );

    /// <summary>A value of the query that must be one of an enum's names; null when it is missing.</summary>
    public static T? QueryOf<T>(this HttpRequest request, string name)
        where T : struct, Enum =>
        request.Query[name].ToString() is not { Length: > 0 } value ? null
        : Enum.TryParse<T>(value, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) ? parsed
        : throw new BadRequestException($"'{name}' is one of {string.Join(", ", Enum.GetNames<T>())}.");

    /// <summary>How many of a list are wanted.</summary>
    /// <exception cref="BadRequestException">It is no number of 1 to <paramref name="limit"/>.</exception>
    public static int Most(this HttpRequest request, int otherwise, int limit) =>
        request.Query["most"].ToString() is not { Length: > 0 } given ? otherwise
        : int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
        && most >= 1
        && most <= limit
            ? most
        : throw new BadRequestException($"'most' is 1 to {limit}.");

    /// <summary>Where a list goes on; null at its beginning.</summary>
    public static string? Cursor(this HttpRequest request) =>
        request.Query["cursor"].ToString() is not { Length: > 0 } cursor ? null
        : cursor.Length <= 200 && cursor.All(c => c is >= ' ' and < (char)127 and not ('/' or '\\' or '#' or '?'))
            ? cursor
        : throw new BadRequestException("That is no cursor of this list.");
}
