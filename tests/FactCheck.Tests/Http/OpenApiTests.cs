using System.Net.Http.Headers;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using FactCheck.Domain;
using FactCheck.Functions;
using FactCheck.Functions.Access;
using FactCheck.Functions.Publishing;
using FactCheck.Storage;
using FactCheck.Tests.Workflow;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using NJsonSchema;
using Xunit;

namespace FactCheck.Tests.Http;

/// <summary>
/// The document that the app serves says what the app does: compared with the code in both directions, and with what
/// the app answers.
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
    public void Every_function_is_an_operation_and_every_operation_a_function() =>
        Assert.Equal(
            Functions().Select(f => $"{f.Method} {Blank(f.Path)} {f.Id}: {f.Role}").Order(StringComparer.Ordinal),
            Operations.Select(o => $"{o.Method} {Blank(o.Path)} {o.Id}: {o.Role}").Order(StringComparer.Ordinal)
        );

    [Fact]
    public void No_two_paths_differ_only_in_the_names_of_their_parameters()
    {
        var paths = Document["paths"]!.AsObject().Select(p => Blank(p.Key)).ToList();
        Assert.Equal(paths.Distinct(StringComparer.Ordinal), paths);
    }

    // A catch-all is named as its neighbours of the same path are: OpenAPI has one name for one place.
    [Fact]
    public void Path_parameters_are_those_of_the_route() =>
        Assert.All(
            Operations,
            operation =>
            {
                var names = Placeholders(operation.Path);
                Assert.Equal(names, operation.Parameters("path").Select(p => (string)p["name"]!));
                var function = Functions().Single(f => f.Id == operation.Id);
                var route = Placeholders(function.Path);
                Assert.Equal(route.Count, names.Count);
                if (!function.HasCatchAll)
                    Assert.Equal(route, names);
            }
        );

    [Fact]
    public void Every_property_of_every_contract_is_in_its_schema_and_nothing_else_is()
    {
        var taken = InRequests();
        Assert.Equal(
            Contracts().SelectMany(c => LinesOf(c, taken)).Order(StringComparer.Ordinal),
            Schemas.SelectMany(s => LinesOf(s.Key, s.Value!.AsObject(), taken)).Order(StringComparer.Ordinal)
        );
    }

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
    public void Every_operation_says_what_it_is_for_and_every_request_body_has_an_example() =>
        Assert.All(
            Operations,
            operation =>
            {
                Assert.NotEmpty((string)operation.Node["summary"]!);
                if (operation.Node["requestBody"] is { } body)
                    Assert.Contains(body["content"]!.AsObject(), media => media.Value!["example"] is not null);
                var tags = Document["tags"]!.AsArray().Select(t => (string)t!["name"]!);
                Assert.Contains((string)operation.Node["tags"]![0]!, tags);
            }
        );

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
        var people = new List<(string? Token, Person? Person)> { (null, null) };
        foreach (var role in new[] { Role.Submitter, Role.Reviewer, Role.Editor, Role.Operator })
        {
            var (token, record) = await tokens.IssueAsync(role.ToString(), role, TimeSpan.FromHours(1));
            people.Add((token, new(record.Name, record.Role, record.ExpiresAt)));
        }

        foreach (var operation in Operations)
        {
            foreach (var (token, person) in people)
            {
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
        var article = await desk.DropAsync("river.txt", Workflow.Articles.A);
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

    // --- the code

    private static IEnumerable<(string Id, string Method, string Path, bool HasCatchAll, Role Role)> Functions()
    {
        var access = AccessMap.Of(typeof(Services).Assembly);
        return from type in typeof(Services).Assembly.GetTypes()
            from method in type.GetMethods(
                BindingFlags.Public
                    | BindingFlags.NonPublic
                    | BindingFlags.Instance
                    | BindingFlags.Static
                    | BindingFlags.DeclaredOnly
            )
            let function = method.GetCustomAttribute<FunctionAttribute>()
            where function is not null
            let trigger = method
                .GetParameters()
                .Select(p => p.GetCustomAttribute<HttpTriggerAttribute>())
                .FirstOrDefault(t => t is not null)
            where trigger is not null
            from verb in trigger.Methods!
            select (
                function.Name,
                verb,
                PathOf(trigger.Route!),
                trigger.Route!.Contains("{*", StringComparison.Ordinal),
                access.Of(function.Name)
            );
    }

    private static string PathOf(string route) =>
        "/"
        + route
            .Replace("{*", "{", StringComparison.Ordinal)
            .Replace("{ignored:maxlength(0)?}", "", StringComparison.Ordinal);

    private static string Blank(string path) => Placeholder.Replace(path, "{}");

    private static List<string> Placeholders(string path) =>
        [.. Placeholder.Matches(path).Select(m => m.Value.Trim('{', '}'))];

    // --- contracts

    /// <summary>Every type that is sent or received, with the types of its properties.</summary>
    private static HashSet<Type> Contracts()
    {
        var found = new HashSet<Type>();
        foreach (var root in RootsOf(typeof(HttpJson)).Concat(RootsOf(typeof(ReportJson))))
            Add(root);
        return found;

        void Add(Type type)
        {
            type = Nullable.GetUnderlyingType(type) ?? type;
            if (ItemOf(type) is { } item)
                Add(item);
            else if ((type.IsEnum || InfoOf(type).Kind == JsonTypeInfoKind.Object) && found.Add(type) && !type.IsEnum)
                foreach (var property in InfoOf(type).Properties)
                    Add(property.PropertyType);
        }
    }

    private static IEnumerable<Type> RootsOf(Type context) =>
        context
            .GetCustomAttributesData()
            .Where(a => a.AttributeType == typeof(JsonSerializableAttribute))
            .Select(a => (Type)a.ConstructorArguments[0].Value!);

    private static JsonTypeInfo InfoOf(Type type) =>
        HttpJson.Default.GetTypeInfo(type)
        ?? ReportJson.Default.GetTypeInfo(type)
        ?? throw new InvalidOperationException($"{type} is no contract.");

    private static JsonTypeInfo InfoOf(Operation operation) =>
        InfoOf(Contracts().Single(t => NameOf(t) == NameOf(operation.Body!["schema"]!)));

    private static Type? ItemOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? type.GetGenericArguments()[0]
            : null;

    private static string NameOf(Type type) =>
        type.IsGenericType ? $"{type.GetGenericArguments()[0].Name}List" : type.Name;

    private static IEnumerable<string> LinesOf(Type type, HashSet<string> taken) =>
        type.IsEnum
            ? [$"{NameOf(type)} is {string.Join(", ", Enum.GetNames(type))}"]
            : InfoOf(type)
                .Properties.Select(p =>
                    $"{NameOf(type)}.{p.Name}: {ShapeOf(p.PropertyType)}{(taken.Contains(NameOf(type)) ? "" : p.IsGetNullable ? ", may be missing" : ", always there")}"
                );

    private static string ShapeOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (ItemOf(type) is { } item)
            return $"list of {ShapeOf(item)}";
        if (type == typeof(string))
            return "string";
        if (type == typeof(Uri))
            return "string uri";
        if (type == typeof(DateTimeOffset))
            return "string date-time";
        if (type == typeof(DateOnly))
            return "string date";
        if (type == typeof(int))
            return "integer int32";
        if (type == typeof(double))
            return "number double";
        if (type == typeof(bool))
            return "boolean";
        return type == typeof(IReadOnlyDictionary<string, string>) ? "map of string" : NameOf(type);
    }

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

    private static IEnumerable<string> LinesOf(string name, JsonObject schema, HashSet<string> taken)
    {
        if (schema["enum"] is JsonArray values)
            return [$"{name} is {string.Join(", ", values.Select(v => (string)v!))}"];
        var required = schema["required"]?.AsArray().Select(r => (string)r!).ToHashSet(StringComparer.Ordinal) ?? [];
        Assert.Subset(schema["properties"]!.AsObject().Select(p => p.Key).ToHashSet(StringComparer.Ordinal), required);
        return schema["properties"]!
            .AsObject()
            .Select(p =>
                $"{name}.{p.Key}: {ShapeOf(p.Value!)}{(taken.Contains(name) ? "" : required.Contains(p.Key) ? ", always there" : ", may be missing")}"
            );
    }

    private static string ShapeOf(JsonNode schema)
    {
        if (schema["$ref"] is not null)
            return NameOf(schema);
        if (schema["items"] is { } items)
            return $"list of {ShapeOf(items)}";
        if (schema["additionalProperties"] is { } values)
            return $"map of {ShapeOf(values)}";
        return schema["format"] is { } format ? $"{schema["type"]} {format}" : $"{schema["type"]}";
    }

    private static string NameOf(JsonNode reference) => ((string)reference["$ref"]!).Split('/')[^1];

    // What comes in may leave out what has a default; what goes out holds everything that is not null.
    private static HashSet<string> InRequests()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var operation in Operations.Where(o => o.Body is not null))
            Add(NameOf(operation.Body!["schema"]!));
        return found;

        void Add(string name)
        {
            if (found.Add(name))
                foreach (var reference in References(Schemas[name]!))
                    Add(reference.Split('/')[^1]);
        }
    }

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
