using FactCheck.Storage;
using FactCheck.Storage.Audit;
using FactCheck.Storage.Local;

namespace FactCheck.Tests.Storage;

/// <summary>A copy of a desk that runs is whole, or is refused; what is put back says what it lacks.</summary>
public sealed class DeskCopyTests : IDisposable
{
    private readonly SealedDesk _desk = new();
    private readonly TempFolder _elsewhere = new();

    public void Dispose()
    {
        _desk.Dispose();
        _elsewhere.Dispose();
    }

    private string Copy => _elsewhere["copy"];

    private string Restored => _elsewhere["restored"];

    [Fact]
    public async Task A_copy_that_is_put_back_is_the_desk_and_lacks_nothing()
    {
        await _desk.FillAsync();
        await _desk.RestartAsync();
        var made = await MakeAsync(withKeys: true);
        Assert.True(made.HasKeys);
        Assert.Empty(await RestoreAsync());
        Assert.Equal("", await FindingsAsync());
        Assert.Equal(Files(_desk.Folder, "texts"), Files(Restored, "texts"));
        Assert.Equal(Files(_desk.Folder, "reports"), Files(Restored, "reports"));
        Assert.Contains("A copy of", LogText(), StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"Restored\"", LogText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_in_no_copy_that_was_not_told_to_have_them()
    {
        await _desk.FillAsync();
        var made = await MakeAsync();
        Assert.False(made.HasKeys);
        Assert.DoesNotContain(made.Files, f => f.Path.StartsWith("keys", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(Copy, "keys")));
    }

    [Fact]
    public async Task What_the_log_outside_knows_and_the_copy_does_not_is_named_and_then_right()
    {
        await _desk.FillAsync();
        await MakeAsync(withKeys: true);
        foreach (var article in SealedDesk.Articles.Take(2))
            await _desk.NoteAsync(article);
        await _desk.RestartAsync();

        var missing = await RestoreAsync(log: _desk.LogFolder);
        Assert.Equal(SealedDesk.Articles.Take(2).Order(), missing.Select(m => m.Article).Order());
        Assert.All(missing, m => Assert.Contains("the log knows entry", m.Problem, StringComparison.Ordinal));
        Assert.Equal("", await FindingsAsync());
    }

    [Fact]
    public async Task Each_file_of_a_copy_that_is_changed_or_missing_is_named_and_nothing_is_put_back()
    {
        await _desk.FillAsync();
        await MakeAsync();
        foreach (var file in Directory.GetFiles(Copy, "*", SearchOption.AllDirectories))
        {
            var whole = await File.ReadAllBytesAsync(file);
            File.Delete(file);
            await RefusedAsync(Path.GetFileName(file));
            await File.WriteAllBytesAsync(file, [.. whole, 1]);
            await RefusedAsync(Path.GetFileName(file));
            await File.WriteAllBytesAsync(file, whole);
        }

        async Task RefusedAsync(string name)
        {
            var refused = await Assert.ThrowsAsync<DamagedDeskException>(() =>
                DeskCopy.PutBackAsync(Copy, Restored, new(Restored, null), null, null)
            );
            Assert.Contains(name, refused.Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Restored));
        }
    }

    [Fact]
    public async Task A_manifest_leads_out_of_no_folder()
    {
        await _desk.FillAsync();
        await MakeAsync();
        var manifest = Path.Combine(Copy, DeskCopy.ManifestName);
        var text = await File.ReadAllTextAsync(manifest);
        await File.WriteAllTextAsync(
            manifest,
            text.Replace("\"desk.db\"", "\"../../desk.db\"", StringComparison.Ordinal)
        );
        var refused = await Assert.ThrowsAsync<DamagedDeskException>(() => DeskCopy.VerifyAsync(Copy));
        Assert.Contains("is not in it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_over_and_no_copy_lies_in_what_it_copies()
    {
        await _desk.FillAsync();
        Directory.CreateDirectory(Copy);
        await File.WriteAllTextAsync(Path.Combine(Copy, "mine.txt"), "mine");
        await Assert.ThrowsAsync<InvalidOperationException>(() => MakeAsync());
        Assert.Equal(["mine.txt"], Directory.GetFileSystemEntries(Copy).Select(Path.GetFileName));
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            DeskCopy.MakeAsync(_desk.Folder, _desk.Audit, Path.Combine(_desk.Folder, "copy"), false, _desk.Time)
        );
        Directory.Delete(Copy, recursive: true);
        await MakeAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            DeskCopy.PutBackAsync(Copy, _desk.Folder, _desk.Audit, null, null)
        );
    }

    /// <summary>The log is copied first: what is committed while the rest is copied, the log of the copy does not know.
    /// </summary>
    [Fact]
    public async Task A_copy_made_while_the_desk_is_busy_is_whole()
    {
        await _desk.FillAsync();
        using var stop = new CancellationTokenSource();
        var busy = Task.Run(async () =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
                await _desk.NoteAsync(SealedDesk.Articles[n % 3]);
        });
        await MakeAsync(withKeys: true);
        await stop.CancelAsync();
        await busy;
        Assert.Empty(await RestoreAsync());
        Assert.Equal("", await FindingsAsync());
    }

    /// <summary>A blob with a receipt is never looked at again: the copy must not know one of an article that it has
    /// not.</summary>
    [Fact]
    public async Task What_arrives_between_the_two_databases_has_no_receipt_without_its_case()
    {
        var runtime = Path.Combine(_desk.Folder, "runtime.db");
        Sql(runtime, "CREATE TABLE receipts (article TEXT)");
        var copied = 0;
        await DeskCopy.MakeAsync(
            _desk.Folder,
            _desk.Audit,
            Copy,
            withKeys: false,
            _desk.Time,
            async _ =>
            {
                if (copied++ == 0)
                    return;
                await _desk.ArriveAsync(SealedDesk.Articles[0]);
                Sql(runtime, $"INSERT INTO receipts VALUES ('{SealedDesk.Articles[0]}')");
            },
            CancellationToken.None
        );
        Assert.Equal(2, copied);
        var receipts = (long)Sql(Path.Combine(Copy, "runtime.db"), "SELECT count(*) FROM receipts")!;
        await using var tables = new SqliteTables(Path.Combine(Copy, "desk.db"));
        Assert.True(receipts <= (await tables.PartitionsAsync(CaseRows.Table)).Count);
    }

    private static object? Sql(string path, string sql)
    {
        using var connection = SqliteTables.Connect(path);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private Task<CopyManifest> MakeAsync(bool withKeys = false) =>
        DeskCopy.MakeAsync(_desk.Folder, _desk.Audit, Copy, withKeys, _desk.Time);

    private async Task<IReadOnlyList<AuditFinding>> RestoreAsync(string? log = null)
    {
        var audit = new DeskAudit(Restored, null);
        var copy = await DeskCopy.PutBackAsync(Copy, Restored, audit, null, log);
        await using var tables = new SqliteTables(Path.Combine(Restored, "desk.db"));
        return await DeskRepair.NoteRestoreAsync(tables, audit, copy, "oskar", _desk.Time);
    }

    private async Task<string> FindingsAsync()
    {
        var audit = new DeskAudit(Restored, null);
        await using var tables = new SqliteTables(Path.Combine(Restored, "desk.db"));
        var key = audit.FindKey()!;
        await using var log = new AuditLog(new FolderAuditFiles(audit.Folder), key, _desk.Time, TimeSpan.Zero);
        await log.LoadAsync(whole: true);
        var seals = new CaseSeals(key, log);
        var check = new AuditCheck(tables, seals, _desk.Time);
        return string.Join('\n', await check.RunAsync(mend: false));
    }

    private string LogText() =>
        string.Concat(Directory.GetFiles(Path.Combine(Restored, "audit"), "*.jsonl").Select(File.ReadAllText));

    private static IEnumerable<string> Files(string data, string folder) =>
        Directory
            .GetFiles(Path.Combine(data, folder), "*", SearchOption.AllDirectories)
            .Select(f => $"{Path.GetRelativePath(data, f)} {File.GetLastWriteTimeUtc(f).Ticks} {File.ReadAllText(f)}")
            .Order(StringComparer.Ordinal);
}
