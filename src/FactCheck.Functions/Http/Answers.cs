using System.Text.Json.Serialization.Metadata;
using FactCheck.Domain;

namespace FactCheck.Functions.Http;

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

    /// <summary>What was sent lacks something: field to what is wrong with it.</summary>
    public static IResult Incomplete(string detail, IReadOnlyDictionary<string, string> errors) =>
        Problem(StatusCodes.Status422UnprocessableEntity, detail, errors);

    public static IResult Incomplete(string detail, string field, string problem) =>
        Incomplete(detail, new Dictionary<string, string>(StringComparer.Ordinal) { [field] = problem });

    public static IResult Conflict(string detail, Lease? lease = null) =>
        Problem(StatusCodes.Status409Conflict, detail, null, lease);

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
