using System.Globalization;
using System.Text.Json.Nodes;
using FactCheck.Host.Storage;
using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Durable;

/// <summary>What is told of an instance.</summary>
/// <param name="Waits">What it waits for, and who waits for it: not Azure's, so only for who asks.</param>
internal sealed record InstanceDetails(
    bool Input = true,
    bool History = false,
    bool HistoryOutput = false,
    bool Waits = false
);

/// <summary>Instances as JSON, with the names and forms of Azure's HTTP management.</summary>
internal static class InstanceJson
{
    /// <summary>A page in the filter's order, and where the next one begins; null on the last.</summary>
    public static (List<JsonObject> Items, string? Next) Page(
        SqliteConnection connection,
        InstanceFilter filter,
        int size,
        InstanceDetails details
    )
    {
        var rows = InstanceQueries.Select(connection, filter, size, payloads: true);
        return (
            rows.ConvertAll(row => Of(connection, row, details)),
            rows.Count == size ? filter.TokenAfter(rows[^1].Instance) : null
        );
    }

    public static JsonObject Of(
        SqliteConnection connection,
        (Instance Instance, string? Input, string? Output) row,
        InstanceDetails details
    )
    {
        var (instance, input, output) = row;
        var status = Status(instance, details.Input ? input : null, output);
        if (details.History)
            status["historyEvents"] = new HistoryJson(instance, details.HistoryOutput, details.Input).Of(
                History.Episodes(connection, instance.Key).SelectMany(episode => episode)
            );
        if (!details.Waits)
            return status;
        status["parentInstanceId"] = instance.Parent?.Id;
        status["traceParent"] = instance.Trace;
        status["waits"] = new JsonArray([.. Waits.Of(connection, instance).Select(Of)]);
        return status;
    }

    /// <summary>A blob that a function gave up.</summary>
    public static JsonObject Of(BlobReceipt receipt) =>
        new()
        {
            ["type"] = "BlobTrigger",
            ["functionId"] = receipt.Function,
            ["blobType"] = "BlockBlob",
            ["containerName"] = receipt.Container,
            ["blobName"] = receipt.Name,
            ["eTag"] = receipt.ETag,
            ["reason"] = receipt.Error,
            ["at"] = Time(receipt.Updated),
        };

    private static JsonNode Of(Wait wait)
    {
        var json = new JsonObject { ["kind"] = wait.Kind.ToString() };
        if (wait.Name is not null)
            json["name"] = wait.Name;
        if (wait.Target is not null)
            json["instanceId"] = wait.Target;
        if (wait.Until is { } until)
            json["until"] = Time(until);
        return json;
    }

    private static JsonObject Status(Instance instance, string? input, string? output) =>
        new()
        {
            ["name"] = instance.Name,
            ["instanceId"] = instance.Id,
            ["runtimeStatus"] = instance.Status.ToString(),
            ["input"] = HistoryJson.Json(input),
            ["customStatus"] = HistoryJson.Json(instance.CustomStatus),
            ["output"] = instance.Failure is { } failure
                ? JsonValue.Create(HistoryJson.Text(failure))
                : HistoryJson.Json(output),
            ["createdTime"] = Time(instance.Created),
            ["lastUpdatedTime"] = Time(instance.Updated),
            ["historyEvents"] = null,
        };

    private static string Time(DateTime time) => time.ToString("s", CultureInfo.InvariantCulture) + "Z";
}
