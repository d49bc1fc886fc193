using FactCheck.Functions.Articles;
using FactCheck.Storage;
using FactCheck.Storage.Local;
using FactCheck.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Tests.Functions.Articles;

/// <summary>Which files become articles, and which are a version of one.</summary>
public sealed class IntakeTests : IDisposable
{
    private const string Composed = "R\u00E9sum\u00E9-S\u00FCd.txt";
    private const string Decomposed = "Re\u0301sume\u0301-Su\u0308d.txt";
    private const string Body =
        "Toll rises\n\nThe toll for the Orsel bridge rose to 3.50 euros in May, the agency said.\n";

    private readonly TempFolder _folder = new();
    private readonly SqliteTables _tables;
    private readonly FolderBlobs _blobs;
    private readonly CaseStore _cases;
    private readonly Intake _intake;
    private readonly Starts _starts = new();

    public IntakeTests()
    {
        _tables = new(_folder["desk.db"]);
        _blobs = new(_folder.Path);
        _cases = new(_tables, TimeProvider.System);
        _intake = new(
            _blobs,
            _cases,
            new UploadLimits(new()),
            new People(_tables, TimeProvider.System),
            new(),
            TimeProvider.System,
            NullLogger<Intake>.Instance
        );
    }

    public void Dispose()
    {
        _tables.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_name_written_in_two_ways_is_one_article_and_its_second_version()
    {
        await DropAsync(Composed, Body);
        await DropAsync(Decomposed, Body + "It will rise again in June.\n");

        var key = ArticleKey.Of("articles", Composed);
        var head = await _cases.HeadAsync(key);
        Assert.Equal(2, head.Run);
        Assert.Equal(Decomposed, head.Name); // where its newest version lies, with what is said beside it
        Assert.Equal([$"check-{key}-1", $"check-{key}-2"], _starts.Ids.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Composed)]
    [InlineData(Decomposed)]
    public async Task An_article_of_a_release_that_took_a_Macs_name_for_another_one_gets_its_next_version(string name)
    {
        var former = Base32.Hash($"articles/{Decomposed}", ArticleKey.Length);
        var (then, run) = (DateTimeOffset.UnixEpoch, new CaseRun(1, "\"1\"", "former", 10, DateTimeOffset.UnixEpoch));
        var head = new CaseHead
        {
            Key = former,
            Name = Decomposed,
            Run = 1,
            Stage = ArticleStage.Reviewing,
            CreatedAt = then,
            UpdatedAt = then,
        };
        await _cases.CreateAsync(new CaseChange(head).Insert(run), new DeafOrchestrations());

        await DropAsync(name, Body);

        Assert.Equal(2, (await _cases.HeadAsync(former)).Run);
        Assert.Null(await _cases.FindHeadAsync(ArticleKey.Of("articles", Composed)));
        Assert.Equal([$"check-{former}-2"], _starts.Ids);
    }

    [Theory]
    [InlineData("~$memo.docx")]
    [InlineData(".DS_Store")]
    [InlineData("Thumbs.db")]
    [InlineData("desktop.ini")]
    [InlineData("memo.docx.part")]
    [InlineData("memo.docx.crdownload")]
    [InlineData("memo (Anna's conflicted copy 2026-05-01).docx")]
    [InlineData("memo.sync-conflict-20260501-120000-ABCDEFG.txt")]
    public async Task Litter_starts_nothing(string name)
    {
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(_folder["articles"]).FullName, name), Body);

        await _intake.ArriveAsync(_starts, name, CancellationToken.None);

        Assert.Empty(_starts.Ids);
        Assert.Null(await _cases.FindHeadAsync(ArticleKey.Of("articles", name)));
    }

    [Fact]
    public async Task A_placeholder_becomes_an_article_only_when_it_is_filled()
    {
        await DropAsync("memo.txt", "");
        Assert.Null(await _cases.FindHeadAsync(ArticleKey.Of("articles", "memo.txt")));

        await DropAsync("memo.txt", Body);
        await DropAsync("memo.txt", ""); // emptied for the moment, as some programs save

        Assert.Equal(1, (await _cases.HeadAsync(ArticleKey.Of("articles", "memo.txt"))).Run);
    }

    [Fact]
    public async Task The_same_bytes_eight_times_at_once_make_one_run()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => DropAsync("memo.txt", Body))));

        var key = ArticleKey.Of("articles", "memo.txt");
        Assert.Equal(1, (await _cases.HeadAsync(key)).Run);
        Assert.Equal([$"check-{key}-1"], _starts.Ids);
    }

    private async Task DropAsync(string name, string text)
    {
        await _blobs.WriteAsync("articles", name, System.Text.Encoding.UTF8.GetBytes(text), "text/plain");
        await _intake.ArriveAsync(_starts, name, CancellationToken.None);
    }
}
