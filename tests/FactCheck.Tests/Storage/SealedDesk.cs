using System.Text;
using System.Text.Json.Nodes;
using FactCheck.Storage;
using FactCheck.Storage.Audit;
using FactCheck.Storage.Local;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Storage;

/// <summary>A row as the file holds it, whoever wrote it.</summary>
internal sealed record RawRow(string Table, string Partition, string Key, string Json, long ETag);

/// <summary>A desk's stores with an audit log, and hands that reach around it into the files.</summary>
internal sealed class SealedDesk : IDisposable
{
    public static readonly string[] Articles =
    [
        .. Enumerable.Range(1, 3).Select(n => ArticleKey.Of("articles", $"{n}.txt")),
    ];

    private readonly TempFolder _folder = new();
    private readonly SqliteConnection _raw;

    public SealedDesk()
    {
        Tables = new(_folder["desk.db"]);
        Blobs = new(_folder.Path);
        Index = new(Tables, Time);
        _raw = SqliteTables.Connect(_folder["desk.db"]);
        Run("PRAGMA synchronous = OFF");
        Key = Audit.ReadOrMakeKey();
        (Log, Seals, Cases) = Open();
    }

    public FakeTimeProvider Time { get; } = new(Some.Now);

    public SqliteTables Tables { get; }

    public FolderBlobs Blobs { get; }

    public DeskIndex Index { get; }

    public AuditKey Key { get; set; }

    public DeskAudit Audit => new(_folder.Path, null);

    public string LogFolder => Audit.Folder;

    public string Folder => _folder.Path;

    public AuditLog Log { get; private set; }

    public CaseSeals Seals { get; private set; }

    public CaseStore Cases { get; private set; }

    /// <summary>Every state that the rows have had, in order.</summary>
    public List<IReadOnlyList<RawRow>> Past { get; } = [];

    public void Dispose()
    {
        Log.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _raw.Dispose();
        Tables.Dispose();
        _folder.Dispose();
    }

    /// <summary>As a process begins: it knows only what is stored.</summary>
    public (AuditLog Log, CaseSeals Seals, CaseStore Cases) Open(IAuditFiles? files = null)
    {
        var log = new AuditLog(files ?? new FolderAuditFiles(LogFolder), Key, Time, TimeSpan.Zero);
        var seals = new CaseSeals(Key, log);
        return (log, seals, new(Tables, Time, seals));
    }

    /// <summary>The process ends, when what waits is written, and another begins.</summary>
    public async Task RestartAsync(IAuditFiles? files = null)
    {
        await Log.DisposeAsync();
        (Log, Seals, Cases) = Open(files);
    }

    public AuditCheck Check() => new(Tables, Seals, Time);

    /// <summary>What a start finds.</summary>
    public async Task<string> StartAsync(bool mend = true)
    {
        await RestartAsync();
        var findings = await Check().RunAsync(mend);
        if (findings.Count == 0 && mend)
        {
            Audit.NoteSealed(Log);
            Key = Audit.FindKey()!;
        }

        return string.Join('\n', findings.Select(f => $"{f.Article}: {f.Problem}"));
    }

    /// <summary>What 'audit verify' finds of some articles.</summary>
    public async Task<string> VerifyAsync()
    {
        var audit = new CaseAudit(Tables, Cases, Blobs, Seals);
        var found = new StringBuilder();
        foreach (var article in Articles)
            if (await Cases.FindHeadAsync(article) is not { Value: var head })
                found.AppendLine($"{article}: gone");
            else if ((await audit.CheckAsync(head)).Problem is { } problem)
                found.AppendLine($"{article}: {problem}");
        return found.ToString();
    }

    /// <summary>Three articles, or so many, that arrived, were decided and published.</summary>
    public async Task FillAsync(int articles = 3)
    {
        foreach (var article in Articles.Take(articles))
            await ArriveAsync(article);
        for (var task = 0; task < 3; task++)
            foreach (var article in Articles.Take(articles))
                await DecideAsync(article, task);
        foreach (var article in Articles.Take(articles))
            await PublishAsync(article);
    }

    public async Task ArriveAsync(string article)
    {
        var head = Some.Head() with { Key = article, Name = $"{article}.txt" };
        var (bytes, text) = (Encoding.UTF8.GetBytes($"What arrived as {article}."), $"{{\"text\":\"{article}\"}}");
        await Blobs.WriteAsync(CaseFiles.Texts, CaseFiles.Original(article, "copy"), bytes, "text/plain");
        await Blobs.WriteAsync(CaseFiles.Texts, CaseFiles.Text(article, 1), Encoding.UTF8.GetBytes(text), "text/plain");
        await Cases.CreateAsync(
            new CaseChange(head)
                .Note(
                    "ana",
                    AuditVerb.Arrived,
                    article,
                    (AuditChain.Bytes, AuditChain.HashOf(bytes)),
                    ("content", "copy")
                )
                .Note("host", AuditVerb.Selected, article, (AuditChain.Text, AuditChain.HashOf(text)), ("run", "1")),
            new DeafOrchestrations()
        );
        Remember();
        await ChangeAsync(
            article,
            change => Enumerable.Range(0, 3).Aggregate(change, (c, n) => c.Insert(TaskOf(article, n)))
        );
    }

    public async Task DecideAsync(string article, int task, string by = "ana")
    {
        var before = (await Cases.FindTaskAsync(TaskOf(article, task).Id))!;
        var decision = Some.Approval(by);
        await ChangeAsync(
            article,
            change =>
                change
                    .Replace(before, before.Value with { State = TaskState.Decided, Decision = decision })
                    .Insert(before.Value.Id, decision)
        );
    }

    public async Task PublishAsync(string article)
    {
        foreach (var file in new[] { "report.html", "report.json", $"{article}.a.0.html" })
            await Blobs.WriteAsync(
                CaseFiles.Reports,
                CaseFiles.Report(article, 1) + file,
                Encoding.UTF8.GetBytes($"{file} of {article}"),
                "text/html"
            );
        var files = await Blobs.HashOfReportAsync(article, 1, CancellationToken.None);
        await ChangeAsync(
            article,
            change => change.Note("eva", AuditVerb.Published, article, ("version", "1"), (AuditChain.Files, files))
        );
    }

    /// <summary>Something happens to an article, and is noted.</summary>
    public Task NoteAsync(string article) =>
        ChangeAsync(article, change => change.Note("ana", AuditVerb.Extended, article));

    public static ReviewTask TaskOf(string article, int number) =>
        Some.Task() with
        {
            Id = $"{article}.a{number}.0.1",
            ArticleKey = article,
            StatementId = $"{article}.a{number}.0",
        };

    public IReadOnlyList<RawRow> Rows(string like = "%", string? partition = null)
    {
        using var command = _raw.CreateCommand();
        command.CommandText =
            "SELECT tbl, partition, key, json, etag FROM rows WHERE key LIKE $like AND partition LIKE $partition";
        command.Parameters.AddWithValue("$like", like);
        command.Parameters.AddWithValue("$partition", partition ?? "%");
        using var found = command.ExecuteReader();
        var rows = new List<RawRow>();
        while (found.Read())
            rows.Add(
                new(found.GetString(0), found.GetString(1), found.GetString(2), found.GetString(3), found.GetInt64(4))
            );
        return rows;
    }

    /// <summary>Puts rows in the place of all, or of those of one partition.</summary>
    public void PutBack(IEnumerable<RawRow> rows, string? partition = null)
    {
        using var transaction = _raw.BeginTransaction();
        Run("DELETE FROM rows WHERE partition LIKE $1", partition ?? "%");
        foreach (var row in rows.Where(row => partition is null || row.Partition == partition))
            Write(row);
        transaction.Commit();
    }

    public void Write(RawRow row) =>
        Run(
            "INSERT OR REPLACE INTO rows (tbl, partition, key, json, etag) VALUES ($1, $2, $3, $4, $5)",
            row.Table,
            row.Partition,
            row.Key,
            row.Json,
            row.ETag
        );

    public void Delete(RawRow row) =>
        Run("DELETE FROM rows WHERE tbl = $1 AND partition = $2 AND key = $3", row.Table, row.Partition, row.Key);

    /// <summary>Takes the seal from every head.</summary>
    public void Unseal()
    {
        foreach (var row in Rows("head"))
        {
            var head = JsonNode.Parse(row.Json)!.AsObject();
            head.Remove("seal");
            Write(row with { Json = head.ToJsonString() });
        }
    }

    public void Remember() => Past.Add(Rows());

    private async Task ChangeAsync(string article, Func<CaseChange, CaseChange> change)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        await Cases.ChangeAsync(article, head => change(new(head)), new DeafOrchestrations());
        Remember();
    }

    private void Run(string sql, params object[] values)
    {
        using var command = _raw.CreateCommand();
        command.CommandText = sql;
        for (var at = 0; at < values.Length; at++)
            command.Parameters.AddWithValue($"${at + 1}", values[at]);
        command.ExecuteNonQuery();
    }
}
