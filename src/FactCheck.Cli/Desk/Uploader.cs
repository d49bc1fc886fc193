using FactCheck.Cli.Client;

namespace FactCheck.Cli.Desk;

/// <summary>What became of a file.</summary>
internal enum UploadOutcome
{
    /// <summary>The host took it in.</summary>
    Sent,

    /// <summary>The host held these bytes and this metadata already.</summary>
    Held,

    /// <summary>The host, or this machine, said no.</summary>
    Refused,
}

/// <summary>A file, and how far its check had come at the last look; null before the first.</summary>
internal sealed record Upload(
    UploadFile File,
    string Id,
    UploadOutcome Outcome,
    int ExitCode,
    ArticleStage? Stage = null,
    string? Message = null
)
{
    /// <summary>Nothing more will happen to it by itself.</summary>
    public bool IsThrough => Outcome == UploadOutcome.Refused || Stage >= ArticleStage.Reviewing;

    public Upload At(ArticleSummary article) =>
        this with
        {
            Stage = article.Stage,
            Message = article.Rejection?.Message ?? article.Failure ?? DoubtsOf(article),
            ExitCode = article.Stage is ArticleStage.Rejected or ArticleStage.Failed
                ? Terminal.ExitCode.EndedBadly
                : Terminal.ExitCode.Done,
        };

    private static string? DoubtsOf(ArticleSummary article) =>
        string.Join(' ', new[] { article.LittleRead, article.PurposeProblem }.OfType<string>())
            is { Length: > 0 } doubts
            ? doubts
            : null;

    public JsonNode Json =>
        new JsonObject
        {
            ["file"] = File.Path,
            ["name"] = File.Name,
            ["id"] = Id,
            ["outcome"] = Outcome.ToString(),
            ["stage"] = Stage?.ToString(),
            ["message"] = Message,
        };
}

/// <summary>Sends articles. What the host holds it is asked, so that an interrupted upload needs no note of its own: an
/// article's id follows from its name, and the host shows the hash of what it holds.</summary>
internal sealed class Uploader(DeskClient desk, IReadOnlyDictionary<string, string> metadata)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    // One look at each of so many at a time: those that are through make room for the rest.
    private const int LooksAtOnce = 16;

    /// <summary>Sends a file, unless the host holds it.</summary>
    /// <exception cref="HostException">Nobody answers, or lets this person in: no file would fare better.</exception>
    public async Task<Upload> SendAsync(UploadFile file, CancellationToken cancellation)
    {
        var id = ArticleKey.Of("articles", file.Name);
        try
        {
            var beside = file.MetadataWith(metadata);
            var content = await File.ReadAllBytesAsync(file.Path, cancellation);
            var known = (await desk.FindAsync($"api/articles/{id}", cancellation))?.As<ArticleDetail>().Article;
            if (
                known is not null
                && known.Stage is not (ArticleStage.Failed or ArticleStage.Rejected)
                && known.ContentHash == ContentHash.Of(content, beside)
            )
                return new Upload(file, id, UploadOutcome.Held, Terminal.ExitCode.Done).At(known);
            await SendAsync(file.Name, content, beside, cancellation);
            return new(file, id, UploadOutcome.Sent, Terminal.ExitCode.Done);
        }
        catch (CommandException refused) when (refused is not HostException { ConcernsEveryCall: true })
        {
            return new(file, id, UploadOutcome.Refused, refused.ExitCode, null, refused.Message);
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            return new(file, id, UploadOutcome.Refused, Terminal.ExitCode.Failed, null, unread.Message);
        }
    }

    /// <summary>Looks until every article's check is through; tells of each as it is.</summary>
    public async Task<IReadOnlyList<Upload>> UntilThroughAsync(
        IReadOnlyList<Upload> uploads,
        Action<Upload> tell,
        CancellationToken cancellation
    )
    {
        var all = uploads.ToArray();
        while (true)
        {
            var open = Enumerable.Range(0, all.Length).Where(i => !all[i].IsThrough).Take(LooksAtOnce).ToList();
            if (open.Count == 0)
                return all;
            foreach (var i in open)
            {
                all[i] = all[i].At((await desk.ArticleAsync(all[i].Id, cancellation)).Article);
                if (all[i].IsThrough)
                    tell(all[i]);
            }

            if (open.TrueForAll(i => !all[i].IsThrough))
                await Task.Delay(Pause, cancellation);
        }
    }

    // The same name twice is the same article: both ways may be repeated.
    private Task<HostAnswer> SendAsync(
        string name,
        byte[] content,
        IReadOnlyDictionary<string, string> beside,
        CancellationToken cancellation
    )
    {
        if (beside.Count == 0)
            return desk.PutAsync(
                $"api/articles/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}",
                () => new ByteArrayContent(content),
                cancellation
            );
        return desk.PostAsync($"api/articles?name={Uri.EscapeDataString(name)}", Form, canRepeat: true, cancellation);

        HttpContent Form()
        {
            var form = new MultipartFormDataContent();
            foreach (var (field, value) in beside)
                form.Add(new StringContent(value), field);
            form.Add(new ByteArrayContent(content), "file", "article");
            return form;
        }
    }
}
