using System.Text.Json;
using FactCheck.Host.Worker;
using Microsoft.AspNetCore.Http;

namespace FactCheck.Host.Http;

/// <summary>Answers <c>/runtime/health</c>: whether a worker is ready, and what stands still (then 503).</summary>
internal static class Health
{
    public const string Path = "/runtime/health";

    /// <summary>Answers for a host of an app.</summary>
    public static Task AnswerAsync(HttpContext context, WorkerSupervisor workers, Func<IReadOnlyList<string>> problems)
    {
        var found = problems();
        return AnswerAsync(
            context,
            found.Count == 0 && workers.Ready is not null,
            workers.Ready is not null,
            workers.Generation,
            found
        );
    }

    /// <summary>Answers for a host that plain workers connect to: it is well without one, too.</summary>
    public static Task AnswerAsync(HttpContext context, int workers, IReadOnlyList<string> problems) =>
        AnswerAsync(context, problems.Count == 0, workers > 0, workers, problems);

    private static async Task AnswerAsync(
        HttpContext context,
        bool isWell,
        bool hasWorker,
        int workers,
        IReadOnlyList<string> problems
    )
    {
        context.Response.StatusCode = isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.Body);
        writer.WriteStartObject();
        writer.WriteBoolean("live", true);
        writer.WriteBoolean("worker", hasWorker);
        writer.WriteNumber("workers", workers);
        writer.WriteBoolean("intake", problems.Count == 0);
        writer.WriteStartArray("problems");
        foreach (var problem in problems)
            writer.WriteStringValue(problem);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
