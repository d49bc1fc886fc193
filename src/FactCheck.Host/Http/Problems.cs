using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace FactCheck.Host.Http;

/// <summary>What the host itself answers when no function can: problem details (RFC 9457), and a page that comes back
/// by itself for who only waits a moment.</summary>
internal static class Problems
{
    private const string BackInAMoment = """
        <!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>Back in a moment</title>
        <body style="font:1.1rem system-ui;margin:20vh auto;max-width:30rem;padding:0 1rem"><h1>Back in a moment</h1>
        <p>The program behind this page is being started again. This page tries by itself.</p>
        """;

    /// <summary>Answers in place of whatever there was; aborts when that has begun already.</summary>
    public static async Task WriteAsync(
        HttpContext context,
        int status,
        string title,
        string detail,
        TimeSpan? retryAfter = null
    )
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }
        response.Clear();
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        if (retryAfter is { } pause)
            response.Headers.RetryAfter = Math.Ceiling(pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (
            status is StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable
            && IsPage(context.Request)
        )
        {
            response.ContentType = "text/html; charset=utf-8";
            await response.WriteAsync(BackInAMoment);
            return;
        }
        response.ContentType = "application/problem+json";
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["type"] = "about:blank",
                ["title"] = title,
                ["status"] = status,
                ["detail"] = detail,
            }
        );
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }

    /// <summary>A person looks at a page, rather than a program at an answer.</summary>
    private static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && Accepts(request.Headers.Accept);

    private static bool Accepts(StringValues accept)
    {
        foreach (var value in accept)
        {
            if (value?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true)
                return true;
        }
        return false;
    }
}
