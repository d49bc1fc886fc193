using System.Text.Json.Nodes;
using FactCheck.Storage;

namespace FactCheck.Tests.Storage;

/// <summary>Whoever holds database and files, but not the audit key, changes nothing unseen. Each kind at random, 84
/// times; a seed is told with what was not found.</summary>
public sealed class TamperingTests : IDisposable
{
    private const int Times = 84;

    private readonly SealedDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public Task A_forged_decision_is_found() =>
        EachAsync(
            atStart: false,
            random =>
            {
                var row = Any(random, _desk.Rows("dec|%"));
                var other = Any(random, [.. _desk.Rows("dec|%").Where(r => r.Json != row.Json || r.Key != row.Key)]);
                var decision = JsonNode.Parse(row.Json)!.AsObject();
                switch (random.Next(4))
                {
                    case 0:
                        decision[Any(random, ["by", "rating", "explanation"])] = $"forged {random.Next()}";
                        _desk.Write(row with { Json = decision.ToJsonString() });
                        break;
                    case 1:
                        decision["by"] = "mallory";
                        _desk.Write(
                            row with
                            {
                                Key = other.Key,
                                Json = decision.ToJsonString(),
                                Partition = other.Partition,
                            }
                        );
                        break;
                    case 2:
                        _desk.Write(row with { Key = $"{row.Key[..^8]}{random.Next(90, 99_999_999):D8}" });
                        break;
                    default:
                        _desk.Write(
                            row with
                            {
                                Json = row.Json.Replace("\"False\"", "\"True\"", StringComparison.Ordinal),
                            }
                        );
                        break;
                }
            }
        );

    [Fact]
    public Task Decisions_that_are_deleted_are_found() =>
        EachAsync(
            atStart: false,
            random =>
            {
                var article = random.Next(2) == 0 ? Any(random, SealedDesk.Articles) : null;
                foreach (var row in _desk.Rows("dec|%", article))
                    _desk.Delete(row);
                if (random.Next(2) == 0)
                    foreach (var row in _desk.Rows("task|%", article))
                        _desk.Write(row with { Json = Without(row.Json, "decision") });
            }
        );

    [Fact]
    public Task A_text_that_is_overwritten_is_found() => EachFileAsync(CaseFiles.Texts);

    [Fact]
    public Task A_report_that_is_edited_is_found() => EachFileAsync(CaseFiles.Reports);

    [Fact]
    public Task A_head_that_is_rolled_back_with_its_rows_is_found() =>
        EachAsync(
            atStart: true,
            random =>
            {
                var article = Any(random, SealedDesk.Articles);
                var newest = HeadOf(_desk.Rows("head", article));
                var older = _desk
                    .Past.Where(rows => rows.Any(r => r.Partition == article && r.Key == "head"))
                    .Where(rows => HeadOf(rows.Where(r => r.Partition == article)).AuditSeq < newest.AuditSeq)
                    .ToList();
                _desk.PutBack(Any(random, older), article);
            }
        );

    [Fact]
    public Task A_chain_whose_hashes_were_computed_anew_is_found() =>
        EachAsync(
            atStart: true,
            random =>
            {
                var article = Any(random, SealedDesk.Articles);
                var rows = _desk.Rows("audit|%", article);
                var (first, before) = (random.Next(rows.Count), (AuditEntry?)null);
                foreach (var (row, at) in rows.Select((row, at) => (row, at)))
                {
                    var entry = CaseJson.Read<AuditEntry>(row.Json);
                    if (at >= first)
                        entry = Rehashed(entry, before, at == first ? $"mallory {random.Next()}" : entry.Who);
                    _desk.Write(row with { Json = CaseJson.Write(entry) });
                    before = entry;
                }

                var headRow = Assert.Single(_desk.Rows("head", article));
                var head = CaseJson.Read<CaseHead>(headRow.Json) with { AuditHash = before!.Hash };
                head = random.Next(3) switch
                {
                    0 => head,
                    1 => head with { Seal = null },
                    _ => head with { Seal = HeadOf(_desk.Rows("head", Any(random, SealedDesk.Articles))).Seal },
                };
                _desk.Write(headRow with { Json = CaseJson.Write(head) });
            }
        );

    [Fact]
    public Task An_older_copy_of_the_whole_database_is_found() =>
        EachAsync(atStart: true, random => _desk.PutBack(_desk.Past[random.Next(_desk.Past.Count - 1)]));

    [Fact]
    public Task A_case_that_is_removed_as_a_whole_is_found() =>
        EachAsync(
            atStart: true,
            random =>
            {
                var article = Any(random, SealedDesk.Articles);
                foreach (var row in _desk.Rows().Where(r => r.Json.Contains(article) || r.Partition == article))
                    _desk.Delete(row);
            }
        );

    [Theory]
    [InlineData("retracted", true)]
    [InlineData("publicationDone", 7)]
    [InlineData("handedInBy", "mallory")]
    [InlineData("stage", "Published")]
    public Task Whatever_a_head_says_is_sealed(string field, object value) =>
        EachAsync(
            atStart: true,
            random =>
            {
                var row = Any(random, _desk.Rows("head"));
                var head = JsonNode.Parse(row.Json)!.AsObject();
                head[field] = JsonValue.Create(value);
                _desk.Write(row with { Json = head.ToJsonString() });
            },
            times: 3
        );

    [Fact]
    public async Task A_case_that_is_gone_or_unreadable_is_told_and_one_that_never_was_is_none()
    {
        await _desk.FillAsync();
        var article = SealedDesk.Articles[0];
        foreach (var row in _desk.Rows("%", article))
            _desk.Delete(row);
        var unreadable = Assert.Single(_desk.Rows("head", SealedDesk.Articles[1]));
        _desk.Write(unreadable with { Json = "{" });
        var audit = new CaseAudit(_desk.Tables, _desk.Cases, _desk.Blobs, _desk.Seals);
        Assert.Contains("the case is gone", (await audit.CheckAsync(article))!.Value.Problem, StringComparison.Ordinal);
        Assert.Contains(
            "can't be read",
            (await audit.CheckAsync(SealedDesk.Articles[1]))!.Value.Problem,
            StringComparison.Ordinal
        );
        Assert.Null((await audit.CheckAsync(SealedDesk.Articles[2]))!.Value.Problem);
        Assert.Null(await audit.CheckAsync(ArticleKey.Of("articles", "never.txt")));
    }

    [Fact]
    public async Task A_sealed_case_is_told_where_the_key_is_gone()
    {
        await _desk.FillAsync();
        var audit = new CaseAudit(_desk.Tables, new(_desk.Tables, _desk.Time), _desk.Blobs);
        Assert.Contains(
            "there is no audit key",
            (await audit.CheckAsync(SealedDesk.Articles[0]))!.Value.Problem,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Nothing_is_built_on_a_head_that_the_desk_did_not_write()
    {
        await _desk.FillAsync();
        _desk.PutBack(_desk.Past[4]);
        var article = SealedDesk.Articles[0];
        var refused = await Assert.ThrowsAsync<TamperedCaseException>(() => _desk.NoteAsync(article));
        Assert.Contains("an older copy was put back", refused.Message, StringComparison.Ordinal);

        await _desk.Check().AcceptAsync(FactCheck.Storage.Audit.AuditLineKind.Accepted, "oskar", "");
        await _desk.NoteAsync(article);
        Assert.Equal("", await _desk.StartAsync());
        Assert.Equal("", await _desk.VerifyAsync());
    }

    private async Task EachFileAsync(string container)
    {
        await EachAsync(
            atStart: false,
            random =>
            {
                var file = Any(
                    random,
                    Directory.GetFiles(Path.Combine(_desk.Folder, container), "*", SearchOption.AllDirectories)
                );
                var bytes = File.ReadAllBytes(file);
                var at = random.Next(bytes.Length);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] ^= (byte)random.Next(1, 256);
                        File.WriteAllBytes(file, bytes);
                        break;
                    case 1:
                        File.WriteAllBytes(file, bytes[..at]);
                        break;
                    case 2:
                        File.WriteAllBytes(file, [.. bytes, (byte)random.Next(256)]);
                        break;
                    default:
                        File.Delete(file);
                        break;
                }
            }
        );
    }

    private async Task EachAsync(bool atStart, Action<Random> tamper, int times = Times)
    {
        await _desk.FillAsync();
        Assert.Equal("", await _desk.StartAsync());
        Assert.Equal("", await _desk.VerifyAsync());
        var (rows, files) = (_desk.Rows(), Files());
        for (var seed = 0; seed < times; seed++)
        {
            tamper(new Random(seed));
            Assert.True(await _desk.VerifyAsync() != "", $"verify finds nothing with seed {seed}");
            if (atStart)
                Assert.True(await _desk.StartAsync() != "", $"a start finds nothing with seed {seed}");
            _desk.PutBack(rows);
            foreach (var (file, bytes) in files)
                File.WriteAllBytes(file, bytes);
        }

        Assert.Equal("", await _desk.StartAsync());
        Assert.Equal("", await _desk.VerifyAsync());
    }

    private Dictionary<string, byte[]> Files() =>
        new[] { CaseFiles.Texts, CaseFiles.Reports }
            .SelectMany(name => Directory.GetFiles(Path.Combine(_desk.Folder, name), "*", SearchOption.AllDirectories))
            .ToDictionary(file => file, File.ReadAllBytes, StringComparer.Ordinal);

    private static AuditEntry Rehashed(AuditEntry entry, AuditEntry? before, string who)
    {
        // The chain's own rule, which anybody can run.
        var verb = (AuditVerb)
            typeof(AuditVerb)
                .GetFields()
                .Select(f => f.GetValue(null))
                .First(v => v is AuditVerb known && known.Word == entry.What)!;
        var note = new AuditNote(who, verb, entry.Subject, entry.Details);
        return AuditChain.Append(before?.Seq ?? 0, before?.Hash ?? "", note, entry.At);
    }

    private static CaseHead HeadOf(IEnumerable<RawRow> rows) =>
        CaseJson.Read<CaseHead>(rows.Single(r => r.Key == "head").Json);

    private static string Without(string json, string field)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        node.Remove(field);
        return node.ToJsonString();
    }

    private static T Any<T>(Random random, IReadOnlyList<T> of) => of[random.Next(of.Count)];
}
