using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FactCheck.Host.Durable;
using FactCheck.Host.Durable.Protocol;
using FactCheck.Host.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Http;

/// <summary>Durable Task's HTTP management, with Azure's paths, states and names, and the blobs that were given up. The
/// host knows no roles: <paramref name="allowed"/> says who may. What would change something comes from a program: a
/// page of another site can't send its header.</summary>
/// <param name="retry">Lets a blob be tried again; false when no function gave it up.</param>
internal sealed class ManagementRoutes(
    Engine engine,
    Func<string, string, Task<bool>> retry,
    Func<HttpContext, Task<bool>> allowed
)
{
    private const string Prefix = "/runtime/webhooks/durabletask/instances";
    private const string PoisonBlobs = "/runtime/webhooks/blobs/poison"; // Azure has a queue for them, and no route
    private const int DefaultPageSize = 100;
    private const int MostPageSize = 1_000;

    private delegate Task<IResult> Handler(HttpContext http, string id);

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "GET", PoisonBlobs, (_, _) => ListPoisonAsync());
        Map(routes, "POST", PoisonBlobs + "/retry", (http, _) => RetryPoisonAsync(http));
        Map(routes, "GET", Prefix, (http, _) => ListAsync(http));
        Map(routes, "DELETE", Prefix, (http, _) => PurgeManyAsync(http));
        Map(routes, "GET", Prefix + "/{instanceId}", ShowAsync);
        Map(routes, "DELETE", Prefix + "/{instanceId}", PurgeAsync);
        Map(routes, "POST", Prefix + "/{instanceId}/raiseEvent/{eventName}", RaiseAsync);
        Map(routes, "POST", Prefix + "/{instanceId}/terminate", TerminateAsync);
        Map(routes, "POST", Prefix + "/{instanceId}/suspend", SuspendAsync);
        Map(routes, "POST", Prefix + "/{instanceId}/resume", ResumeAsync);
        Map(routes, "POST", Prefix + "/{instanceId}/rewind", (http, id) => DoAsync(() => RewindAsync(http, id)));
        Map(routes, "POST", Prefix + "/{instanceId}/restart", (http, id) => DoAsync(() => RestartAsync(http, id)));
    }

    private void Map(IEndpointRouteBuilder routes, string method, string path, Handler handler) =>
        routes
            .MapMethods(
                path,
                [method],
                async http =>
                {
                    var answer = await allowed(http)
                        ? await AnswerAsync(http, handler)
                        : Results.Problem(
                            statusCode: StatusCodes.Status403Forbidden,
                            detail: "Management of this host is not open to this caller."
                        );
                    http.Response.Headers.CacheControl = "no-store";
                    await answer.ExecuteAsync(http);
                }
            )
            .WithDisplayName("Durable Task management");

    private static async Task<IResult> AnswerAsync(HttpContext http, Handler handler)
    {
        try
        {
            return await handler(http, http.Request.RouteValues["instanceId"] as string ?? string.Empty);
        }
        catch (FormatException bad)
        {
            return Results.Problem(statusCode: StatusCodes.Status400BadRequest, detail: bad.Message);
        }
        catch (ObjectDisposedException)
        {
            return Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, detail: "The host stops.");
        }
    }

    private static async Task<IResult> DoAsync(Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (RefusedException refused)
        {
            var status =
                refused.Reason == Refusal.Missing ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict;
            return Results.Problem(statusCode: status, detail: refused.Message);
        }
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var top = query["top"] is [{ Length: > 0 } text]
            ? int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MostPageSize
                ? number
                : throw new FormatException($"top is '{text}'; it is a number from 1 to 1,000.")
            : DefaultPageSize;
        var filter = Filter(query) with
        {
            Prefix = query["instanceIdPrefix"],
            After = http.Request.Headers["x-ms-continuation-token"] is [{ Length: > 0 } token] ? token : null,
        };
        var details = new InstanceDetails(Flag(query, "showInput", otherwise: true), Waits: Flag(query, "showWaits"));
        var (items, next) = await ReadAsync(connection => InstanceJson.Page(connection, filter, top, details));
        http.Response.Headers["x-ms-continuation-token"] = next ?? string.Empty;
        return Results.Json(new JsonArray([.. items]));
    }

    private async Task<IResult> ShowAsync(HttpContext http, string id)
    {
        var query = http.Request.Query;
        var details = new InstanceDetails(
            Flag(query, "showInput", otherwise: true),
            Flag(query, "showHistory"),
            Flag(query, "showHistoryOutput"),
            Flag(query, "showWaits")
        );
        if (await ReadAsync(connection => Shown(connection, id, details)) is not var (instance, status))
            return Results.NotFound();
        if (instance.IsTerminal)
            return Results.Json(
                status,
                statusCode: instance.Status == InstanceStatus.Failed
                && Flag(query, "returnInternalServerErrorOnFailure")
                    ? 500
                    : 200
            );
        http.Response.Headers.Location =
            $"{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}{http.Request.QueryString}";
        http.Response.Headers.RetryAfter = "5";
        return Results.Json(status, statusCode: StatusCodes.Status202Accepted);
    }

    private static (Instance Instance, JsonObject Status)? Shown(
        SqliteConnection connection,
        string id,
        InstanceDetails details
    ) =>
        InstanceQueries.Select(connection, id, payloads: true) is { } row
            ? (row.Instance, InstanceJson.Of(connection, row, details))
            : null;

    private async Task<IResult> PurgeAsync(HttpContext http, string id) =>
        await FindAsync(id) is null
            ? Results.NotFound()
            : Purged(await engine.CallAsync($"purge of {id}", requests => requests.Purge(id, recursive: false)));

    private async Task<IResult> PurgeManyAsync(HttpContext http)
    {
        var filter = Filter(http.Request.Query);
        if (filter.CreatedFrom is null)
            throw new FormatException("createdTimeFrom is missing: say from when on instances are to be purged.");
        var count = 0;
        for (var complete = false; !complete; )
        {
            var batch = filter;
            (var purged, complete, filter) = await engine.CallAsync(
                "purge",
                requests => requests.PurgeSome(batch, recursive: false)
            );
            count += purged;
        }
        return count == 0 ? Results.NotFound() : Purged(count);
    }

    private async Task<IResult> RaiseAsync(HttpContext http, string id)
    {
        if (!http.Request.HasJsonContentType())
            throw new FormatException("An event's payload is JSON, as application/json.");
        var payload = await ReadJsonAsync(http.Request);
        var name = (string)http.Request.RouteValues["eventName"]!;
        return await SteerAsync(id, $"event '{name}'", requests => requests.Raise(id, name, payload));
    }

    private Task<IResult> TerminateAsync(HttpContext http, string id) =>
        SteerAsync(id, "termination", requests => requests.Terminate(id, Json(http), recursive: false));

    private Task<IResult> SuspendAsync(HttpContext http, string id) =>
        SteerAsync(id, "suspension", requests => requests.Suspend(id, Reason(http)));

    private Task<IResult> ResumeAsync(HttpContext http, string id) =>
        SteerAsync(id, "resumption", requests => requests.Resume(id, Reason(http)));

    private Task<IResult> SteerAsync(string id, string what, Func<Requests, Found> steer) =>
        DoAsync(async () =>
            await engine.CallAsync($"{what} of {id}", steer) switch
            {
                Found.Nothing => Results.NotFound(),
                Found.Ended => Results.StatusCode(StatusCodes.Status410Gone),
                _ => Results.StatusCode(StatusCodes.Status202Accepted),
            }
        );

    private async Task<IResult> RewindAsync(HttpContext http, string id)
    {
        try
        {
            await engine.CallAsync($"rewind of {id}", requests => requests.Rewind(id, Reason(http)));
            return Results.StatusCode(StatusCodes.Status202Accepted);
        }
        catch (RefusedException refused) when (refused.Reason == Refusal.NotNow)
        {
            if (await FindAsync(id) is ({ IsTerminal: true }, _, _))
                return Results.StatusCode(StatusCodes.Status410Gone);
            throw;
        }
    }

    private async Task<IResult> RestartAsync(HttpContext http, string id)
    {
        var isNew = Flag(http.Request.Query, "restartWithNewInstanceId", otherwise: true);
        var started = await engine.CallAsync($"restart of {id}", requests => requests.Restart(id, isNew));
        var uri = $"{http.Request.Scheme}://{http.Request.Host}{Prefix}/{Uri.EscapeDataString(started)}";
        http.Response.Headers.Location = uri;
        http.Response.Headers.RetryAfter = "10";
        return Results.Json(
            new JsonObject
            {
                ["id"] = started,
                ["statusQueryGetUri"] = uri,
                ["sendEventPostUri"] = uri + "/raiseEvent/{eventName}",
                ["terminatePostUri"] = uri + "/terminate?reason={text}",
                ["purgeHistoryDeleteUri"] = uri,
                ["rewindPostUri"] = uri + "/rewind?reason={text}",
                ["restartPostUri"] = uri + "/restart",
                ["suspendPostUri"] = uri + "/suspend?reason={text}",
                ["resumePostUri"] = uri + "/resume?reason={text}",
            },
            statusCode: StatusCodes.Status202Accepted
        );
    }

    private async Task<IResult> ListPoisonAsync() =>
        Results.Json(
            new JsonArray([.. (await ReadAsync(TriggerRows.Poisoned)).Select(receipt => InstanceJson.Of(receipt))])
        );

    private async Task<IResult> RetryPoisonAsync(HttpContext http)
    {
        var query = http.Request.Query;
        if (query["container"] is not [{ Length: > 0 } container] || query["name"] is not [{ Length: > 0 } name])
            throw new FormatException("container and name are missing: say which blob is to be tried again.");
        return await retry(container, name)
            ? Results.StatusCode(StatusCodes.Status202Accepted)
            : Results.Problem(
                statusCode: StatusCodes.Status404NotFound,
                detail: $"No function gave up {container}/{name}."
            );
    }

    private static IResult Purged(int count) => Results.Json(new JsonObject { ["instancesDeleted"] = count });

    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> read) => engine.ReadAsync(read);

    private Task<(Instance Instance, string? Input, string? Output)?> FindAsync(string id) =>
        ReadAsync(connection => InstanceQueries.Select(connection, id, payloads: true));

    private static string? Reason(HttpContext http) => http.Request.Query["reason"] is [{ } reason] ? reason : null;

    /// <summary>What becomes a terminated instance's output, which is JSON.</summary>
    private static string? Json(HttpContext http) =>
        Reason(http) is { } reason ? JsonSerializer.Serialize(reason) : null;

    private static async Task<string?> ReadJsonAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var text = request.ContentLength > Refusals.MostCharacters ? null : await reader.ReadToEndAsync();
        if (text is null || text.Length > Refusals.MostCharacters)
            throw new FormatException(
                $"An event's payload has at most {Refusals.MostCharacters:N0} characters. Store it and send its id."
            );
        if (text.Length == 0)
            return null;
        try
        {
            return JsonNode.Parse(text)?.ToJsonString();
        }
        catch (JsonException bad)
        {
            throw new FormatException($"The payload is not JSON: {bad.Message}", bad);
        }
    }

    private static InstanceFilter Filter(IQueryCollection query) =>
        new()
        {
            CreatedFrom = Time(query, "createdTimeFrom"),
            CreatedTo = Time(query, "createdTimeTo"),
            Statuses = query["runtimeStatus"] is { Count: > 0 } statuses
                ?
                [
                    .. statuses
                        .SelectMany(text =>
                            text!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                        )
                        .Select(ParseStatus),
                ]
                : null,
        };

    private static InstanceStatus ParseStatus(string text) =>
        Enum.TryParse<InstanceStatus>(text, ignoreCase: true, out var status) && Enum.IsDefined(status)
            ? status
            : throw new FormatException(
                $"'{text}' is no runtimeStatus; they are {string.Join(", ", Enum.GetNames<InstanceStatus>())}."
            );

    private static DateTime? Time(IQueryCollection query, string name) =>
        query[name] is not [{ Length: > 0 } text] ? null
        : DateTime.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
        : throw new FormatException($"{name} is '{text}'; it is a time such as 2030-01-31T12:00:00Z.");

    private static bool Flag(IQueryCollection query, string name, bool otherwise = false) =>
        query[name] is not [{ Length: > 0 } text] ? otherwise
        : bool.TryParse(text, out var value) ? value
        : throw new FormatException($"{name} is '{text}'; it is true or false.");
}
