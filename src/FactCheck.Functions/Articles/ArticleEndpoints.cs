using FactCheck.Extraction.Text;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Functions.Publishing;

namespace FactCheck.Functions.Articles;

/// <summary>Articles over HTTP: hand in, follow, add what the extractor missed, publish.</summary>
[Tags("Articles")]
public sealed class ArticleEndpoints(
    CaseStore cases,
    DeskIndex index,
    IBlobStore blobs,
    Intake intake,
    CaseViews views,
    Site site,
    UploadLimits limits,
    Settings settings,
    TimeProvider time
)
{
    private const int PageSize = 50;
    private const string NameMeaning =
        "The article's name; needed unless a form gives a file name. The same name again is a new version.";

    /// <summary>Hand in an article, as a file or a form.</summary>
    /// <returns>Taken in; its check goes on by itself.</returns>
    [Function(nameof(PostArticle)), Access(Role.Submitter)]
    [Query("name", NameMeaning, Example = "bridge.md")]
    [TakesFile(AlsoForm = true)]
    public async Task<Results<AcceptedAt<ArticleAccepted>, BadRequest, TooLarge, Unsupported>> PostArticle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/articles")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        if (!request.HasFormContentType)
            return await StoreAsync(request, client, request.Query["name"], cancellation);
        // What is over the limit is never read into memory: a part is read only up to it.
        if (!limits.TakesForm(request.ContentLength))
            return TooLarge();
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(cancellation);
        }
        catch (InvalidDataException error)
        {
            return new BadRequest($"The form can't be read: {error.Message}");
        }

        if (form.Files is not [var file, ..])
            return new BadRequest("The form holds no file.");
        if (!limits.TakesFile(file.Length))
            return TooLarge();
        var content = new byte[file.Length];
        await using (var stream = file.OpenReadStream())
            await stream.ReadExactlyAsync(content, cancellation);
        var metadata = ArticleFile
            .MetadataNames.Where(name => !string.IsNullOrWhiteSpace(form[name]))
            .ToDictionary(name => name, name => form[name].ToString(), StringComparer.OrdinalIgnoreCase);
        // Taken for another's article, the newsroom's own copy could become public.
        if (metadata.TryGetValue("purpose", out var purpose) && !Purposes.IsOne(purpose))
            return new BadRequest(
                $"The purpose is {nameof(Purpose.ThirdParty)} or {nameof(Purpose.OwnCopy)}, not '{purpose}'."
            );
        if (
            metadata.TryGetValue("published", out var published)
            && Dates.Parse(published, settings.Reading.DateOrder) is null
        )
            return new BadRequest(Metadata.WhyUnread(published));
        var asked = request.Query["name"].ToString();
        return await StoreAsync(client, asked.Length > 0 ? asked : file.FileName, content, metadata, cancellation);
    }

    /// <summary>Hand in an article under a name; the same name again is a new version.</summary>
    /// <param name="name">Here the article's name, for example 2026/bridge.md: slashes stand as they are.</param>
    /// <returns>Taken in; its check goes on by itself.</returns>
    [Function(nameof(PutArticle)), Access(Role.Submitter)]
    [TakesFile]
    public Task<Results<AcceptedAt<ArticleAccepted>, BadRequest, TooLarge, Unsupported>> PutArticle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/articles/{*name}")] HttpRequest request,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    ) => StoreAsync(request, client, name, cancellation);

    /// <summary>Articles, newest first.</summary>
    /// <returns>Up to 50.</returns>
    [Function(nameof(GetArticles)), Access(Role.Submitter)]
    [Cursor]
    public async Task<Json<ListOf<ArticleSummary>>> GetArticles(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/articles")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var page = await index.ArticlesAsync(request.Cursor(), PageSize, cancellation);
        var summaries = new List<ArticleSummary>();
        foreach (var entry in page.Items)
        {
            // An entry whose case is another one is left over from a crash between the two: the case has its own.
            if (
                await cases.FindHeadAsync(entry.Key, cancellation) is { Value: var head }
                && head.CreatedAt == entry.CreatedAt
            )
                summaries.Add(CaseViews.Of(head));
        }

        return new Json<ListOf<ArticleSummary>>(new(summaries, page.Cursor));
    }

    /// <summary>One article: text, tasks, publications, and what stands in the way of the next.</summary>
    /// <param name="id">The article's id.</param>
    /// <returns>The article.</returns>
    [Function(nameof(GetArticle)), Access(Role.Submitter)]
    public async Task<Results<Json<ArticleDetail>, NotFound>> GetArticle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/articles/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        if (await cases.FindHeadAsync(id, cancellation) is not { Value: var head })
            return new NotFound("article");
        var statements = (await cases.StatementsAsync(id, cancellation)).ToDictionary(
            s => s.Id,
            StringComparer.Ordinal
        );
        var all = await cases.TasksAsync(id, cancellation);
        var tasks = all.GroupBy(t => t.Value.StatementId, StringComparer.Ordinal)
            .Select(g => g.MaxBy(t => t.Value.Round)!)
            .ToList();
        var summaries = tasks
            .Where(t => statements.ContainsKey(t.Value.StatementId))
            .Select(t => CaseViews.Of(t.Value, t.ETag, statements[t.Value.StatementId], head, time.GetUtcNow()))
            .OrderByDescending(t => t.Priority);
        return new Json<ArticleDetail>(
            new(
                CaseViews.Of(head),
                head.Meta,
                (await views.TextAsync(head, cancellation))?.Text,
                [.. summaries],
                await cases.PublicationsAsync(id, cancellation),
                Publication.ObstacleTo(head, all.Select(t => t.Value)),
                head.PublicationDone > 0 ? site.ReportUrl(id).ToString() : null
            )
        );
    }

    private async Task<Results<AcceptedAt<ArticleAccepted>, BadRequest, TooLarge, Unsupported>> StoreAsync(
        HttpRequest request,
        DurableTaskClient client,
        string? name,
        CancellationToken cancellation
    ) =>
        await request.ReadBytesAsync(limits.MaxBytes, cancellation) is { } content
            ? await StoreAsync(client, name, content, new(StringComparer.OrdinalIgnoreCase), cancellation)
            : TooLarge();

    private async Task<Results<AcceptedAt<ArticleAccepted>, BadRequest, TooLarge, Unsupported>> StoreAsync(
        DurableTaskClient client,
        string? name,
        byte[] content,
        Dictionary<string, string> metadata,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrWhiteSpace(name))
            return new BadRequest("Give the article a name: ?name=article.txt, or the file name of the form.");
        if (UploadLimits.ObstacleToKind(name) is { } unknown)
            return new Unsupported(unknown);
        if (UploadLimits.ObstacleTo(name, content.Length) is { } refused)
            return new BadRequest(refused);
        var id = await cases.KeyOfAsync(Containers.Articles, name, cancellation);
        // The blob that the article has already, in whichever form its name is written there: else there were two of
        // them.
        if (await cases.FindHeadAsync(id, cancellation) is { Value: var known })
            name = known.Name;
        using var upload = ArticleTrace.Uploading(name);
        if (await WriteAsync(name, content, metadata, cancellation) is { } obstacle)
            return new BadRequest(obstacle);
        // The container's own event follows and finds nothing left to do; the caller need not wait for it.
        await intake.ArriveAsync(client, name, cancellation);
        return new AcceptedAt<ArticleAccepted>($"/api/articles/{id}", new(id, name));
    }

    // Why the storage does not take it, in one sentence; null once it is stored.
    private async Task<string?> WriteAsync(
        string name,
        byte[] content,
        Dictionary<string, string> metadata,
        CancellationToken cancellation
    )
    {
        try
        {
            // A new version without metadata keeps what is known: the newsroom's own copy must not become public by
            // an upload.
            foreach (
                var (key, value) in (await blobs.FindAsync(Containers.Articles, name, cancellation))?.Metadata
                    ?? new Dictionary<string, string>(StringComparer.Ordinal)
            )
                if (ArticleFile.MetadataNames.Contains(key, StringComparer.OrdinalIgnoreCase))
                    metadata.TryAdd(key, value);
            await blobs.WriteAsync(
                Containers.Articles,
                name,
                content,
                "application/octet-stream",
                metadata,
                cancellation
            );
            return null;
        }
        catch (ArgumentException error)
        {
            // What .NET puts behind the message is for programmers.
            var why = error.Message.Replace($" (Parameter '{error.ParamName}')", "", StringComparison.Ordinal);
            return error.ParamName == "name"
                ? $"An article can't have that name: {why}"
                : $"The article can't be stored: {why}";
        }
    }

    private TooLarge TooLarge() => new(limits.TooLarge);
}
