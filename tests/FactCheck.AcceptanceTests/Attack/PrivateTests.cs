using System.Net;
using System.Text;

namespace FactCheck.AcceptanceTests.Attack;

/// <summary>Ways in which own copy once became public, and others' texts were read.</summary>
public sealed class PrivateTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private const string OwnCopy = """{ "purpose": "OwnCopy" }""";

    private readonly Desk _desk = shared.Desk;

    public static TheoryData<string, byte[], bool> DamagedSidecars =>
        new()
        {
            { "comma", """{ "purpose": "OwnCopy" "title": "Quay" }"""u8.ToArray(), true },
            { "array", """["OwnCopy"]"""u8.ToArray(), true },
            { "boolean", "true"u8.ToArray(), true },
            { "key", """{ "Purpose ": "OwnCopy" }"""u8.ToArray(), false },
            { "latin1", Encoding.Latin1.GetBytes("""{ "purpose": "OwnCopy", "author": "Zoë" }"""), true },
            { "utf16", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(OwnCopy)], true },
            { "empty", [], true },
            { "null", "null"u8.ToArray(), true },
            {
                "large",
                Encoding.UTF8.GetBytes($$"""{ "purpose": "OwnCopy", "title": "{{new string('a', 70_000)}}" }"""),
                true
            },
            { "slip", """{ "purpose": "Own copy" }"""u8.ToArray(), false },
        };

    [Theory]
    [MemberData(nameof(DamagedSidecars))]
    public async Task What_can_not_be_read_beside_an_article_closes_it_until_an_editor_answers(
        string damage,
        byte[] beside,
        bool isUnreadable
    )
    {
        var name = $"beside-{damage}.txt";
        _desk.Data.Drop($"{name}.meta.json", beside);

        var article = (await _desk.DropAsync(name, Texts.Short))["article"]!;

        Assert.Equal("OwnCopy", article.Text("purpose"));
        Assert.Equal(isUnreadable, article["purposeProblem"] is not null); // a slip of the pen is read all the same
        await Desk.DecideAllAsync(
            await _desk.ReviewerAsync(),
            (await Desk.FindAsync(await _desk.EditorAsync(), name))!
        );
        var id = article.Text("id");
        var editor = await _desk.EditorAsync();
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await editor.PostAsync($"api/articles/{id}/publication", new { })).Status
        );
        Assert.Equal(HttpStatusCode.NotFound, (await _desk.Anybody.GetAsync($"reports/{id}")).Status);
        var opened = new { purpose = "ThirdParty", why = "Asked the reporter: it is the agency's." };
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await (await _desk.ReviewerAsync()).PostAsync($"api/articles/{id}/purpose", opened)).Status
        );
        Assert.Equal(HttpStatusCode.OK, (await editor.PostAsync($"api/articles/{id}/purpose", opened)).Status);
        Assert.Contains("changed the purpose", await _desk.AuditAsync(id));
    }

    [Fact]
    public async Task Own_copy_is_made_nobody_elses_by_handing_it_in_again()
    {
        var (sune, tove) = (await _desk.SubmitterAsync(), await _desk.AsAsync("Tove", "Submitter"));
        var ours = $"---\npurpose: OwnCopy\n---\n\n{Texts.Short}";
        Assert.Equal(HttpStatusCode.Accepted, (await sune.UploadAsync("ours.md", ours)).Status);
        var id = (await _desk.UntilAsync("ours.md", a => a.Text("stage") == "Reviewing"))["article"]!.Text("id");

        var taken = await tove.UploadAsync("ours.md", ours.Replace("OwnCopy", "ThirdParty", StringComparison.Ordinal));
        var own = await sune.UploadAsync("ours.md", ours.Replace("OwnCopy", "ThirdParty", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Conflict, taken.Status);
        Assert.Contains("'ours-2.md' is free", taken.Json.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, own.Status);
        await _desk.UntilAsync("ours.md", a => a.Number("run") == 2 && a.Text("stage") == "Reviewing");
        Assert.Equal(
            "OwnCopy",
            (await (await _desk.EditorAsync()).GetAsync($"api/articles/{id}")).Json["article"]!.Text("purpose")
        );
    }

    [Fact]
    public async Task A_submitter_reads_nothing_of_anothers()
    {
        var (sune, tove) = (await _desk.SubmitterAsync(), await _desk.AsAsync("Tove", "Submitter"));
        Assert.Equal(HttpStatusCode.Accepted, (await sune.UploadAsync("draft.txt", Texts.Short)).Status);
        var id = (await _desk.UntilAsync("draft.txt", a => a.Text("stage") == "Reviewing"))["article"]!.Text("id");

        Assert.Equal(HttpStatusCode.OK, (await sune.GetAsync($"api/articles/{id}")).Status);
        foreach (var path in (string[])[$"api/articles/{id}", $"api/articles/{id}/statements"])
            Assert.Equal(HttpStatusCode.NotFound, (await tove.GetAsync(path)).Status);
        foreach (var path in (string[])["api/articles", "api/claims?q=quay"])
            Assert.DoesNotContain("quay", (await tove.GetAsync(path)).Text, StringComparison.OrdinalIgnoreCase);
        foreach (var path in (string[])[$"api/tasks?article={id}", $"api/audit/{id}", "api/changes"])
            Assert.Equal(HttpStatusCode.Forbidden, (await tove.GetAsync(path)).Status);
    }
}
