using FactCheck.Domain;
using FactCheck.Functions.Workflow;
using FactCheck.Storage;

namespace FactCheck.Functions.Http;

/// <summary>The reviewer's page, which holds no data, and what a host tells about itself.</summary>
[Access(Role.Public)]
public sealed class PageFiles(ITableStore tables, IBlobStore blobs, HostIntake intake, ILogger<PageFiles> log)
{
    // Whoever asks (a load balancer, a supervisor) asks again in seconds.
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(5);

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

    [Function(nameof(GetLive))]
    public IResult GetLive(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request
    ) => Answers.Json(new Health("live"));

    /// <summary>
    /// Ready when tables and blobs answer, each within <see cref="ReadyWithin"/>, and new files are taken in.
    /// </summary>
    [Function(nameof(GetReady))]
    public async Task<IResult> GetReady(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var away =
            await WhyAwayAsync(
                "tables",
                stop => tables.FindAsync(CaseRows.Table, "none", CaseRows.Head, stop),
                cancellation
            )
            ?? await WhyAwayAsync("blobs", stop => blobs.FindAsync(Containers.Articles, "none", stop), cancellation)
            ?? await intake.WhyItStandsAsync(ReadyWithin, cancellation);
        return away is null ? Answers.Json(new Health("ready")) : Answers.Away(away);
    }

    // The reason goes to the log: an address or an account is nobody's business outside.
    private async Task<string?> WhyAwayAsync(
        string what,
        Func<CancellationToken, Task> ask,
        CancellationToken cancellation
    )
    {
        using var expired = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        expired.CancelAfter(ReadyWithin);
        try
        {
            await ask(expired.Token);
            return null;
        }
        catch (Exception error)
            when (!cancellation.IsCancellationRequested
                && (error is OperationCanceledException || StoreFailure.IsAway(error))
            )
        {
            log.LogWarning(
                "Not ready, the {What} can't be reached: {Why}",
                what,
                error is OperationCanceledException
                    ? $"no answer within {ReadyWithin.TotalSeconds:0} s"
                    : StoreFailure.Why(error)
            );
            return $"The desk's storage ({what}) can't be reached.";
        }
    }

    // Only what was built in has a name here: no path can leave it.
    private static IResult Serve(string resource) =>
        typeof(PageFiles).Assembly.GetManifestResourceStream(resource) is { } file
        && ContentTypes.TryGetValue(Path.GetExtension(resource), out var contentType)
            ? Results.Stream(file, contentType)
            : Answers.NotFound("page");
}
