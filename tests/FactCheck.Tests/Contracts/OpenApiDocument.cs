using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FactCheck.Functions.Http;
using Accepted = Microsoft.AspNetCore.Http.HttpResults.Accepted;
using NoContent = Microsoft.AspNetCore.Http.HttpResults.NoContent;

namespace FactCheck.Tests.Contracts;

/// <summary>
/// openapi.json as the code has it: routes, roles and answers from the functions, shapes from the records, words from
/// the doc comments and attributes beside them. Only what is about all of them is written for it alone,
/// in openapi-head.json.
/// </summary>
internal sealed class OpenApiDocument
{
    private static readonly Regex Placeholder = new(@"\{\*?(?<name>[^}]*)\}", RegexOptions.NonBacktracking);

    private readonly ContractSchemas _schemas;
    private readonly SortedDictionary<string, JsonNode?> _refusals = new(StringComparer.Ordinal);

    private OpenApiDocument(IEnumerable<HttpFunction> functions) =>
        _schemas = new(functions.Select(f => f.Find<TakesAttribute>()?.Record).OfType<Type>());

    public static JsonObject Write()
    {
        var document = JsonNode
            .Parse(typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi-head.json")!)!
            .AsObject();
        var tags = document["tags"]!
            .AsArray()
            .Select((tag, place) => (Name: (string)tag!["name"]!, Place: place))
            .ToDictionary(t => t.Name, t => t.Place, StringComparer.Ordinal);
        var functions = HttpFunction.All();
        var writer = new OpenApiDocument(functions);
        var cursor = writer.ParameterOf(new CursorAttribute());
        // OpenAPI has one name for one place: a catch-all goes by its neighbour's.
        foreach (
            var path in functions
                .GroupBy(f => Placeholder.Replace(f.Route, "{}"), StringComparer.Ordinal)
                .OrderBy(p => p.Min(f => tags[f.Tag]))
                .ThenBy(p => p.Key, StringComparer.Ordinal)
        )
        {
            var route = path.OrderBy(f => f.HasCatchAll).First().Route.Replace("{*", "{", StringComparison.Ordinal);
            document["paths"]![route] = new JsonObject(
                path.OrderBy(f => f.Verb, StringComparer.Ordinal)
                    .Select(f => KeyValuePair.Create<string, JsonNode?>(f.Verb, writer.OperationOf(f, route)))
            );
        }

        document["components"]!["parameters"] = new JsonObject { ["Cursor"] = cursor };
        document["components"]!["responses"] = new JsonObject(writer._refusals);
        document["components"]!["schemas"] = writer._schemas.ToJson();
        return document;
    }

    private JsonObject OperationOf(HttpFunction function, string route)
    {
        var operation = new JsonObject
        {
            ["operationId"] = function.Name,
            ["tags"] = new JsonArray(function.Tag),
            ["summary"] = DocComments.Summary(function.Method) ?? throw Missing(function, "<summary>"),
            ["x-role"] = function.Role.ToString(),
        };
        if (SecurityOf(function) is { } security)
            operation["security"] = security;
        JsonNode[] parameters = [.. PathParametersOf(function, route), .. ReadParametersOf(function)];
        if (parameters.Length > 0)
            operation["parameters"] = new JsonArray(parameters);
        if (BodyOf(function) is { } body)
            operation["requestBody"] = body;
        operation["responses"] = new JsonObject(
            ResponsesOf(function).OrderBy(r => r.Status).Select(r => KeyValuePair.Create($"{r.Status}", r.Response))
        );
        return operation;
    }

    private static JsonArray? SecurityOf(HttpFunction function) =>
        function.Find<SecurityAttribute>() is { } security
            ?
            [
                .. security.Alternatives.Select(a => new JsonObject(
                    a.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Select(scheme => KeyValuePair.Create<string, JsonNode?>(scheme, new JsonArray()))
                )),
            ]
        : function.Role == Role.Public ? []
        : null;

    private static IEnumerable<JsonNode> PathParametersOf(HttpFunction function, string route) =>
        Placeholder
            .Matches(function.Route)
            .Zip(Placeholder.Matches(route))
            .Select(name => new JsonObject
            {
                ["name"] = name.Second.Groups["name"].Value,
                ["in"] = "path",
                ["required"] = true,
                ["description"] =
                    DocComments.Parameter(function.Method, name.First.Groups["name"].Value)
                    ?? throw Missing(function, "<param>"),
                ["schema"] = new JsonObject { ["type"] = "string" },
            });

    private IEnumerable<JsonNode> ReadParametersOf(HttpFunction function) =>
        function
            .Method.GetCustomAttributes<ReadsAttribute>()
            .Select(read =>
                read is CursorAttribute
                    ? new JsonObject { ["$ref"] = "#/components/parameters/Cursor" }
                    : ParameterOf(read)
            );

    private JsonObject ParameterOf(ReadsAttribute read)
    {
        var schema = read.Type == typeof(int) ? new() { ["type"] = "integer" } : _schemas.Of(read.Type);
        if (read.MaxLength > 0)
            schema["maxLength"] = read.MaxLength;
        if (read.Maximum > 0)
            (schema["minimum"], schema["maximum"]) = (1, read.Maximum);
        if (read.Default is { } otherwise)
            schema["default"] = JsonValue.Create(otherwise);
        var parameter = new JsonObject { ["name"] = read.Name, ["in"] = read.Place };
        if (read.Required)
            parameter["required"] = true;
        (parameter["description"], parameter["schema"]) = (read.Meaning, schema);
        if (read.Example is { } example)
            parameter["example"] = example;
        return parameter;
    }

    private JsonObject? BodyOf(HttpFunction function)
    {
        if (function.Find<TakesFileAttribute>() is { } file)
            return new()
            {
                ["description"] = file.Meaning,
                ["required"] = true,
                ["content"] = FileOf(file.AlsoForm),
            };
        if (function.Find<TakesAttribute>()?.Record is not { } record)
            return null;
        var media = new JsonObject { ["schema"] = _schemas.Of(record) };
        media["example"] = JsonNode.Parse(DocComments.Example(record) ?? throw Missing(function, "<example>"));
        return new()
        {
            ["required"] = true,
            ["content"] = new JsonObject { ["application/json"] = media },
        };
    }

    private JsonObject FileOf(bool alsoForm)
    {
        var content = new JsonObject();
        foreach (var media in new[] { "text/plain", "text/markdown", "text/html" })
            content[media] = new JsonObject { ["schema"] = _schemas.Of(typeof(string)) };
        content["text/markdown"]!["example"] = TakesFileAttribute.Example;
        if (alsoForm)
            content["multipart/form-data"] = new JsonObject
            {
                ["schema"] = FormSchema(),
                ["example"] = JsonNode.Parse(TakesFileAttribute.FormExample),
            };
        return content;
    }

    // Beside the file, a form says what a record of metadata says.
    private JsonObject FormSchema()
    {
        var properties = new JsonObject
        {
            ["file"] = new JsonObject
            {
                ["type"] = "string",
                ["contentMediaType"] = "application/octet-stream",
                ["description"] = "The article; its file name is the name unless ?name= gives one.",
            },
        };
        foreach (var (name, schema) in _schemas.PropertiesOf(typeof(ArticleMeta)))
            properties[name] = schema!.DeepClone();
        return new()
        {
            ["type"] = "object",
            ["required"] = new JsonArray("file"),
            ["properties"] = properties,
        };
    }

    private IEnumerable<(int Status, JsonNode? Response)> ResponsesOf(HttpFunction function)
    {
        var answers = function.Answers.ToHashSet();
        answers.UnionWith([typeof(Failed), typeof(Away)]);
        if (function.Role != Role.Public)
            answers.UnionWith([typeof(NotSignedIn), typeof(NotAllowed)]);
        if (function.Find<TakesAttribute>() is not null)
            answers.UnionWith([typeof(BadRequest), typeof(TooLarge), typeof(Unsupported)]);
        foreach (var read in function.Method.GetCustomAttributes<ReadsAttribute>())
            answers.Add(read.Required ? typeof(PreconditionRequired) : typeof(BadRequest));
        return answers.Select(a =>
            typeof(Refusal).IsAssignableFrom(a) ? (StatusOf(a)!.Code, RefusalOf(a)) : SuccessOf(function, a)
        );
    }

    private JsonObject RefusalOf(Type refusal)
    {
        if (!_refusals.ContainsKey(refusal.Name))
        {
            var response = new JsonObject { ["description"] = DocComments.Summary(refusal) };
            AddHeader(response, StatusOf(refusal)!);
            response["content"] = Content("application/problem+json", _schemas.Of(typeof(Problem)));
            _refusals[refusal.Name] = response;
        }

        return new() { ["$ref"] = $"#/components/responses/{refusal.Name}" };
    }

    private (int, JsonNode?) SuccessOf(HttpFunction function, Type answer)
    {
        var response = new JsonObject
        {
            ["description"] = DocComments.Returns(function.Method) ?? throw Missing(function, "<returns>"),
        };
        if (StatusOf(answer) is { } status)
        {
            AddHeader(response, status);
            if (answer.IsGenericType)
                response["content"] = Content("application/json", _schemas.Of(answer.GetGenericArguments()[0]));
            return (status.Code, response);
        }

        if (answer == typeof(NoContent) || answer == typeof(Accepted))
            return (answer == typeof(NoContent) ? 204 : 202, response);
        var content = new JsonObject();
        foreach (var sent in function.Method.GetCustomAttributes<SendsAttribute>())
            content[sent.MediaType] = new JsonObject { ["schema"] = _schemas.Of(sent.Record ?? typeof(string)) };
        response["content"] = content.Count > 0 ? content : throw Missing(function, "[Sends]");
        return (200, response);
    }

    private static JsonObject Content(string media, JsonObject schema) =>
        new() { [media] = new JsonObject { ["schema"] = schema } };

    private static void AddHeader(JsonObject response, StatusAttribute status)
    {
        if (status.Header is { } header)
            response["headers"] = new JsonObject
            {
                [header] = new JsonObject
                {
                    ["description"] = status.HeaderSays,
                    ["schema"] = new JsonObject { ["type"] = "string" },
                },
            };
    }

    private static StatusAttribute? StatusOf(Type answer) => answer.GetCustomAttribute<StatusAttribute>();

    private static InvalidOperationException Missing(HttpFunction function, string what) =>
        new($"{function.Method.DeclaringType!.Name}.{function.Name} has no {what}: openapi.json says it.");
}
