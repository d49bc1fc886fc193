using FactCheck.Extraction.Text;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;
using FactCheck.Storage.Rules;

namespace FactCheck.Functions.Articles;

/// <summary>Articles are handed in over HTTP. A name belongs to who handed it in first.</summary>
[Tags("Articles")]
public sealed class Uploads(
    CaseStore cases,
    UploadCounts counts,
    IBlobStore blobs,
    Intake intake,
    UploadLimits limits,
    AccessNotes notes,
    People people,
    Settings settings,
    TimeProvider time
)
{
    private const int MostNamesTried = 20;
    private const string NameMeaning =
        "The article's name; needed unless a form gives a file name. The same name again is a new version.";

    /// <summary>Hand in an article, as a file or a form.</summary>
    /// <returns>Taken in; its check goes on by itself.</returns>
    [Function(nameof(PostArticle)), Access(Role.Submitter)]
    [Query("name", NameMeaning, Example = "bridge.md")]
    [TakesFile(AlsoForm = true)]
    public async Task<
        Results<AcceptedAt<ArticleAccepted>, BadRequest, Conflict, TooLarge, Unsupported, TooMany>
    > PostArticle(
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
        catch (Exception error)
            when (error is InvalidDataException || (error is IOException and not BadHttpRequestException))
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
        if (await ProblemWithAsync(metadata, request.Caller(), cancellation) is { } problem)
            return new BadRequest(problem);
        var asked = request.Query["name"].ToString();
        var name = asked.Length > 0 ? asked : file.FileName;
        return await StoreAsync(request, client, name, content, metadata, cancellation);
    }

    // What a form says of the article and can't be, in one sentence.
    private async Task<string?> ProblemWithAsync(
        Dictionary<string, string> metadata,
        Person person,
        CancellationToken cancellation
    )
    {
        // Taken for another's article, the newsroom's own copy could become public.
        if (metadata.TryGetValue("purpose", out var purpose) && !Purposes.IsOne(purpose))
            return $"The purpose is {nameof(Purpose.ThirdParty)} or {nameof(Purpose.OwnCopy)}, not '{purpose}'.";
        if (
            metadata.TryGetValue("published", out var published)
            && Dates.Parse(published, settings.Reading.DateOrder) is null
        )
            return ArticleMeta.WhyUnread(published);
        return settings.Desk.Parted && metadata.ContainsKey("desk")
            ? await ProblemWithDeskAsync(metadata, person, cancellation)
            : null;
    }

    // On a desk that nobody is on, nobody would see the article.
    private async Task<string?> ProblemWithDeskAsync(
        Dictionary<string, string> metadata,
        Person person,
        CancellationToken cancellation
    )
    {
        var desk = metadata["desk"].Trim();
        if (person.Desks.Count > 0 && !person.IsOn(desk))
            return $"The desk is one of yours, {string.Join(", ", person.Desks)}, not '{desk}'.";
        if ((await people.RosterByRoleAsync(cancellation)).FindDesk(desk) is not { } known)
            return $"Nobody who reviews is on a desk that is called '{desk}'.";
        metadata["desk"] = known;
        return null;
    }

    /// <summary>Hand in an article under a name; the same name again is a new version.</summary>
    /// <param name="name">Here the article's name, for example 2026/bridge.md: slashes stand as they are.</param>
    /// <returns>Taken in; its check goes on by itself.</returns>
    [Function(nameof(PutArticle)), Access(Role.Submitter)]
    [TakesFile]
    public Task<Results<AcceptedAt<ArticleAccepted>, BadRequest, Conflict, TooLarge, Unsupported, TooMany>> PutArticle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/articles/{*name}")] HttpRequest request,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    ) => StoreAsync(request, client, name, cancellation);

    private async Task<
        Results<AcceptedAt<ArticleAccepted>, BadRequest, Conflict, TooLarge, Unsupported, TooMany>
    > StoreAsync(HttpRequest request, DurableTaskClient client, string? name, CancellationToken cancellation) =>
        await request.ReadBytesAsync(limits.MaxBytes, cancellation) is { } content
            ? await StoreAsync(request, client, name, content, new(StringComparer.OrdinalIgnoreCase), cancellation)
            : TooLarge();

    private async Task<
        Results<AcceptedAt<ArticleAccepted>, BadRequest, Conflict, TooLarge, Unsupported, TooMany>
    > StoreAsync(
        HttpRequest request,
        DurableTaskClient client,
        string? name,
        byte[] content,
        Dictionary<string, string> metadata,
        CancellationToken cancellation
    )
    {
        var person = request.Caller();
        if (string.IsNullOrWhiteSpace(name))
            return new BadRequest("Give the article a name: ?name=article.txt, or the file name of the form.");
        if (UploadLimits.ObstacleToKind(name) is { } unknown)
            return new Unsupported(unknown);
        if (UploadLimits.ObstacleTo(name, content.Length) is { } refused)
            return new BadRequest(refused);
        if (await counts.AddAsync(person.Who.Id!, content.Length, settings.Uploads, cancellation) is { } wait)
            return new TooMany(
                $"You have handed in what a person may on one day: {settings.Uploads.MaxFiles:N0} files, "
                    + $"{settings.Uploads.MaxBytes:N0} bytes. Go on tomorrow, by UTC.",
                wait
            );
        return await HandInAsync(request, client, name, content, metadata, cancellation);
    }

    private async Task<
        Results<AcceptedAt<ArticleAccepted>, BadRequest, Conflict, TooLarge, Unsupported, TooMany>
    > HandInAsync(
        HttpRequest request,
        DurableTaskClient client,
        string name,
        byte[] content,
        Dictionary<string, string> metadata,
        CancellationToken cancellation
    )
    {
        var person = request.Caller();
        var id = await cases.KeyOfAsync(Containers.Articles, name, cancellation);
        // The blob that the article has already, in whichever form its name is written there: else there were two of
        // them.
        var known = (await cases.FindHeadAsync(id, cancellation))?.Value;
        name = known?.Name ?? name;
        using var upload = ArticleTrace.Uploading(name);
        var there = await blobs.FindAsync(Containers.Articles, name, cancellation);
        // Asked first: what is known of another's article tells nobody else how long it is.
        if (!await cases.MayHandInAsync(id, person, there is not null, cancellation))
            return new Conflict(await NameTakenAsync(name, cancellation));
        if (ObstacleToDesk(known, metadata, person) is { } ofDesk)
            return new Conflict(ofDesk);
        KeepKnown(there, metadata);
        if (ObstacleToStoring(name, metadata) is { } odd)
            return new BadRequest(odd);
        // What the blob's own event can't say: who sent it.
        if (!await cases.HandInAsync(id, person, ContentHash.Of(content, metadata), there is not null, cancellation))
            return new Conflict(await NameTakenAsync(name, cancellation));
        if (await WriteAsync(name, content, metadata, cancellation) is { } obstacle)
            return new BadRequest(obstacle);
        await notes.UploadedAsync(
            request,
            HttpMethods.IsPost(request.Method) ? nameof(PostArticle) : nameof(PutArticle),
            name,
            cancellation
        );
        // The container's own event follows and finds nothing left to do; the caller need not wait for it.
        await intake.ArriveAsync(client, name, cancellation);
        return new AcceptedAt<ArticleAccepted>($"/api/articles/{id}", new(id, name));
    }

    // Only an editor moves an article. Who may not read it is not told where it is: for them, the desk is passed over.
    private string? ObstacleToDesk(CaseHead? head, Dictionary<string, string> metadata, Person person) =>
        settings.Desk.Parted
        && head is not null
        && person.MayRead(head)
        && metadata.GetValueOrDefault("desk") is var said
        && Desks.IsPassedOver(Desks.Arrive(head, said, null), said)
            ? $"The article is {(head.Meta.Desk is { } desk ? $"of the desk {desk}" : "everybody's")}: an editor moves it, "
                + "on its page or by POST /api/articles/{id}/desk. Send the version without a desk."
            : null;

    // A new version without metadata keeps what is known: the newsroom's own copy must not become public by an upload,
    // and what could not be read beside it goes with the upload.
    private void KeepKnown(BlobInfo? there, Dictionary<string, string> metadata)
    {
        if (there is null)
            return;
        if (settings.Desk.Parted && Metadata.SaidDeskOf(there.Metadata) == Desks.Unreadable)
            metadata.TryAdd("desk", Desks.Unreadable);
        foreach (var name in ArticleFile.MetadataNames)
            if (Metadata.All(there.Metadata, name).FirstOrDefault() is { } value)
                metadata.TryAdd(name, value);
        if (Metadata.SaidPurposeOf(there.Metadata).Purpose == Purpose.OwnCopy)
            metadata.TryAdd("purpose", nameof(Purpose.OwnCopy));
    }

    private async Task<string> NameTakenAsync(string name, CancellationToken cancellation)
    {
        var taken = $"Another one's article is called '{name}'; only they and editors replace it.";
        var (stem, ending) = (name[..^Path.GetExtension(name).Length], Path.GetExtension(name));
        for (var number = 2; number < 2 + MostNamesTried; number++)
            if (await IsFreeAsync($"{stem}-{number}{ending}", cancellation))
                return $"{taken} '{stem}-{number}{ending}' is free.";
        return $"{taken} Take another name.";
    }

    private async Task<bool> IsFreeAsync(string name, CancellationToken cancellation)
    {
        var id = await cases.KeyOfAsync(Containers.Articles, name, cancellation);
        var head = (await cases.FindHeadAsync(id, cancellation))?.Value;
        var isThere = await blobs.FindAsync(Containers.Articles, name, cancellation) is not null;
        var handIns = await cases.HandInsAsync(id, cancellation);
        return handIns.HolderOf(head, isThere, time.GetUtcNow()) is null;
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
            return WhyNotStored(error);
        }
    }

    private static string? ObstacleToStoring(string name, Dictionary<string, string> metadata)
    {
        try
        {
            BlobRules.CheckName(name);
            BlobRules.CheckMetadata(metadata);
            return null;
        }
        catch (ArgumentException error)
        {
            return WhyNotStored(error);
        }
    }

    // What .NET puts behind the message is for programmers.
    private static string WhyNotStored(ArgumentException error)
    {
        var why = error.Message.Replace($" (Parameter '{error.ParamName}')", "", StringComparison.Ordinal);
        return error.ParamName == "name"
            ? $"An article can't have that name: {why}"
            : $"The article can't be stored: {why}";
    }

    private TooLarge TooLarge() => new(limits.TooLarge);
}
