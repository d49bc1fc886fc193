using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;

namespace FactCheck.Runtime;

/// <summary>
/// Durable Task's HTTP management, with the paths, states and names of Azure's. A call goes through the app's middleware as a function of the name
/// <see cref="EmbeddedHostOptions.ManagementFunction"/>, then <paramref name="allowed"/> is asked: the host itself knows nothing of who may do what.
/// </summary>
internal sealed class ManagementRoutes(EmbeddedRuntime runtime, Func<FunctionContext, bool> allowed)
{
    private const string Prefix = "/runtime/webhooks/durabletask/instances";
    private const string PoisonBlobs = "/runtime/webhooks/blobs/poison"; // Azure has a queue for them, and no route

    private delegate Task<IResult> Handler(HttpContext http, string id);

    private Engine Writer => runtime.Engine;

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "GET", PoisonBlobs, (_, _) => ListPoisonAsync());
        Map(routes, "POST", PoisonBlobs + "/retry", (http, _) => RetryPoisonAsync(http));
        Map(routes, "GET", Prefix, (http, _) => ListAsync(http));
        Map(routes, "DELETE", Prefix, (http, _) => PurgeManyAsync(http));
        Map(routes, "GET", Prefix + "/{instanceId}", ShowAsync);
        Map(routes, "DELETE", Prefix + "/{instanceId}", PurgeAsync);
        Map(routes, "POST", Prefix + "/{instanceId}/raiseEvent/{eventName}", RaiseAsync);
        Map(routes, "POST", Prefix + "/{instanceId}/terminate", (http, id) => SteerAsync(id, "termination", writer => writer.Terminate(id, Reason(http), recursive: false)));
        Map(routes, "POST", Prefix + "/{instanceId}/suspend", (_, id) => SteerAsync(id, "suspension", writer => writer.Suspend(id)));
        Map(routes, "POST", Prefix + "/{instanceId}/resume", (_, id) => SteerAsync(id, "resumption", writer => writer.Resume(id)));
        Map(routes, "POST", Prefix + "/{instanceId}/rewind", RewindAsync);
        Map(routes, "POST", Prefix + "/{instanceId}/restart", RestartAsync);
    }

    private void Map(IEndpointRouteBuilder routes, string method, string path, Handler handler)
    {
        var function = FunctionDescriptor.OfLambda(
            EmbeddedHostOptions.ManagementFunction, new HttpTriggerAttribute(AuthorizationLevel.Anonymous), (trigger, context) => AnswerAsync((HttpContext)trigger, context, handler));
        routes.MapMethods(path, [method], http => HttpFunctions.AnswerAsync(http, function)).WithDisplayName(EmbeddedHostOptions.ManagementFunction);
    }

    private async Task<object?> AnswerAsync(HttpContext http, FunctionContext context, Handler handler)
    {
        if (!allowed(context))
            return Results.Problem(statusCode: StatusCodes.Status403Forbidden, detail: "Management of this host is not open to this caller.");
        try
        {
            return await handler(http, http.Request.RouteValues["instanceId"] as string ?? string.Empty);
        }
        catch (FormatException bad)
        {
            return Results.Problem(statusCode: StatusCodes.Status400BadRequest, detail: bad.Message);
        }
        catch (TimeoutException stuck)
        {
            // An orchestrator that never yields: the message names it, and nothing comes of this call.
            return Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, detail: stuck.Message);
        }
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var top = query["top"] is [{ Length: > 0 } text]
            ? int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new FormatException($"top is '{text}'; it is a number above 0.")
            : OrchestrationQuery.DefaultPageSize;
        var filter = Filter(query) with { Prefix = query["instanceIdPrefix"], After = http.Request.Headers["x-ms-continuation-token"] is [{ Length: > 0 } token] ? token : null };
        var details = new InstanceDetails(Flag(query, "showInput", otherwise: true), Waits: Flag(query, "showWaits"));
        var (items, next) = await ReadAsync(connection => InstanceJson.Page(connection, filter, top, details));
        http.Response.Headers["x-ms-continuation-token"] = next ?? string.Empty;
        return Results.Json(new JsonArray([.. items]));
    }

    private async Task<IResult> ShowAsync(HttpContext http, string id)
    {
        var query = http.Request.Query;
        var details = new InstanceDetails(
            Flag(query, "showInput", otherwise: true), Flag(query, "showHistory"), Flag(query, "showHistoryOutput"), Flag(query, "showWaits"));
        if (await ReadAsync(connection => Shown(connection, id, details)) is not var (instance, status))
            return Results.NotFound();
        if (instance.IsTerminal)
            return Results.Json(status, statusCode: instance.Status == OrchestrationRuntimeStatus.Failed && Flag(query, "returnInternalServerErrorOnFailure") ? 500 : 200);
        http.Response.Headers.Location = $"{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}{http.Request.QueryString}";
        http.Response.Headers.RetryAfter = "5";
        return Results.Json(status, statusCode: StatusCodes.Status202Accepted);
    }

    private static (Instance Instance, JsonObject Status)? Shown(SqliteConnection connection, string id, InstanceDetails details) =>
        Database.Select(connection, id, payloads: true) is { } row ? (row.Instance, InstanceJson.Of(connection, row, details)) : null;

    private async Task<IResult> PurgeAsync(HttpContext http, string id) => await FindAsync(id) is null
        ? Results.NotFound()
        : Purged(await Writer.CallAsync($"purge of {id}", writer => writer.Purge(id, recursive: false)));

    private async Task<IResult> PurgeManyAsync(HttpContext http)
    {
        var filter = Filter(http.Request.Query);
        if (filter.CreatedFrom is null)
            throw new FormatException("createdTimeFrom is missing: say from when on instances are to be purged.");
        var count = 0;
        for (var complete = false; !complete;)
        {
            var batch = filter;
            (var purged, complete, filter) = await Writer.CallAsync("purge", writer => writer.PurgeSome(batch, recursive: false));
            count += purged;
        }
        return count == 0 ? Results.NotFound() : Purged(count);
    }

    private async Task<IResult> RaiseAsync(HttpContext http, string id)
    {
        if (await MissingAsync(id) is { } missing)
            return missing;
        if (!http.Request.HasJsonContentType())
            throw new FormatException("An event's payload is JSON, as application/json.");
        var payload = await ReadJsonAsync(http.Request);
        var name = (string)http.Request.RouteValues["eventName"]!;
        return await SteerAsync(id, $"event '{name}'", writer => writer.Raise(id, name, payload));
    }

    private async Task<IResult> SteerAsync(string id, string what, Func<Engine, bool> steer) =>
        await Writer.CallAsync($"{what} of {id}", steer) || await MissingAsync(id) is not { } missing ? Results.StatusCode(StatusCodes.Status202Accepted) : missing;

    private async Task<IResult> RewindAsync(HttpContext http, string id)
    {
        try
        {
            await Writer.CallAsync($"rewind of {id}", writer => writer.Rewind(id, http.Request.Query["reason"].ToString()));
            return Results.StatusCode(StatusCodes.Status202Accepted);
        }
        catch (ArgumentException)
        {
            return Results.NotFound();
        }
        catch (InvalidOperationException refused)
        {
            return await FindAsync(id) is ({ Status: OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Terminated }, _, _)
                ? Results.StatusCode(StatusCodes.Status410Gone)
                : Results.Problem(statusCode: StatusCodes.Status409Conflict, detail: refused.Message);
        }
    }

    private async Task<IResult> RestartAsync(HttpContext http, string id)
    {
        try
        {
            var started = await new EmbeddedDurableTaskClient(runtime).RestartAsync(id, Flag(http.Request.Query, "restartWithNewInstanceId", otherwise: true));
            return CheckStatus(http, started);
        }
        catch (ArgumentException unknown)
        {
            return Results.Problem(statusCode: StatusCodes.Status400BadRequest, detail: unknown.Message);
        }
        catch (InvalidOperationException runs)
        {
            return Results.Problem(statusCode: StatusCodes.Status409Conflict, detail: runs.Message);
        }
    }

    private static IResult CheckStatus(HttpContext http, string id)
    {
        var uri = $"{http.Request.Scheme}://{http.Request.Host}{Prefix}/{Uri.EscapeDataString(id)}";
        http.Response.Headers.Location = uri;
        http.Response.Headers.RetryAfter = "10";
        return Results.Json(
            new JsonObject
            {
                ["id"] = id,
                ["statusQueryGetUri"] = uri,
                ["sendEventPostUri"] = uri + "/raiseEvent/{eventName}",
                ["terminatePostUri"] = uri + "/terminate?reason={text}",
                ["purgeHistoryDeleteUri"] = uri,
                ["rewindPostUri"] = uri + "/rewind?reason={text}",
                ["restartPostUri"] = uri + "/restart",
                ["suspendPostUri"] = uri + "/suspend?reason={text}",
                ["resumePostUri"] = uri + "/resume?reason={text}",
            },
            statusCode: StatusCodes.Status202Accepted);
    }

    private async Task<IResult> ListPoisonAsync() =>
        Results.Json(new JsonArray([.. (await ReadAsync(Database.Poisoned)).Select(receipt => InstanceJson.Of(PoisonBlob.Of(receipt)))]));

    private async Task<IResult> RetryPoisonAsync(HttpContext http)
    {
        var query = http.Request.Query;
        if (query["container"] is not [{ Length: > 0 } container] || query["name"] is not [{ Length: > 0 } name])
            throw new FormatException("container and name are missing: say which blob is to be tried again.");
        return await runtime.Blobs!.TryAgainAsync(container, name)
            ? Results.StatusCode(StatusCodes.Status202Accepted)
            : Results.Problem(statusCode: StatusCodes.Status404NotFound, detail: $"No function gave up {container}/{name}.");
    }

    private static IResult Purged(int count) => Results.Json(new JsonObject { ["instancesDeleted"] = count });

    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> read) => Writer.Database.ReadAsync(read);

    private Task<(Instance Instance, string? Input, string? Output)?> FindAsync(string id) => ReadAsync(connection => Database.Select(connection, id, payloads: true));

    /// <summary>The answer for an instance that can't be steered: none there, or ended.</summary>
    private async Task<IResult?> MissingAsync(string id) => await FindAsync(id) switch
    {
        null => Results.NotFound(),
        ({ IsTerminal: true }, _, _) => Results.StatusCode(StatusCodes.Status410Gone),
        _ => null,
    };

    private string? Reason(HttpContext http) => http.Request.Query["reason"] is [{ } reason] ? Writer.Settings.Converter.Serialize(reason) : null;

    private static async Task<string?> ReadJsonAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var text = request.ContentLength > Payload.MaxBytes ? null : await reader.ReadToEndAsync();
        if (text is null || System.Text.Encoding.UTF8.GetByteCount(text) > Payload.MaxBytes)
            throw new FormatException($"An event's payload has at most {Payload.MaxBytes:N0} bytes. Store it and send its id.");
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

    private static InstanceFilter Filter(IQueryCollection query) => new()
    {
        CreatedFrom = Time(query, "createdTimeFrom"),
        CreatedTo = Time(query, "createdTimeTo"),
        Statuses = query["runtimeStatus"] is { Count: > 0 } statuses
            ? [.. statuses.SelectMany(text => text!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Select(ParseStatus)]
            : null,
    };

    private static OrchestrationRuntimeStatus ParseStatus(string text) =>
        Enum.TryParse<OrchestrationRuntimeStatus>(text, ignoreCase: true, out var status) && Enum.IsDefined(status)
            ? status
            : throw new FormatException($"'{text}' is no runtimeStatus; they are {string.Join(", ", Enum.GetNames<OrchestrationRuntimeStatus>())}.");

    private static DateTime? Time(IQueryCollection query, string name) => query[name] is not [{ Length: > 0 } text] ? null
        : DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new FormatException($"{name} is '{text}'; it is a time such as 2030-01-31T12:00:00Z.");

    private static bool Flag(IQueryCollection query, string name, bool otherwise = false) => query[name] is not [{ Length: > 0 } text] ? otherwise
        : bool.TryParse(text, out var value) ? value
        : throw new FormatException($"{name} is '{text}'; it is true or false.");
}
