using System.Text.Json.Nodes;
using FactCheck.Functions.Access;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Page;

/// <summary>The reviewer's page and the description of the API: files that were built in, and hold no data.</summary>
[Access(Role.Public), Tags("Host")]
public sealed class PageFiles
{
    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".json"] = "application/json",
    };

    // An empty route would become the function's name; this one matches nothing but "/".
    /// <summary>The reviewers' page. It holds no data.</summary>
    /// <returns>The page.</returns>
    [Function(nameof(GetPage))]
    [Sends("text/html")]
    public FileStreamHttpResult GetPage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "{ignored:maxlength(0)?}")]
            HttpRequest request
    ) => Find("page/index.html")!;

    /// <summary>A style sheet, script or picture of the pages.</summary>
    /// <param name="path">The file's path: slashes stand as they are.</param>
    /// <returns>The file.</returns>
    [Function(nameof(GetPageFile))]
    [Sends("text/css"), Sends("text/javascript"), Sends("image/svg+xml"), Sends("text/html"), Sends("application/json")]
    public Results<FileStreamHttpResult, NotFound> GetPageFile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "app/{*path}")] HttpRequest request,
        string path
    ) => Find($"page/{path}") is { } file ? file : new NotFound("page");

    /// <summary>This document.</summary>
    /// <returns>The document.</returns>
    [Function(nameof(GetOpenApi))]
    [Sends("application/json", typeof(JsonObject))]
    public FileStreamHttpResult GetOpenApi(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "openapi.json")] HttpRequest request
    ) => Find("openapi.json")!;

    // Only what was built in has a name here: no path can leave it.
    private static FileStreamHttpResult? Find(string resource) =>
        typeof(PageFiles).Assembly.GetManifestResourceStream(resource) is { } file
        && ContentTypes.TryGetValue(Path.GetExtension(resource), out var contentType)
            ? TypedResults.Stream(file, contentType)
            : null;
}
