using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Page;

/// <summary>The reviewer's page and the description of the API: files that were built in, and hold no data.</summary>
[Access(Role.Public)]
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
    [Function(nameof(GetPage))]
    public IResult GetPage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{ignored:maxlength(0)?}")] HttpRequest request
    ) => Serve("page/index.html");

    [Function(nameof(GetPageFile))]
    public IResult GetPageFile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/{*path}")] HttpRequest request,
        string path
    ) => Serve($"page/{path}");

    [Function(nameof(GetOpenApi))]
    public IResult GetOpenApi(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request
    ) => Serve("openapi.json");

    // Only what was built in has a name here: no path can leave it.
    private static IResult Serve(string resource) =>
        typeof(PageFiles).Assembly.GetManifestResourceStream(resource) is { } file
        && ContentTypes.TryGetValue(Path.GetExtension(resource), out var contentType)
            ? Results.Stream(file, contentType)
            : Answers.NotFound("page");
}
