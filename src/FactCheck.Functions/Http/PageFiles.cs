using FactCheck.Domain;
using FactCheck.Storage;

namespace FactCheck.Functions.Http;

/// <summary>The reviewer's page, which holds no data, and what a host tells about itself.</summary>
[Access(Role.Public)]
public sealed class PageFiles(ITableStore tables)
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
    public IResult GetPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{ignored:maxlength(0)?}")] HttpRequest request) => Serve("page/index.html");

    [Function(nameof(GetPageFile))]
    public IResult GetPageFile([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/{*path}")] HttpRequest request, string path) => Serve($"page/{path}");

    [Function(nameof(GetOpenApi))]
    public IResult GetOpenApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request) => Serve("openapi.json");

    [Function(nameof(GetLive))]
    public IResult GetLive([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) => Answers.Json(new Health("live"));

    /// <summary>Ready when the store answers.</summary>
    [Function(nameof(GetReady))]
    public async Task<IResult> GetReady([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request, CancellationToken cancellation)
    {
        await tables.FindAsync(CaseRows.Table, "none", CaseRows.Head, cancellation);
        return Answers.Json(new Health("ready"));
    }

    // Only what was built in has a name here: no path can leave it.
    private static IResult Serve(string resource) =>
        typeof(PageFiles).Assembly.GetManifestResourceStream(resource) is { } file && ContentTypes.TryGetValue(Path.GetExtension(resource), out var contentType)
            ? Results.Stream(file, contentType)
            : Answers.NotFound("page");
}
