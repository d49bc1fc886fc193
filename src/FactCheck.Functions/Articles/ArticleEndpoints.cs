using FactCheck.Domain;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Functions.Publishing;
using FactCheck.Storage;

namespace FactCheck.Functions.Articles;

/// <summary>Articles over HTTP: hand in, follow, add what the extractor missed, publish.</summary>
public sealed class ArticleEndpoints(
    CaseStore cases,
    DeskIndex index,
    IBlobStore blobs,
    Intake intake,
    CaseViews views,
    Site site,
    Settings settings,
    TimeProvider time
)
{
    private const int PageSize = 50;

    [Function(nameof(PostArticle)), Access(Role.Submitter)]
    public async Task<IResult> PostArticle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/articles")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        if (!request.HasFormContentType)
            return await StoreAsync(request, client, request.Query["name"], cancellation);
        // What is over the limit is never read into memory: a part is read only up to it.
        if (request.ContentLength is null || request.ContentLength > settings.Reading.MaxBytes + 64 * 1024)
            return TooLarge();
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(cancellation);
        }
        catch (InvalidDataException error)
        {
            throw new BadRequestException($"The form can't be read: {error.Message}");
        }

        if (form.Files is not [var file, ..])
            throw new BadRequestException("The form holds no file.");
        if (file.Length > settings.Reading.MaxBytes)
            return TooLarge();
        var content = new byte[file.Length];
        await using (var stream = file.OpenReadStream())
            await stream.ReadExactlyAsync(content, cancellation);
        var metadata = ArticleFile
            .MetadataNames.Where(name => !string.IsNullOrWhiteSpace(form[name]))
            .ToDictionary(name => name, name => form[name].ToString(), StringComparer.OrdinalIgnoreCase);
        // Taken for another's article, the newsroom's own copy could become public.
        if (metadata.TryGetValue("purpose", out var purpose) && !Purposes.IsOne(purpose))
            throw new BadRequestException(
                $"The purpose is {nameof(Purpose.ThirdParty)} or {nameof(Purpose.OwnCopy)}, not '{purpose}'."
            );
        var asked = request.Query["name"].ToString();
        return await StoreAsync(client, asked.Length > 0 ? asked : file.FileName, content, metadata, cancellation);
    }

    [Function(nameof(PutArticle)), Access(Role.Submitter)]
    public Task<IResult> PutArticle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/articles/{*name}")] HttpRequest request,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    ) => StoreAsync(request, client, name, cancellation);

    [Function(nameof(GetArticles)), Access(Role.Submitter)]
    public async Task<IResult> GetArticles(
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

        return Answers.Json(new ListOf<ArticleSummary>(summaries, page.Cursor));
    }

    [Function(nameof(GetArticle)), Access(Role.Submitter)]
    public async Task<IResult> GetArticle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/articles/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation
    )
    {
        if (await cases.FindHeadAsync(id, cancellation) is not { Value: var head })
            return Answers.NotFound("article");
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
        return Answers.Json(
            new ArticleDetail(
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

    private async Task<IResult> StoreAsync(
        HttpRequest request,
        DurableTaskClient client,
        string? name,
        CancellationToken cancellation
    ) =>
        await request.ReadBytesAsync(settings.Reading.MaxBytes, cancellation) is { } content
            ? await StoreAsync(client, name, content, new(StringComparer.OrdinalIgnoreCase), cancellation)
            : TooLarge();

    private async Task<IResult> StoreAsync(
        DurableTaskClient client,
        string? name,
        byte[] content,
        Dictionary<string, string> metadata,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new BadRequestException("Give the article a name: ?name=article.txt, or the file name of the form.");
        if (!ArticleFile.IsNamed(name))
            return Answers.Problem(
                StatusCodes.Status415UnsupportedMediaType,
                $"The name must end in one of {string.Join(", ", ArticleFile.Endings)}: these kinds of file are read."
            );
        if (ArticleNames.LitterOf(name) is { } litter)
            throw new BadRequestException($"'{name}' is {litter}, not an article.");
        if (content.Length == 0)
            throw new BadRequestException("The file is empty: it has 0 bytes.");
        var id = await cases.KeyOfAsync(Containers.Articles, name, cancellation);
        // The blob that the article has already, in whichever form its name is written there: else there were two of
        // them.
        if (await cases.FindHeadAsync(id, cancellation) is { Value: var known })
            name = known.Name;
        using var upload = ArticleTrace.Uploading(name);
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
        }
        catch (ArgumentException error)
        {
            // What .NET puts behind the message is for programmers.
            var why = error.Message.Replace($" (Parameter '{error.ParamName}')", "", StringComparison.Ordinal);
            throw new BadRequestException(
                error.ParamName == "name"
                    ? $"An article can't have that name: {why}"
                    : $"The article can't be stored: {why}"
            );
        }

        // The container's own event follows and finds nothing left to do; the caller need not wait for it.
        await intake.ArriveAsync(client, name, cancellation);
        return Answers.Accepted($"/api/articles/{id}", new ArticleAccepted(id, name));
    }

    private IResult TooLarge() =>
        Answers.Problem(
            StatusCodes.Status413PayloadTooLarge,
            $"An article has at most {settings.Reading.MaxBytes:N0} bytes, and says how many in Content-Length when it comes as a form."
        );
}
