using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FactCheck.Tests.Storage.Azure;

/// <summary>
/// Azure's table service in memory, as far as a store asks it: entities as they are sent, filters, pages, transactions.
/// That it is one is what the same tests show on the emulator.
/// </summary>
internal sealed partial class FakeTableService : HttpMessageHandler
{
    private readonly Lock _turn = new();
    private readonly Dictionary<string, SortedDictionary<string, JsonObject>> _tables = new(StringComparer.Ordinal);
    private int _writes;

    /// <summary>How many transactions were asked for.</summary>
    public int Commits { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var body = request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken) : "";
        var path = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath[1..]);
        lock (_turn)
            return path switch
            {
                "Tables" => Create((string)JsonNode.Parse(body)!["TableName"]!),
                "$batch" => Multipart(Commit(body)),
                _ when EntityAddress().Match(path) is { Success: true } entity => Find(entity),
                _ => List(path[..^"()".Length], QueryOf(request.RequestUri)),
            };
    }

    private HttpResponseMessage Create(string table) =>
        _tables.TryAdd(table, new(StringComparer.Ordinal))
            ? Json(HttpStatusCode.Created, new() { ["TableName"] = table })
            : Json(HttpStatusCode.Conflict, Error("TableAlreadyExists", ""));

    private HttpResponseMessage Find(Match entity) =>
        !_tables.TryGetValue(entity.Groups["table"].Value, out var rows)
            ? Json(HttpStatusCode.NotFound, Error("TableNotFound", ""))
        : rows.TryGetValue(KeyOf(entity), out var row) ? Json(HttpStatusCode.OK, row.DeepClone().AsObject())
        : Json(HttpStatusCode.NotFound, Error("ResourceNotFound", ""));

    private HttpResponseMessage List(string table, Dictionary<string, string> query)
    {
        if (!_tables.TryGetValue(table, out var rows))
            return Json(HttpStatusCode.NotFound, Error("TableNotFound", ""));
        var conditions = Condition().Matches(query["$filter"]);
        var most = int.Parse(query["$top"]);
        var from = query.GetValueOrDefault("NextRowKey", "");
        var found = rows
            .Values.Where(row => conditions.All(condition => Holds(condition, row)))
            .Where(row => string.CompareOrdinal((string)row["RowKey"]!, from) >= 0)
            .Take(most + 1)
            .ToList();
        var answer = Json(
            HttpStatusCode.OK,
            new() { ["value"] = new JsonArray([.. found.Take(most).Select(row => row.DeepClone())]) }
        );
        if (found.Count > most)
        {
            answer.Headers.Add("x-ms-continuation-NextPartitionKey", "next");
            answer.Headers.Add("x-ms-continuation-NextRowKey", Uri.EscapeDataString((string)found[most]["RowKey"]!));
        }

        return answer;
    }

    // All of the changes, or the first that can't be made and none.
    private IReadOnlyList<string> Commit(string batch)
    {
        Commits++;
        var before = new Dictionary<string, SortedDictionary<string, JsonObject>>(StringComparer.Ordinal);
        var answers = new List<string>();
        foreach (var change in Change().Matches(batch).Cast<Match>())
        {
            var table = EntityAddress().Match(Uri.UnescapeDataString(change.Groups["path"].Value))
                is { Success: true } at
                ? at.Groups["table"].Value
                : change.Groups["path"].Value;
            if (_tables.TryGetValue(table, out var rows) && !before.ContainsKey(table))
                before[table] = new(rows, StringComparer.Ordinal);
            var (status, code, etag) = rows is null ? (404, "TableNotFound", null) : Apply(rows, change);
            if (code is null)
            {
                answers.Add($"HTTP/1.1 204 No Content\r\n{(etag is null ? "" : $"ETag: {etag}\r\n")}\r\n");
                continue;
            }

            foreach (var (name, old) in before)
                _tables[name] = old;
            return
            [
                $"HTTP/1.1 {status} No\r\nContent-Type: application/json\r\n\r\n{Error(code, $"{answers.Count}:")}",
            ];
        }

        return answers;
    }

    private (int Status, string? Code, string? ETag) Apply(SortedDictionary<string, JsonObject> rows, Match change)
    {
        var method = change.Groups["method"].Value;
        var wanted = change.Groups["etag"] is { Success: true } match ? match.Value : null;
        var entity = method == "DELETE" ? null : JsonNode.Parse(change.Groups["body"].Value)!.AsObject();
        var key = entity is null
            ? KeyOf(EntityAddress().Match(Uri.UnescapeDataString(change.Groups["path"].Value)))
            : $"{entity["PartitionKey"]}\n{entity["RowKey"]}";
        var there = rows.GetValueOrDefault(key);
        if (method == "POST" && there is not null)
            return (409, "EntityAlreadyExists", null);
        if (wanted is not null && there is null)
            return (404, "ResourceNotFound", null);
        if (wanted is not (null or "*") && (string)there!["odata.etag"]! != wanted)
            return (412, "UpdateConditionNotSatisfied", null);
        if (entity is null)
        {
            rows.Remove(key);
            return (204, null, null);
        }

        entity["odata.etag"] = $"W/\"datetime'{++_writes}'\"";
        rows[key] = entity;
        return (204, null, (string)entity["odata.etag"]!);
    }

    private static bool Holds(Match condition, JsonObject row)
    {
        var value = condition.Groups["value"].Value.Replace("''", "'", StringComparison.Ordinal);
        var order = string.CompareOrdinal((string)row[condition.Groups["name"].Value]!, value);
        return condition.Groups["is"].Value switch
        {
            "eq" => order == 0,
            "ge" => order >= 0,
            "gt" => order > 0,
            _ => order < 0,
        };
    }

    private static string KeyOf(Match entity) =>
        $"{entity.Groups["partition"].Value}\n{entity.Groups["row"].Value}".Replace(
            "''",
            "'",
            StringComparison.Ordinal
        );

    private static Dictionary<string, string> QueryOf(Uri address) =>
        address
            .Query.TrimStart('?')
            .Split('&')
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(
                pair => Uri.UnescapeDataString(pair[0]),
                pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')),
                StringComparer.Ordinal
            );

    private static JsonObject Error(string code, string message) =>
        new()
        {
            ["odata.error"] = new JsonObject
            {
                ["code"] = code,
                ["message"] = new JsonObject { ["value"] = message + code },
            },
        };

    private static HttpResponseMessage Json(HttpStatusCode status, JsonObject body) =>
        new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    private static HttpResponseMessage Multipart(IReadOnlyList<string> answers)
    {
        var parts = answers.Select(answer => $"--c\r\nContent-Type: application/http\r\n\r\n{answer}\r\n");
        var body = $"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n{string.Concat(parts)}--c--\r\n--b--\r\n";
        var response = new HttpResponseMessage(HttpStatusCode.Accepted) { Content = new StringContent(body) };
        response.Content.Headers.Remove("Content-Type");
        response.Content.Headers.TryAddWithoutValidation("Content-Type", "multipart/mixed; boundary=b");
        return response;
    }

    [GeneratedRegex(
        @"^(?<table>\w+)\(PartitionKey='(?<partition>.*)',RowKey='(?<row>.*)'\)$",
        RegexOptions.ExplicitCapture,
        10_000
    )]
    private static partial Regex EntityAddress();

    [GeneratedRegex(
        @"(?<name>PartitionKey|RowKey) (?<is>eq|ge|gt|lt) '(?<value>([^']|'')*)'",
        RegexOptions.ExplicitCapture,
        10_000
    )]
    private static partial Regex Condition();

    [GeneratedRegex(
        @"\r\n(?<method>POST|PUT|DELETE) https?://[^/]+/(?<path>[^? ]+)[^\r]*\r\n"
            + @"(If-Match: (?<etag>[^\r]+)\r\n|[^\r]+\r\n)*\r\n(?<body>[^\r]*)",
        RegexOptions.ExplicitCapture,
        10_000
    )]
    private static partial Regex Change();
}
