using FactCheck.Cli.Client;
using FactCheck.Storage;
using FactCheck.Storage.Local;

namespace FactCheck.Cli.Operate;

/// <summary><c>audit verify</c>: whether anybody changed what happened.</summary>
internal static class AuditCommands
{
    private const int PageSize = 100;

    public static Command Create() => new("audit", "The record of who did what.") { Verify(), Accept() };

    private static Verb Verify()
    {
        var articles = new Argument<string[]>("ARTICLE")
        {
            Description = "Ids or names; every article when none is given.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        return new Verb(
            "verify",
            "Check that no audit entry was changed, removed or moved, nor a decision, text or published file that one tells "
                + "of, and that no case is older than the audit log knows it; names the first break of each article, "
                + "with exit code 6. Works on the data folder, the list of people included, or through a host (--host, an "
                + "editor's token; for the people an operator's: factcheck people trail). On the data folder the whole log "
                + "and both databases are looked through.",
            "factcheck audit verify --data /srv/factcheck",
            "factcheck audit verify city-budget.md --host https://factcheck.example.com"
        )
            .With(articles, DataFolder.Data)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    var wanted = (parse.GetValue(articles) ?? []).Select(DeskQueries.IdOf).ToList();
                    var isRemote = parse.GetValue(DataFolder.Data) is null && HostOptions.Named(parse) is not null;
                    if (isRemote)
                        return await TellAsync(output, ThroughHostAsync(parse, wanted, cancellation), people: null);
                    var folder = DataFolder.Of(parse);
                    return await TellAsync(
                        output,
                        InFolderAsync(folder, wanted, cancellation),
                        wanted.Count > 0 ? null : await PeopleAsync(folder, cancellation)
                    );
                }
            );
    }

    private static async Task<ChainCheck> PeopleAsync(string folder, CancellationToken cancellation)
    {
        await using var tables = DataFolder.Open(folder, make: false);
        var (entries, problem) = await DataFolder.TokensOf(tables).People.TrailAsync(cancellation);
        return new("people", "the list of people", entries.Count, problem);
    }

    private static Verb Accept()
    {
        var newKey = Options.Flag(
            "--new-key",
            "Make a new audit key, where the old one is lost. What it sealed is put aside."
        );
        return new Verb(
            "accept",
            "Go on with a desk that is not what its audit log says, after somebody has looked at it. What was found is "
                + "written into the log, signed, with who accepted it; heads are sealed as they are. Stop the desk before.",
            "factcheck audit accept --data /srv/factcheck",
            "factcheck audit accept --new-key --data /srv/factcheck   # keys/audit.key is lost"
        )
            .With(newKey, DataFolder.Data)
            .Does(
                (parse, output, cancellation) =>
                    AcceptAsync(output, DataFolder.Of(parse), parse.GetValue(newKey), cancellation)
            );
    }

    private static async Task<int> AcceptAsync(
        Output output,
        string folder,
        bool newKey,
        CancellationToken cancellation
    )
    {
        await using var tables = DataFolder.Open(folder, make: false);
        DataFolder.MustBeAtRest(folder, "anything is accepted");
        var accepted = await DeskRepair.AcceptAsync(
            tables,
            DataFolder.AuditOf(folder),
            newKey,
            Environment.UserName,
            TimeProvider.System,
            cancellation
        );
        if (output.IsJson)
            output.Document(new JsonObject { ["articles"] = accepted.Articles, ["aside"] = accepted.Aside });
        else
            output.Line(
                accepted.Articles == 0
                    ? "Nothing contradicted the log; that you looked is noted in it."
                    : $"{accepted.Articles} articles are taken as they are, and the log says by whom."
            );
        if (accepted.Aside is { } aside && !output.IsJson)
            output.Line($"The former log could not be gone on with. It is in {aside}: keep it.");
        return ExitCode.Done;
    }

    private static async Task<int> TellAsync(Output output, IAsyncEnumerable<ChainCheck> checks, ChainCheck? people)
    {
        var (intact, broken, items) = (0, 0, new JsonArray());
        await foreach (var check in checks)
        {
            if (check.Problem is null)
                intact++;
            else
                broken++;
            items.Add(check.Json);
            if (!output.IsJson)
                output.Line(check.ToString());
        }

        if (people is { Problem: not null })
            broken++;
        if (people is not null && !output.IsJson)
            output.Line(people.ToString());
        if (output.IsJson)
            output.Document(
                new JsonObject
                {
                    ["articles"] = items,
                    ["people"] = people?.Json,
                    ["intact"] = broken == 0,
                }
            );
        else
            output.Line(broken == 0 ? $"{intact} intact." : $"{broken} broken, {intact} intact.");
        return broken == 0 ? ExitCode.Done : ExitCode.EndedBadly;
    }

    // The cases are asked first, then the list: who removes an article from one of the two removes no trail.
    private static async IAsyncEnumerable<ChainCheck> InFolderAsync(
        string folder,
        IReadOnlyList<string> wanted,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var tables = DataFolder.OpenToRead(folder);
        if (wanted.Count == 0)
            DeskCheck.Look(folder, TimeSpan.MaxValue);
        var place = DataFolder.AuditOf(folder);
        var key = place.FindKey();
        await using var log = key is null ? null : place.OpenLog(key, TimeProvider.System);
        if (log is not null)
            await log.LoadAsync(whole: true, cancellation);
        var seals = log is null ? null : new CaseSeals(key!, log);
        foreach (var problem in seals?.LogProblems ?? [])
            yield return new("", "the audit log", 0, problem);
        var cases = new CaseStore(tables, TimeProvider.System, seals);
        // The texts and reports of a desk with --storage are not here: through its host they are looked at.
        var blobs = Directory.Exists(Path.Combine(folder, CaseFiles.Texts)) ? new FolderBlobs(folder) : null;
        var audit = new CaseAudit(tables, cases, blobs, seals);
        var known = (await tables.PartitionsAsync(CaseRows.Table, cancellation))
            .Union(log?.Known().Where(line => line.Seq > 0).Select(line => line.Article) ?? [], StringComparer.Ordinal)
            .ToList();
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in wanted.Count > 0 ? wanted : known)
        {
            if (!known.Contains(id, StringComparer.Ordinal))
                throw new CommandException(ExitCode.NotFound, $"'{folder}' has no article '{id}'.");
            if (await CheckAsync(cases, audit, seals, id, cancellation) is not { } check)
            {
                if (wanted.Count > 0)
                    throw new CommandException(ExitCode.NotFound, $"'{folder}' has no article '{id}'.");
                continue;
            }

            made.Add(id);
            yield return check;
        }

        if (wanted.Count == 0)
            await foreach (var missing in MissingAsync(new(tables, TimeProvider.System), made, cancellation))
                yield return missing;
    }

    // Null for a name that was claimed, and whose article never came.
    private static async Task<ChainCheck?> CheckAsync(
        CaseStore cases,
        CaseAudit audit,
        CaseSeals? seals,
        string id,
        CancellationToken cancellation
    )
    {
        try
        {
            if (await cases.FindHeadAsync(id, cancellation) is { Value: var head })
            {
                var (ofHead, problem) = await audit.CheckAsync(head, cancellation);
                return new(id, head.Name, ofHead.Count, problem);
            }
        }
        catch (Exception error) when (CaseSeals.IsUnreadable(error))
        {
            return new(id, "", 0, CaseSeals.UnreadableHead(error));
        }

        if (seals?.ProblemOf(null, seals.Log.Newest(id)) is { } gone)
            return new(id, "", 0, gone);
        var entries = await cases.AuditAsync(id, cancellation);
        var isClaim = entries.Count == 0 && (await cases.HandInsAsync(id, cancellation)).Waiting.Count > 0;
        return isClaim ? null : new(id, "", entries.Count, "The case has lost its head.");
    }

    private static async IAsyncEnumerable<ChainCheck> MissingAsync(
        DeskIndex index,
        HashSet<string> made,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        for (string? cursor = null; ; )
        {
            var page = await index.ArticlesAsync(cursor, PageSize, cancellation);
            foreach (var entry in page.Items.Where(e => !made.Contains(e.Key)))
                yield return new(
                    entry.Key,
                    entry.Name,
                    0,
                    $"It is on the list since {TextTable.Time(entry.CreatedAt)}, but its case is gone. (Or it "
                        + "never came to be: the host ended while it arrived, and the file with it.)"
                );
            if ((cursor = page.Cursor) is null)
                yield break;
        }
    }

    // The host says whether the chain holds; what it sends is counted again here.
    private static async IAsyncEnumerable<ChainCheck> ThroughHostAsync(
        ParseResult parse,
        IReadOnlyList<string> wanted,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var desk = HostOptions.Connect(parse);
        IReadOnlyList<ArticleSummary> articles =
            wanted.Count == 0 ? await desk.ArticlesAsync(int.MaxValue, cancellation) : [];
        if (wanted.Count > 0)
        {
            var found = new List<ArticleSummary>();
            foreach (var id in wanted)
                found.Add((await desk.ArticleAsync(id, cancellation)).Article);
            articles = found;
        }

        foreach (var article in articles)
        {
            var trail = (await desk.GetAsync($"api/audit/{article.Id}", cancellation)).As<AuditTrail>();
            var last = trail.Entries.Count > 0 ? trail.Entries[^1] : null;
            yield return new(
                article.Id,
                article.Name,
                trail.Entries.Count,
                trail.Problem ?? AuditChain.FirstBreak(trail.Entries, last?.Seq ?? 0, last?.Hash ?? "")
            );
        }
    }

    private sealed record ChainCheck(string Id, string Name, int Entries, string? Problem)
    {
        public override string ToString() =>
            (Problem is null ? "intact" : "BROKEN")
            + $"  {Entries, 5} entries  {Id}  {Name}"
            + (Problem is { } why ? $": {why}" : "");

        public JsonNode Json =>
            new JsonObject
            {
                ["id"] = Id,
                ["name"] = Name,
                ["entries"] = Entries,
                ["intact"] = Problem is null,
                ["problem"] = Problem,
            };
    }
}
