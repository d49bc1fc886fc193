using System.Text.Json;
using FactCheck.Host.Worker;
using Microsoft.AspNetCore.Http;

namespace FactCheck.Host.Http;

/// <summary>The host's own word on itself, at <c>/runtime/health</c>: that it lives, whether a worker is ready, and what stands still. 503 when anything does.</summary>
internal static class Health
{
    public const string Path = "/runtime/health";

    /// <summary>Answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="workers">Whose worker is looked at.</param>
    /// <param name="problems">What stands still, in sentences.</param>
    public static async Task AnswerAsync(HttpContext context, WorkerSupervisor workers, Func<IReadOnlyList<string>> problems)
    {
        var isReady = workers.Ready is not null;
        var found = problems();
        context.Response.StatusCode = isReady && found.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.Body);
        writer.WriteStartObject();
        writer.WriteBoolean("live", true);
        writer.WriteBoolean("worker", isReady);
        writer.WriteNumber("workers", workers.Generation);
        writer.WriteBoolean("intake", found.Count == 0);
        writer.WriteStartArray("problems");
        foreach (var problem in found)
            writer.WriteStringValue(problem);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
