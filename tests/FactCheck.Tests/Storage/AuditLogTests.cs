using System.Security.Cryptography;
using System.Text;
using FactCheck.Storage;
using FactCheck.Storage.Audit;
using FactCheck.Storage.Local;

namespace FactCheck.Tests.Storage;

/// <summary>The log outside the database: what a crash keeps from it is mended, what somebody changes is told.</summary>
public sealed class AuditLogTests : IDisposable
{
    private readonly SealedDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task A_crash_between_commit_and_log_is_mended_at_every_step()
    {
        var article = SealedDesk.Articles[0];
        for (var (step, commits) = (0, 1); step < commits; step++)
        {
            using var desk = new SealedDesk();
            await desk.RestartAsync(new BreakingAuditFiles(new FolderAuditFiles(desk.LogFolder), step));
            await desk.FillAsync(articles: 1);
            commits = desk.Past.Count;
            Assert.Equal("", await desk.StartAsync());
            Assert.Equal("", await desk.StartAsync(mend: false));
            var (log, head) = (desk.Log.Newest(article)!, await desk.Cases.HeadAsync(article));
            Assert.Equal((head.AuditSeq, head.AuditHash), (log.Seq, log.Hash));
        }
    }

    [Fact]
    public async Task A_line_that_a_crash_broke_off_anywhere_is_no_contradiction_and_stays_out_of_the_next_ones_way()
    {
        await _desk.FillAsync();
        Assert.Empty(await _desk.Check().RunAsync(mend: true));
        await _desk.NoteAsync(SealedDesk.Articles[0]);
        await _desk.RestartAsync();
        var file = Assert.Single(LogFiles());
        var whole = await File.ReadAllBytesAsync(file);
        var last = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        for (var length = last; length < whole.Length; length += 7)
        {
            // Only a clean stop leaves one that knows the end.
            File.Delete(Path.Combine(_desk.LogFolder, "summary.json"));
            await File.WriteAllBytesAsync(file, whole[..length]);
            Assert.Equal("", await _desk.StartAsync());
            await _desk.NoteAsync(SealedDesk.Articles[0]);
            Assert.Equal("", await _desk.StartAsync(mend: false));
            foreach (var other in LogFiles().Where(f => f != file))
                File.Delete(other);
            await File.WriteAllBytesAsync(file, whole);
        }
    }

    [Fact]
    public async Task Each_line_that_is_changed_or_removed_is_told()
    {
        await _desk.FillAsync();
        await _desk.RestartAsync();
        var file = Assert.Single(LogFiles());
        var lines = await File.ReadAllLinesAsync(file);
        for (var at = 0; at < lines.Length; at++)
        {
            File.Delete(Path.Combine(_desk.LogFolder, "summary.json"));
            var changed = lines.ToArray();
            changed[at] = changed[at].Replace("\"seq\":", "\"seq\":1", StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, string.Join('\n', changed) + '\n');
            Assert.Contains("was changed", await _desk.StartAsync(), StringComparison.Ordinal);
            if (at == lines.Length - 1)
                break; // the last one removed: below
            await File.WriteAllTextAsync(file, string.Join('\n', lines.Where((_, i) => i != at)) + '\n');
            Assert.Contains("was changed", await _desk.StartAsync(), StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(file, string.Join('\n', lines) + '\n');
        Assert.Equal("", await _desk.StartAsync());
    }

    [Fact]
    public async Task An_end_that_is_cut_off_after_a_clean_stop_is_told()
    {
        await _desk.FillAsync();
        await _desk.RestartAsync();
        var file = Assert.Single(LogFiles());
        var lines = await File.ReadAllLinesAsync(file);
        await File.WriteAllTextAsync(file, string.Join('\n', lines[..^1]) + '\n');
        Assert.Contains("is shorter than it was", await _desk.StartAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "is gone")]
    [InlineData(1, "is shorter than it was")]
    [InlineData(2, "is another than it was")]
    public async Task A_file_that_another_goes_on_from_is_missed_without_the_summary(int kind, string told)
    {
        for (var process = 0; process < 3; process++)
        {
            _desk.Time.Advance(TimeSpan.FromSeconds(1));
            await _desk.RestartAsync();
            await _desk.Log.WriteAsync([
                new(Some.Now, "a", (2 * process) + 1, "x"),
                new(Some.Now, "a", (2 * process) + 2, "y"),
            ]);
        }

        await _desk.Log.DisposeAsync();
        Assert.Equal(3, LogFiles().Count);
        File.Delete(Path.Combine(_desk.LogFolder, "summary.json"));
        var (whole, middle) = (await File.ReadAllLinesAsync(LogFiles()[1]), LogFiles()[1]);
        var (log, _, _) = _desk.Open();
        await log.LoadAsync();
        Assert.Empty(log.Problems);
        await log.DisposeAsync();
        File.Delete(middle);
        if (kind > 0)
            await File.WriteAllTextAsync(middle, whole[0] + '\n');
        if (kind == 2)
        {
            // With the key, another end of the same length: a shorter seal would be told otherwise.
            var first = AuditLine.Read(whole[0], _desk.Key, Path.GetFileName(middle));
            var (text, _) = new AuditLine(Some.Now, "a", 4, "z").Sealed(_desk.Key, first.Seal);
            await File.AppendAllTextAsync(middle, text + '\n');
        }

        (log, _, _) = _desk.Open();
        await log.LoadAsync();
        Assert.Contains(told, Assert.Single(log.Problems), StringComparison.Ordinal);
        await log.DisposeAsync();
    }

    [Fact]
    public async Task A_summary_that_cannot_be_written_holds_nothing_up_and_no_line_is_written_twice()
    {
        var files = new BreakingAuditFiles(new FolderAuditFiles(_desk.LogFolder)) { TakesSummaries = false };
        await _desk.RestartAsync(files);
        await _desk.FillAsync();
        await _desk.RestartAsync();
        var lines = (await File.ReadAllLinesAsync(Assert.Single(LogFiles()))).Select(line =>
            line[..line.IndexOf("\"seal", StringComparison.Ordinal)]
        );
        Assert.Equal(lines.Distinct(), lines);
        Assert.False(File.Exists(Path.Combine(_desk.LogFolder, "summary.json")));
        Assert.Equal("", await _desk.StartAsync(mend: false));
    }

    [Fact]
    public async Task Many_who_ask_at_once_for_what_another_process_wrote_share_one_reading()
    {
        var (log, _, cases) = _desk.Open();
        await log.LoadAsync();
        await _desk.FillAsync();
        await _desk.RestartAsync();
        var found = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(n => Task.Run(() => cases.FindTrustedHeadAsync(SealedDesk.Articles[n % 3])))
        );
        Assert.All(found, Assert.NotNull);
        await log.DisposeAsync();
    }

    [Fact]
    public async Task With_a_clock_that_ran_ahead_a_persons_word_still_holds()
    {
        await _desk.FillAsync();
        var article = SealedDesk.Articles[0];
        await _desk.Log.WriteAsync([new(_desk.Time.GetUtcNow().AddYears(1), article, 90, "ahead")]);
        Assert.Contains("the log knows entry 90", await _desk.StartAsync(), StringComparison.Ordinal);
        await _desk.Check().AcceptAsync(AuditLineKind.Accepted, "oskar", "");
        Assert.Equal("", await _desk.StartAsync());
        await _desk.NoteAsync(article);
        await _desk.RestartAsync();
        await _desk.Log.LoadAsync(whole: true);
        Assert.Equal((await _desk.Cases.HeadAsync(article)).AuditSeq, _desk.Log.Newest(article)!.Seq);
    }

    [Fact]
    public async Task What_is_accepted_is_in_the_log_before_it_is_sealed()
    {
        await _desk.FillAsync();
        Assert.Equal("", await _desk.StartAsync());
        _desk.Unseal();
        await _desk.RestartAsync(new BreakingAuditFiles(new FolderAuditFiles(_desk.LogFolder), -1));
        await Assert.ThrowsAsync<IOException>(() => _desk.Check().AcceptAsync(AuditLineKind.Accepted, "oskar", ""));
        Assert.All(_desk.Rows("head"), row => Assert.Null(CaseJson.Read<CaseHead>(row.Json).Seal));
    }

    [Fact]
    public async Task Of_a_log_that_is_in_doubt_itself_no_single_case_is_accepted()
    {
        await _desk.FillAsync();
        Assert.Equal("", await _desk.StartAsync());
        _desk.Unseal();
        await _desk.Log.DisposeAsync();
        foreach (var file in Directory.GetFiles(_desk.LogFolder, "*", SearchOption.AllDirectories))
            await File.AppendAllTextAsync(file, "something else\n");
        await _desk.RestartAsync();
        var doubt = await Assert.ThrowsAsync<FactCheck.Storage.Local.DamagedDeskException>(() =>
            _desk.Check().AcceptAsync(SealedDesk.Articles[0], "oskar", "It is right.")
        );
        Assert.StartsWith("The audit log: ", doubt.Message, StringComparison.Ordinal);
        Assert.All(_desk.Rows("head"), row => Assert.Null(CaseJson.Read<CaseHead>(row.Json).Seal));
    }

    [Fact]
    public async Task A_log_that_is_gone_is_told_by_the_seals_of_the_heads()
    {
        await _desk.FillAsync();
        await _desk.Log.DisposeAsync();
        Directory.Delete(_desk.LogFolder, recursive: true);
        _desk.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("the log does not know it", await _desk.StartAsync(), StringComparison.Ordinal);
        // Nor is it forgotten by asking twice.
        Assert.Contains("the log does not know it", await _desk.StartAsync(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<TamperedCaseException>(() => _desk.NoteAsync(SealedDesk.Articles[0]));
    }

    [Fact]
    public async Task Another_key_is_told_and_fits_nothing()
    {
        await _desk.FillAsync();
        _desk.Key = new(RandomNumberGenerator.GetBytes(AuditKey.Length));
        var found = await _desk.StartAsync();
        Assert.Contains("is sealed with another key", found, StringComparison.Ordinal);
        Assert.Contains("Its head is sealed with another key", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_former_release_left_is_taken_once_and_only_once()
    {
        await _desk.FillAsync();
        await _desk.Log.DisposeAsync();
        Directory.Delete(_desk.LogFolder, recursive: true);
        _desk.Unseal();
        Assert.Equal("", await _desk.StartAsync(mend: false));
        Assert.Equal("", await _desk.StartAsync());
        Assert.All(_desk.Rows("head"), row => Assert.NotNull(CaseJson.Read<CaseHead>(row.Json).Seal));
        Assert.Equal("", await _desk.VerifyAsync());
        await _desk.NoteAsync(SealedDesk.Articles[1]);
        Assert.Equal("", await _desk.StartAsync());

        _desk.Unseal();
        Assert.Equal(3, (await _desk.StartAsync()).Split("has no seal").Length - 1);
        await _desk.Log.DisposeAsync();
        Directory.Delete(_desk.LogFolder, recursive: true);
        Assert.Contains("sealed this desk before", await _desk.StartAsync(), StringComparison.Ordinal);
        Assert.Equal(3, (await _desk.StartAsync()).Split("has no seal").Length - 1);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_taking_that_was_broken_off_goes_on(int writes)
    {
        await _desk.FillAsync();
        await _desk.Log.DisposeAsync();
        Directory.Delete(_desk.LogFolder, recursive: true);
        _desk.Unseal();
        await _desk.RestartAsync(new BreakingAuditFiles(new FolderAuditFiles(_desk.LogFolder), writes));
        await Assert.ThrowsAsync<IOException>(() => _desk.Check().RunAsync(mend: true));
        Assert.Equal("", await _desk.StartAsync());
        Assert.Equal("", await _desk.VerifyAsync());
        Assert.True(_desk.Log.IsReady);
    }

    [Fact]
    public async Task A_summary_spares_the_reading_and_tells_what_is_missing_since()
    {
        await _desk.FillAsync();
        _desk.Time.Advance(TimeSpan.FromDays(40));
        var lines = Enumerable.Range(0, 6_000).Select(n => new AuditLine(Some.Now, $"old{n}", 1, "x")).ToList();
        await _desk.Log.WriteAsync(lines);
        await _desk.Log.DisposeAsync();
        Assert.True(LogFiles().Count >= 2);
        var (log, _, _) = _desk.Open(
            new BreakingAuditFiles(new FolderAuditFiles(_desk.LogFolder)) { IsReadFromTheStart = false }
        );
        await log.LoadAsync();
        Assert.Empty(log.Problems);
        Assert.Equal(1, log.Newest("old17")!.Seq);
        await log.DisposeAsync();

        var (first, away) = (LogFiles()[0], await File.ReadAllBytesAsync(LogFiles()[0]));
        File.Delete(first);
        (log, _, _) = _desk.Open();
        await log.LoadAsync();
        Assert.Contains("is gone", Assert.Single(log.Problems), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(first, away);
        await log.LoadAsync();
        Assert.Empty(log.Problems);
        await log.DisposeAsync();
    }

    [Fact]
    public async Task A_summary_that_is_changed_is_told_and_not_believed()
    {
        await _desk.FillAsync();
        await _desk.Log.WriteAsync([
            .. Enumerable.Range(0, 6_000).Select(n => new AuditLine(Some.Now, $"old{n}", 1, "x")),
        ]);
        await _desk.Log.DisposeAsync();
        var summary = Path.Combine(_desk.LogFolder, "summary.json");
        await File.WriteAllTextAsync(
            summary,
            (await File.ReadAllTextAsync(summary)).Replace("\"seq\":1,", "\"seq\":0,", StringComparison.Ordinal)
        );
        var (log, _, _) = _desk.Open();
        await log.LoadAsync();
        Assert.Contains("summary was changed", Assert.Single(log.Problems), StringComparison.Ordinal);
        Assert.Equal(1, log.Newest("old17")!.Seq);
        await log.DisposeAsync();
    }

    [Fact]
    public async Task Two_who_write_at_once_lose_no_line()
    {
        var logs = Enumerable.Range(0, 4).Select(_ => _desk.Open().Log).ToList();
        await Task.WhenAll(
            logs.Select(
                (log, n) =>
                    Task.Run(async () =>
                    {
                        for (var line = 1; line <= 50; line++)
                            await log.WriteAsync([new(Some.Now, $"article{n}", line, $"{line}")]);
                    })
            )
        );
        foreach (var log in logs)
            await log.DisposeAsync();
        var (reading, _, _) = _desk.Open();
        await reading.LoadAsync(whole: true);
        Assert.Empty(reading.Problems);
        Assert.All(Enumerable.Range(0, 4), n => Assert.Equal(50, reading.Newest($"article{n}")!.Seq));
        await reading.DisposeAsync();
    }

    [Fact]
    public async Task Lines_wait_while_the_log_cannot_be_written_and_follow_when_it_can()
    {
        var files = new BreakingAuditFiles(new FolderAuditFiles(_desk.LogFolder), 1);
        await _desk.RestartAsync(files);
        await _desk.FillAsync();
        await Limits.UntilAsync(
            TimeSpan.FromSeconds(10),
            () => Task.FromResult(_desk.Log.WhyItStands),
            () => "nothing is told of a log that can't be written"
        );
        files.Writes = int.MaxValue;
        await Limits.UntilAsync(
            TimeSpan.FromSeconds(30),
            () => Task.FromResult(_desk.Log.WhyItStands is null ? "" : null),
            () => "the log is never written again"
        );
        Assert.Equal("", await _desk.StartAsync(mend: false));
    }

    /// <summary>Azure takes 50,000 blocks a blob: a file must be full before, even if each line came alone.</summary>
    [Fact]
    public void A_file_ends_before_an_append_blob_could_have_too_many_blocks()
    {
        var shortest = new AuditLine(DateTimeOffset.UnixEpoch, SealedDesk.Articles[0], 1, AuditChain.HashOf(""));
        Assert.True(AuditLog.MaxFileBytes / shortest.Sealed(_desk.Key, "").Text.Length < 50_000);
    }

    /// <summary>A field that this release adds must be left out where it says nothing, or heads that are stored would no
    /// longer fit their seals.</summary>
    [Fact]
    public void A_seal_of_this_release_fits_in_every_later_one()
    {
        var seals = new CaseSeals(new(Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef")), _desk.Log);
        const string Stored = """
            {"key":"k","name":"n","handedInBy":"ana","sentBy":"ana","meta":{"title":"T","byline":"B","outlet":"O","published":"2026-02-27","sourceUrl":"https://courier.example/bridge","language":"en","purpose":"ThirdParty"},"purposeOrigin":{"said":{"value":"ThirdParty"},"isOwnByFile":false,"by":"eva"},"stage":"Reviewing","run":1,"contentHash":"c","openTasks":["t"],"statements":2,"leftOut":0,"littleRead":"little","publicationAsked":1,"publicationDone":1,"announced":1,"retracted":false,"auditSeq":9,"auditHash":"h","createdAt":"2026-03-02T09:00:00+00:00","updatedAt":"2026-03-02T09:00:00+00:00","seal":"?"}
            """;
        Assert.Equal(
            "606c7f91.dda3406399c64f5d0b8a6e93d43bad066c02312a96982bcb2ce93aa0992a23f5",
            seals.Seal(CaseJson.Read<CaseHead>(Stored)).Seal
        );
    }

    private IReadOnlyList<string> LogFiles() =>
        [.. Directory.GetFiles(_desk.LogFolder, "*.jsonl").Order(StringComparer.Ordinal)];
}
