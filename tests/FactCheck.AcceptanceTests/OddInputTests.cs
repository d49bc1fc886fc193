namespace FactCheck.AcceptanceTests;

/// <summary>Files that are no ordinary article, dropped into the data folder.</summary>
public sealed class OddInputTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private const int TwentyMegabytes = 20 * 1024 * 1024;

    private readonly Desk _desk = shared.Desk;

    [Fact]
    public async Task Files_that_cannot_be_read_say_why_and_delay_no_other()
    {
        _desk.Data.Drop("huge.txt", Huge());
        _desk.Data.Drop("blank.txt", Texts.Seed("odd/blank.txt"));
        _desk.Data.Drop("junk.txt", Texts.Seed("odd/junk.txt"));
        _desk.Data.Drop("photo.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF"u8, 0]);
        _desk.Data.Drop("words.txt", string.Join(' ', Enumerable.Repeat("word", 60_000)));
        var good = await _desk.DropAsync("good.txt", Texts.Ferry);

        Assert.NotEmpty(Desk.OpenTasks(good));
        await AssertRejectedAsync("huge.txt", "TooLarge", "20,971,520");
        await AssertRejectedAsync("blank.txt", "Empty");
        await AssertRejectedAsync("junk.txt", "NotText");
        await AssertRejectedAsync("photo.jpg", "Unsupported");
        await AssertRejectedAsync("words.txt", "TooLong", "200,000");
    }

    [Fact]
    public async Task Documents_that_cannot_be_read_say_why_and_delay_no_other()
    {
        string[] odd =
        [
            "damaged.pdf",
            "encrypted.pdf",
            "image-only.pdf",
            "pages-2000.pdf",
            "bomb.docx",
            "old-word.doc",
        ];
        foreach (var name in odd)
            _desk.Data.Drop(name, Texts.Seed($"odd/{name}"));
        _desk.Data.Drop(
            "markup.html",
            "<html><body>" + string.Concat(Enumerable.Repeat("<div class=\"a\"><span>word</span></div>", 140_000))
        );
        _desk.Data.Drop("no-word.docx", Texts.Short);
        var good = await _desk.DropAsync("good-after-documents.txt", Texts.Ferry);

        Assert.NotEmpty(Desk.OpenTasks(good));
        await AssertRejectedAsync("damaged.pdf", "Unreadable", "damaged");
        await AssertRejectedAsync("encrypted.pdf", "Encrypted", "password");
        await AssertRejectedAsync("image-only.pdf", "ImageOnly", "OCR");
        await AssertRejectedAsync("pages-2000.pdf", "TooLong", "2,000 pages and the limit is 300");
        await AssertRejectedAsync("bomb.docx", "TooLarge", "unpacks to more than 64 MB");
        await AssertRejectedAsync("old-word.doc", "Unsupported", ".docx");
        await AssertRejectedAsync("markup.html", "TooLong", "200,000");
        await AssertRejectedAsync("no-word.docx", "Unsupported", "Word document");
    }

    [Fact]
    public async Task A_hostile_article_cannot_put_markup_into_what_is_published()
    {
        const string Attack = "<script>alert(1)</script>";
        await _desk.DropAsync(
            "attack.txt",
            $"""
            Port says {Attack} is safe

            The port of Ostmoor spent €3.4 million on {Attack} walls in 2021.

            """
        );
        await Desk.DecideAllAsync(
            await _desk.ReviewerAsync(),
            (await Desk.FindAsync(await _desk.EditorAsync(), "attack.txt"))!
        );
        var published = await _desk.PublishAsync("attack.txt");

        var id = published["article"]!.Text("id");
        foreach (
            var path in (string[])
                [$"reports/{id}", $"claims/{published.List("tasks")[0].Text("statementId")}", "corrections", "feed.xml"]
        )
        {
            var page = await _desk.Anybody.GetAsync(path);
            Assert.DoesNotContain(Attack, page.Text, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("default-src 'none'", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        }

        Assert.Contains(
            "&lt;script&gt;",
            (await _desk.Anybody.GetAsync($"reports/{id}")).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_too_large_or_no_text_is_refused_at_the_door()
    {
        var submitter = await _desk.SubmitterAsync();

        var huge = await submitter.SendAsync(
            HttpMethod.Put,
            "api/articles/huge-upload.txt",
            new ByteArrayContent(Huge())
        );
        var empty = await submitter.UploadAsync("empty-upload.txt", "");
        var photo = await submitter.UploadAsync("photo-upload.jpg", "JFIF");
        var escape = await submitter.UploadAsync("../../escape.txt", Texts.Short);

        Assert.Equal(
            [413, 400, 415, 400],
            [(int)huge.Status, (int)empty.Status, (int)photo.Status, (int)escape.Status]
        );
        Assert.False(File.Exists(Path.Combine(_desk.Data.Path, "escape.txt")));
        Assert.Null(await Desk.FindAsync(submitter, "huge-upload.txt"));
    }

    private static byte[] Huge()
    {
        var bytes = new byte[TwentyMegabytes];
        Array.Fill(bytes, (byte)'a');
        return bytes;
    }

    private async Task AssertRejectedAsync(string name, string reason, string detail = "")
    {
        var article = (await _desk.UntilAsync(name, found => found.Text("stage") == "Rejected"))["article"]!;
        Assert.Equal(reason, article["rejection"]!.Text("reason"));
        Assert.Contains(detail, article["rejection"]!.Text("message"), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_desk.Data.Articles, name)), "the file is kept");
        Assert.Equal(["arrived", "rejected"], (await _desk.AuditAsync(article.Text("id"))).Take(2));
    }
}
