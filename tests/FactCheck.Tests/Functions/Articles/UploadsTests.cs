using System.Reflection;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Configuration;
using FactCheck.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Articles;

/// <summary>Whose an article's name is, and who reads what is not public.</summary>
public sealed class UploadsTests
{
    private static readonly string River = ArticleKey.Of("articles", "river.txt");

    [Fact]
    public async Task A_name_belongs_to_who_handed_it_in_first_and_others_are_told_a_free_one()
    {
        await using var desk = await DeskHost.StartAsync();
        Assert.Equal(202, (await desk.UploadAsync("river.txt", RiverText.A, "sune")).Status);
        Assert.Equal(202, (await desk.UploadAsync("river-2.txt", RiverText.A, "sune")).Status);

        var (status, problem) = await desk.UploadAsync("river.txt", RiverText.B, "tove");

        Assert.Equal(409, status);
        Assert.Contains("'river-3.txt' is free", problem, StringComparison.Ordinal);
        Assert.Equal(1, (await desk.HeadAsync(River)).Run);
        Assert.Equal(RiverText.A, await File.ReadAllTextAsync(Path.Combine(desk.Data, "articles", "river.txt")));

        Assert.Equal(202, (await desk.UploadAsync("river.txt", RiverText.B, "sune")).Status);
        Assert.Equal(202, (await desk.UploadAsync("river.txt", RiverText.WithoutFigure, "edda", Role.Editor)).Status);
        Assert.Equal(409, (await desk.UploadAsync("river.txt", RiverText.A, "rune", Role.Reviewer)).Status);
        Assert.Equal(
            ["sune by way of HTTP", "sune by way of HTTP", "edda by way of HTTP"],
            await ArrivalsAsync(desk, River)
        );
        Assert.Equal("sune", (await desk.HeadAsync(River)).HandedInBy?.Name);
    }

    [Fact]
    public async Task What_comes_by_the_folder_is_the_folders_and_only_it_and_editors_replace_it()
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.DropAsync("river.txt", RiverText.A);
        Assert.Equal(Person.Folder, (await desk.HeadAsync(River)).HandedInBy);

        Assert.Equal(409, (await desk.UploadAsync("river.txt", RiverText.B, "sune")).Status);
        await desk.DropAsync("river.txt", RiverText.B);
        Assert.Equal(202, (await desk.UploadAsync("river.txt", RiverText.A, "edda", Role.Editor)).Status);
        Assert.Equal(
            ["folder by way of the folder", "folder by way of the folder", "edda by way of HTTP"],
            await ArrivalsAsync(desk, River)
        );
    }

    [Fact]
    public async Task A_file_that_the_folder_replaces_stays_its_holders_and_says_who_replaced_it()
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, "sune");
        await desk.DropAsync("river.txt", RiverText.B);

        Assert.Equal(["sune by way of HTTP", "folder by way of the folder"], await ArrivalsAsync(desk, River));
        Assert.Equal(202, (await desk.UploadAsync("river.txt", RiverText.A, "sune")).Status);
    }

    /// <summary>Also of an article of a release that did not note who handed it in.</summary>
    [Fact]
    public async Task An_article_of_nobody_known_is_replaced_by_editors_alone()
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, "sune");
        await desk.Cases.ChangeAsync(River, head => new CaseChange(head with { HandedInBy = null }));

        Assert.Equal(409, (await desk.UploadAsync("river.txt", RiverText.B, "sune")).Status);
        Assert.Equal(202, (await desk.UploadAsync("river.txt", RiverText.B, "edda", Role.Editor)).Status);
    }

    [Fact]
    public async Task Own_copy_that_is_handed_in_again_as_anothers_stays_own_copy()
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, "sune", purpose: "OwnCopy");
        Assert.Equal(409, (await desk.UploadAsync("river.txt", RiverText.B, "tove", purpose: "ThirdParty")).Status);
        Assert.Equal(202, (await desk.UploadAsync("river.txt", RiverText.B, "sune", purpose: "ThirdParty")).Status);

        var head = await desk.HeadAsync(River);
        Assert.Equal(Purpose.OwnCopy, head.Meta.Purpose);
        Assert.Contains("an editor must say so", head.PurposeOrigin!.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("invoice\u202Etxt.exe.txt", "U+202E")]
    [InlineData("two\u2028lines.txt", "U+2028")]
    [InlineData("in\u200Bvisible.txt", "U+200B")]
    public async Task A_name_that_hides_what_it_says_is_refused_and_passed_over(string name, string why)
    {
        await using var desk = await DeskHost.StartAsync();
        var (status, problem) = await desk.UploadAsync(name, RiverText.A, "sune");
        Assert.Equal(400, status);
        Assert.Contains(why, problem, StringComparison.Ordinal);
        await desk.DropAsync(name, RiverText.A);
        Assert.Null(await desk.Cases.FindHeadAsync(ArticleKey.Of("articles", name)));
    }

    [Fact]
    public async Task A_form_that_breaks_off_is_the_callers_fault()
    {
        await using var desk = await DeskHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/articles?name=river.txt");
        request.Headers.Authorization = new("Bearer", await desk.TokenAsync("sune", Role.Submitter));
        request.Content = new StringContent(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"river.txt\"\r\n\r\nIt rained."
        );
        request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(
            "multipart/form-data; boundary=x"
        );
        using var answer = await desk.Host.Http.SendAsync(request);
        Assert.Equal(400, (int)answer.StatusCode);
    }

    /// <summary>Who claims a name with a dummy reads none of the drafts that come under it.</summary>
    [Fact]
    public async Task A_submitter_reads_no_version_that_another_sent_under_their_name()
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.UploadAsync("river.txt", "A dummy.", "sune");
        Assert.Contains("river", await desk.ReadAsync($"api/articles/{River}", "sune", Role.Submitter));

        await desk.DropAsync("river.txt", RiverText.A);
        Assert.DoesNotContain("river", await desk.ReadAsync($"api/articles/{River}", "sune", Role.Submitter));
        Assert.DoesNotContain("river", await desk.ReadAsync("api/articles", "sune", Role.Submitter));
        await desk.UploadAsync("river.txt", RiverText.B, "edda", Role.Editor);
        Assert.DoesNotContain("river", await desk.ReadAsync($"api/articles/{River}", "sune", Role.Submitter));
        await desk.UploadAsync("river.txt", "\0\0\0\0", "sune"); // no text: what was read last is another's
        foreach (var route in new[] { "api/articles", $"api/articles/{River}", $"api/articles/{River}/statements" })
            Assert.DoesNotContain("waste", await desk.ReadAsync(route, "sune", Role.Submitter));
        await desk.UploadAsync("river.txt", RiverText.WithoutFigure, "sune");
        var own = await desk.ReadAsync($"api/articles/{River}/statements", "sune", Role.Submitter);
        Assert.Contains("31 million", own, StringComparison.Ordinal);
        Assert.DoesNotContain("3,900", own, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_lies_in_the_folder_is_the_folders_before_anybody_noticed_it()
    {
        await using var desk = await DeskHost.StartAsync();
        var folder = Directory.CreateDirectory(Path.Combine(desk.Data, "articles")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "river.txt"), "");
        Assert.Equal(409, (await desk.UploadAsync("river.txt", RiverText.A, "sune")).Status);
        Assert.Equal("", await File.ReadAllTextAsync(Path.Combine(folder, "river.txt")));
    }

    [Fact]
    public async Task A_name_that_cannot_be_stored_is_claimed_by_nobody()
    {
        await using var desk = await DeskHost.StartAsync();
        foreach (var name in new[] { "a\\b.md", "../b.md", $"{new string('x', 300)}.md" })
        {
            Assert.Equal(400, (await desk.UploadAsync(name, RiverText.A, "sune")).Status);
            Assert.Empty((await desk.Cases.HandInsAsync(ArticleKey.Of("articles", name))).Waiting);
        }
    }

    [Fact]
    public async Task What_arrived_is_waited_for_no_longer_and_what_comes_again_by_the_folder_is_the_folders()
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, "sune");
        await desk.UploadAsync("river.txt", RiverText.A, "edda", Role.Editor); // nothing new arrives
        await desk.UploadAsync("river.txt", RiverText.B, "sune");
        Assert.Empty((await desk.Cases.HandInsAsync(River)).Waiting);

        await desk.DropAsync("river.txt", RiverText.A);
        Assert.Equal("folder by way of the folder", (await ArrivalsAsync(desk, River))[^1]);
    }

    /// <summary>Whatever becomes of the first version: a run that is not read yet, and another that overtakes it.</summary>
    [Fact]
    public async Task Own_copy_is_known_from_its_arrival_on()
    {
        using var busy = new FileReader(new Settings { Reading = { MaxCostlyAtOnce = 0 } }, SharedReaders.All);
        await using var desk = await DeskHost.StartAsync(with: options =>
            options.Services.Add(services => services.AddSingleton(busy))
        );
        var river = ArticleKey.Of("articles", "river.pdf");
        await desk.UploadAsync("river.pdf", "%PDF-1.7 one", "sune", purpose: "OwnCopy");
        Assert.Equal(ArticleStage.Reading, (await desk.HeadAsync(river)).Stage);
        Assert.Equal(Purpose.OwnCopy, (await desk.HeadAsync(river)).Meta.Purpose);
        await desk.UploadAsync("river.pdf", "%PDF-1.7 two", "sune", purpose: "ThirdParty");
        Assert.Equal(
            (2, Purpose.OwnCopy),
            ((await desk.HeadAsync(river)).Run, (await desk.HeadAsync(river)).Meta.Purpose)
        );
    }

    [Theory]
    [InlineData("{\"purpose\":\"OwnCopy\"")]
    [InlineData("{\"Purpose :\":\"OwnCopy\"}")]
    public async Task An_upload_over_a_sidecar_keeps_what_it_closed(string beside)
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.DropAsync("river.txt.meta.json", beside);
        await desk.DropAsync("river.txt", "");
        Assert.Equal(202, (await desk.UploadAsync("river.txt", RiverText.A, "edda", Role.Editor)).Status);
        Assert.Equal(Purpose.OwnCopy, (await desk.HeadAsync(River)).Meta.Purpose);
    }

    [Fact]
    public async Task A_person_hands_in_so_much_a_day_and_others_are_not_held_to_it()
    {
        await using var desk = await DeskHost.StartAsync(settings =>
            settings.Uploads = new() { MaxFiles = 3, MaxBytes = 100 }
        );
        Assert.Equal(202, (await desk.UploadAsync("a.txt", new('a', 60), "sune")).Status);
        Assert.Equal(429, (await desk.UploadAsync("b.txt", new('b', 60), "sune")).Status);
        Assert.Equal(202, (await desk.UploadAsync("b.txt", "It rained.", "sune")).Status);
        Assert.Equal(202, (await desk.UploadAsync("c.txt", "It rained.", "sune")).Status);
        var (status, problem) = await desk.UploadAsync("d.txt", "It rained.", "sune");
        Assert.Equal(429, status);
        Assert.Contains("3 files", problem, StringComparison.Ordinal);
        Assert.Equal(202, (await desk.UploadAsync("d.txt", "It rained.", "tove")).Status);

        await desk.Host.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal(202, (await desk.UploadAsync("e.txt", "It rained.", "sune")).Status);
    }

    /// <summary>Every function that a submitter may call and that shows something of an article; a new one is missing
    /// here until it is asked, too.</summary>
    [Fact]
    public async Task A_submitter_reads_what_they_handed_in_and_nothing_of_what_others_did()
    {
        var routes = new Dictionary<string, string?>
        {
            ["GetArticles"] = "api/articles",
            ["GetArticle"] = $"api/articles/{River}",
            ["GetStatements"] = $"api/articles/{River}/statements",
            ["GetClaims"] = null, // what is public
            ["PostArticle"] = null,
            ["PutArticle"] = null,
        };
        var open = typeof(AccessMap)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(m => m.GetCustomAttribute<AccessAttribute>()?.Role == Role.Submitter)
            .Select(m => m.GetCustomAttribute<FunctionAttribute>()!.Name);
        Assert.Equal(routes.Keys.Order(), open.Order());

        await using var desk = await DeskHost.StartAsync();
        await desk.UploadAsync("river.txt", RiverText.A, "sune");
        await desk.DropAsync("dropped.txt", RiverText.B);
        foreach (var route in routes.Values.OfType<string>())
        {
            Assert.Contains("river", await desk.ReadAsync(route, "sune", Role.Submitter), StringComparison.Ordinal);
            Assert.Contains("river", await desk.ReadAsync(route, "rune", Role.Reviewer), StringComparison.Ordinal);
            Assert.DoesNotContain(
                "river",
                await desk.ReadAsync(route, "tove", Role.Submitter),
                StringComparison.OrdinalIgnoreCase
            );
        }

        Assert.DoesNotContain("dropped", await desk.ReadAsync("api/articles", "sune", Role.Submitter));
        Assert.Contains("dropped", await desk.ReadAsync("api/articles", "rune", Role.Reviewer));
    }

    [Fact]
    public async Task A_submitters_list_goes_on_past_the_articles_of_others()
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.UploadAsync("first.txt", "It rained in 2024.", "sune");
        for (var i = 0; i < 60; i++)
            await desk.UploadAsync($"other-{i}.txt", $"It rained for {i} days.", "tove");
        Assert.Contains("first.txt", await desk.ReadAsync("api/articles", "sune", Role.Submitter));
    }

    private static async Task<string[]> ArrivalsAsync(DeskHost desk, string article) =>
        [
            .. (await desk.Cases.AuditAsync(article))
                .Where(e => e.What == AuditVerb.Arrived.Word)
                .Select(e => $"{e.Who} by way of {e.Details["by way of"]}"),
        ];
}
