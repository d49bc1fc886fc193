using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using FactCheck.Functions;
using FactCheck.Functions.Configuration;
using FactCheck.Functions.Http;
using FactCheck.Storage;
using FactCheck.Tests.Functions;
using Microsoft.Extensions.DependencyInjection;
using NJsonSchema;

namespace FactCheck.Tests.Contracts;

/// <summary>
/// The document that the app serves says what the app does: it is written from the code (to write it anew, see
/// <see cref="Approved"/>), the app takes its examples, and answers as it says.
/// </summary>
public sealed class OpenApiTests
{
    private static readonly Regex Placeholder = new("\\{[^}]*\\}", RegexOptions.NonBacktracking);
    private static readonly JsonNode Document = JsonNode.Parse(
        typeof(Services).Assembly.GetManifestResourceStream("openapi.json")!
    )!;
    private static readonly JsonObject Schemas = Document["components"]!["schemas"]!.AsObject();
    private static readonly IReadOnlyList<Operation> Operations =
    [
        .. from path in Document["paths"]!.AsObject()
        from method in path.Value!.AsObject()
        select new Operation(method.Key, path.Key, method.Value!.AsObject()),
    ];

    [Fact]
    public void The_document_is_the_one_that_the_code_has() =>
        Approved.Matches(Layout.Json(OpenApiDocument.Write()), "src/FactCheck.Functions/Data/openapi.json");

    [Fact]
    public void The_pages_types_are_those_of_the_document() =>
        Approved.Matches(PageContract.Write(OpenApiDocument.Write()), "src/FactCheck.Functions/Page/lib/contract.js");

    [Fact]
    public void Every_reference_leads_somewhere_and_every_component_is_used()
    {
        var references = References(Document).Select(r => r.TrimStart('#', '/')).ToHashSet(StringComparer.Ordinal);
        var components = Document["components"]!
            .AsObject()
            .Where(c => c.Key != "securitySchemes")
            .SelectMany(c => c.Value!.AsObject().Select(d => $"components/{c.Key}/{d.Key}"));
        Assert.Equal(components.Order(StringComparer.Ordinal), references.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Examples_are_taken_by_the_app() =>
        Assert.All(
            Operations.Where(o => o.Body is not null),
            operation =>
            {
                var example = operation.Body!["example"]!;
                var info = InfoOf(operation);
                AssertHolds(
                    JsonSerializer.SerializeToNode(JsonSerializer.Deserialize(example, info), info)!,
                    example,
                    operation.Id
                );
            }
        );

    [Fact]
    public void The_example_of_a_decision_is_complete()
    {
        var example = Operations.Single(o => o.Id == "PostDecision").Body!["example"]!.Deserialize(
            HttpJson.Default.NewDecision
        )!;
        var decision = new Decision
        {
            Action = example.Action!.Value,
            Rating = example.Rating,
            Explanation = example.Explanation,
            Evidence = example.Evidence!,
            By = "reviewer",
            At = Some.Now,
        };
        Assert.Empty(DecisionRules.ProblemsOf(Some.Task(), decision, Ratings.Load(null), new()));
    }

    /// <summary>
    /// The calls of <c>seeds/requests.http</c>: all of them are operations, every operation of the API is among them,
    /// and the app takes their bodies.
    /// </summary>
    [Fact]
    public void The_collection_of_requests_leaves_no_operation_out_and_invents_none()
    {
        var called = new HashSet<string>(StringComparer.Ordinal);
        Assert.All(
            Requests(),
            request =>
            {
                var operation = Operations.SingleOrDefault(o =>
                    o.Method == request.Method
                    && Regex.IsMatch(
                        request.Path,
                        $"^{Placeholder.Replace(o.Path, o.Id is "PutArticle" ? ".+" : "[^/]+")}$",
                        RegexOptions.NonBacktracking
                    )
                );
                Assert.True(operation is not null, $"{request.Method} {request.Path} is no operation");
                called.Add(operation.Id);
                if (operation.Body is not null)
                    AssertHolds(
                        JsonSerializer.SerializeToNode(
                            JsonSerializer.Deserialize(request.Body, InfoOf(operation)),
                            InfoOf(operation)
                        )!,
                        JsonNode.Parse(request.Body)!,
                        operation.Id
                    );
            }
        );
        Assert.Equal(["GetPageFile"], Operations.Select(o => o.Id).Except(called, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_lets_in_its_role_and_nobody_else_and_answers_as_written()
    {
        await using var desk = await DeskHost.StartAsync(settings => settings.Public.RequestsPerHour = 1_000);
        var tokens = desk.Host.Services.GetRequiredService<Tokens>();
        foreach (var operation in Operations)
        {
            foreach (var role in new[] { Role.Public, Role.Submitter, Role.Reviewer, Role.Editor, Role.Operator })
            {
                // A token for each call: one of them ends what it came with.
                string? token = null;
                Person? person = null;
                if (role != Role.Public)
                {
                    (token, var record) = await tokens.IssueAsync(role.ToString(), role, TimeSpan.FromHours(1));
                    person = new(record.Name, record.Role, record.ExpiresAt);
                }

                using var request = new HttpRequestMessage(
                    new(operation.Method.ToUpperInvariant()),
                    Placeholder.Replace(operation.Path, "none")
                );
                if (token is not null)
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                using var response = await desk.Host.Http.SendAsync(request);
                var status = (int)response.StatusCode;
                var about =
                    $"{operation.Method} {operation.Path} by {person?.Role.ToString() ?? "a stranger"}: {status}";
                Assert.True(operation.Answer(status) is not null, $"{about} is not in the document");
                if (operation.Role != Role.Public)
                    Assert.True(
                        (status == 401, status == 403) == (person is null, person?.May(operation.Role) == false),
                        about
                    );
                var media = response.Content.Headers.ContentType?.MediaType;
                if (media is not null)
                    Assert.True(
                        operation.Answer(status)!["content"]?[media] is not null,
                        $"{about}, {media} is not in the document"
                    );
            }
        }
    }

    [Fact]
    public async Task What_the_app_answers_fits_its_schema()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DropAsync("empty.txt", " ");
        var tasks = await desk.OpenTasksAsync(article);
        await desk.DecideAllAsync(article, task => DeskHost.Approve(task));
        Assert.Equal(202, await desk.PublishAsync(article));

        await FitsAsync("GetMe", "api/me");
        await FitsAsync("GetArticles", "api/articles");
        await FitsAsync("GetArticle", $"api/articles/{article}");
        await FitsAsync("GetStatements", $"api/articles/{article}/statements");
        await FitsAsync("GetTasks", $"api/tasks?article={article}");
        await FitsAsync("GetTask", $"api/tasks/{tasks[0].Id}");
        await FitsAsync("PutLease", $"api/tasks/{tasks[0].Id}/lease", 409);
        await FitsAsync("GetClaims", "api/claims?q=waste+from+the+river");
        await FitsAsync("GetChanges", "api/changes?cursor=0");
        await FitsAsync("GetAudit", $"api/audit/{article}");
        await FitsAsync("GetAudit", "api/audit/none", 404);
        await FitsAsync("GetReport", $"reports/{article}.json");
        await FitsAsync("GetClaimReview", $"api/claims/{tasks[0].StatementId}/claimreview");
        await FitsAsync("GetJsonFeed", "feed.json");
        await FitsAsync("GetReady", "health/ready");

        async Task FitsAsync(string id, string path, int status = 200)
        {
            var operation = Operations.Single(o => o.Id == id);
            var token = (
                await desk
                    .Host.Services.GetRequiredService<Tokens>()
                    .IssueAsync("editor", Role.Editor, TimeSpan.FromHours(1))
            ).Token;
            using var request = new HttpRequestMessage(new(operation.Method.ToUpperInvariant()), path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await desk.Host.Http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            Assert.Equal(status, (int)response.StatusCode);
            var schema = await SchemaAsync(
                NameOf(
                    operation.Answer(status)!["content"]![response.Content.Headers.ContentType!.MediaType!]!["schema"]!
                )
            );
            Assert.True(
                schema.Validate(body) is { Count: 0 },
                $"{path}: {string.Join("; ", schema.Validate(body))}\n{body}"
            );
        }
    }

    private static JsonTypeInfo InfoOf(Operation operation) =>
        ContractSchemas.InfoOf(HttpFunction.All().Single(f => f.Name == operation.Id).Find<TakesAttribute>()!.Record);

    // --- the collection of requests

    private static IEnumerable<(string Method, string Path, string Body)> Requests()
    {
        using var reader = new StreamReader(typeof(OpenApiTests).Assembly.GetManifestResourceStream("requests.http")!);
        return from call in reader.ReadToEnd().Split("\n###")
            let start = Regex.Match(
                call,
                @"^(?<method>[A-Z]+) \{\{host\}\}(?<path>[^?\n]*)",
                RegexOptions.Multiline | RegexOptions.NonBacktracking
            )
            where start.Success
            let rest = call[start.Index..]
            let body = rest.IndexOf("\n\n", StringComparison.Ordinal)
            let end = rest.IndexOf("\n# ---", StringComparison.Ordinal)
            select (
                start.Groups["method"].Value.ToLowerInvariant(),
                start.Groups["path"].Value,
                body < 0 ? "" : rest[body..(end < 0 ? rest.Length : end)]
            );
    }

    // --- the document

    private static string NameOf(JsonNode reference) => ((string)reference["$ref"]!).Split('/')[^1];

    private static IEnumerable<string> References(JsonNode? node) =>
        node switch
        {
            JsonObject value => value.SelectMany(p => p.Key == "$ref" ? [(string)p.Value!] : References(p.Value)),
            JsonArray items => items.SelectMany(References),
            _ => [],
        };

    private static JsonNode Resolve(JsonNode node) =>
        (string?)node["$ref"] is { } reference
            ? reference.Split('/')[1..].Aggregate(Document, (at, part) => at[part]!)
            : node;

    private static Task<JsonSchema> SchemaAsync(string name)
    {
        var strict = Schemas.DeepClone().AsObject();
        foreach (var (_, schema) in strict)
            if (schema!["properties"] is not null)
                schema["additionalProperties"] = false;
        var text = new JsonObject
        {
            ["$ref"] = $"#/components/schemas/{name}",
            ["definitions"] = strict,
        }.ToJsonString();
        return JsonSchema.FromJsonAsync(
            text.Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal)
        );
    }

    private static void AssertHolds(JsonNode actual, JsonNode expected, string at)
    {
        switch (expected)
        {
            case JsonObject properties:
                foreach (var (name, value) in properties)
                {
                    Assert.True(actual[name] is not null, $"{at}.{name} got lost");
                    AssertHolds(actual[name]!, value!, $"{at}.{name}");
                }

                break;
            case JsonArray items:
                Assert.Equal(items.Count, actual.AsArray().Count);
                for (var i = 0; i < items.Count; i++)
                    AssertHolds(actual[i]!, items[i]!, $"{at}[{i}]");
                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, actual), $"{at}: {expected} became {actual}");
                break;
        }
    }

    private sealed record Operation(string Method, string Path, JsonObject Node)
    {
        public string Id => (string)Node["operationId"]!;

        public Role Role => Enum.Parse<Role>((string)Node["x-role"]!);

        /// <summary>The JSON body; null where there is none.</summary>
        public JsonNode? Body => Node["requestBody"]?["content"]?["application/json"];

        public IEnumerable<JsonNode> Parameters(string place) =>
            (Node["parameters"]?.AsArray() ?? []).Select(p => Resolve(p!)).Where(p => (string)p["in"]! == place);

        public override string ToString() => $"{Method} {Path}";

        public JsonNode? Answer(int status) =>
            Node["responses"]![status.ToString()] is { } answer ? Resolve(answer) : null;
    }
}
