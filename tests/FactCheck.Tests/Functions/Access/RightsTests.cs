using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using FactCheck.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FactCheck.Tests.Functions.Access;

/// <summary>Every call about something that is not public, as two submitters and the people of two desks make it: what
/// somebody may not read answers as what is not there.</summary>
public sealed class RightsTests
{
    private static readonly string River = ArticleKey.Of("articles", "river.txt");
    private static readonly string Dam = ArticleKey.Of("articles", "dam.txt");
    private static readonly string Nothing = ArticleKey.Of("articles", "nothing.txt");

    // A call that is new is missing here until it is walked, too. ARTICLE, TASK and STATEMENT stand for river's.
    private static readonly Dictionary<string, Call?> Calls = new(StringComparer.Ordinal)
    {
        ["GetArticles"] = new("GET", "api/articles"),
        ["GetArticle"] = new("GET", "api/articles/ARTICLE"),
        ["GetStatements"] = new("GET", "api/articles/ARTICLE/statements"),
        ["PostStatement"] = new("POST", "api/articles/ARTICLE/statements", "{\"candidateId\":\"STATEMENT\"}"),
        ["PostReading"] = new("POST", "api/articles/ARTICLE/reading", "{}"),
        ["PostPurpose"] = new("POST", "api/articles/ARTICLE/purpose", "{\"purpose\":\"OwnCopy\",\"why\":\"So.\"}"),
        ["PostDesk"] = new("POST", "api/articles/ARTICLE/desk", "{\"desk\":\"Sport\"}"),
        ["PostPublication"] = new("POST", "api/articles/ARTICLE/publication", "{}"),
        ["GetAudit"] = new("GET", "api/audit/ARTICLE"),
        ["GetTasks"] = new("GET", "api/tasks"),
        ["GetTask"] = new("GET", "api/tasks/TASK"),
        ["PutLease"] = new("PUT", "api/tasks/TASK/lease"),
        ["DeleteLease"] = new("DELETE", "api/tasks/TASK/lease"),
        ["PutAssignment"] = new("PUT", "api/tasks/TASK/assignment", "{}"),
        ["DeleteAssignment"] = new("DELETE", "api/tasks/TASK/assignment"),
        ["PostDecision"] = new("POST", "api/tasks/TASK/decisions", "{\"action\":\"Reject\",\"reason\":\"NotWorthIt\"}"),
        ["GetChanges"] = new("GET", "api/changes?cursor=0"),
        ["PostReverification"] = new("POST", "api/reverifications", "{\"statementId\":\"STATEMENT\"}"),
        ["GetReverifications"] = new("GET", "api/reverifications"),
        ["GetCorrectionRequests"] = new("GET", "api/corrections"),
        ["GetClaims"] = null, // what is public
        ["PostArticle"] = null, // whose a name is: below
        ["PutArticle"] = null,
    };

    private static readonly IReadOnlyDictionary<string, Role> Roles = typeof(AccessMap)
        .Assembly.GetTypes()
        .SelectMany(type => type.GetMethods())
        .Select(m =>
            (
                Access: m.GetCustomAttribute<AccessAttribute>()
                    ?? m.DeclaringType!.GetCustomAttribute<AccessAttribute>(),
                Call: m.GetCustomAttribute<FunctionAttribute>()
            )
        )
        .Where(m => m.Call is not null && m.Access?.Role is Role.Submitter or Role.Reviewer or Role.Editor)
        .ToDictionary(m => m.Call!.Name, m => m.Access!.Role);

    [Fact]
    public void Every_call_of_somebody_signed_in_is_walked() => Assert.Equal(Roles.Keys.Order(), Calls.Keys.Order());

    [Theory]
    [InlineData("tove", Role.Submitter)]
    [InlineData("carl", Role.Reviewer)]
    [InlineData("cora", Role.Editor)]
    [InlineData("nora", Role.Editor)] // on no desk
    public async Task What_is_another_desks_answers_as_what_is_not_there(string who, Role role)
    {
        await using var desk = await PartedDeskAsync();
        var (head, tasks) = (await desk.Cases.FindHeadAsync(River), await desk.Cases.TasksAsync(River));
        var telling = await TellingAsync(desk);
        foreach (var (name, call) in Calls.Where(c => c.Value is not null && MayCall(role, c.Key)))
        {
            var answer = await SendAsync(desk, call!, River, who, role);
            Assert.All(telling, word => Assert.DoesNotContain(word, answer.Text, StringComparison.OrdinalIgnoreCase));
            if (call!.IsAboutOne)
                Assert.Equal((name, await SendAsync(desk, call, Nothing, who, role)), (name, answer));
        }

        var listed = await SendAsync(desk, new("GET", $"api/tasks?article={River}"), River, who, role);
        if (role >= Role.Reviewer)
            Assert.Equal(200, listed.Status);
        Assert.All(telling, word => Assert.DoesNotContain(word, listed.Text, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(409, (await desk.UploadAsync("river.txt", RiverText.B, who, role)).Status);
        await desk.Host.WhenIdleAsync();
        Assert.Equal(head!.ETag, (await desk.Cases.FindHeadAsync(River))!.ETag);
        Assert.Equal(tasks.Select(t => t.ETag), (await desk.Cases.TasksAsync(River)).Select(t => t.ETag));
    }

    [Theory]
    [InlineData("sune", Role.Submitter)] // who handed it in, and is on another desk by now
    [InlineData("rune", Role.Reviewer)]
    [InlineData("edda", Role.Editor)]
    public async Task What_is_their_desks_is_read_and_worked_on(string who, Role role)
    {
        await using var desk = await PartedDeskAsync();
        await desk.JoinAsync("sune", Role.Submitter, "Culture");
        foreach (var (name, call) in Calls.Where(c => c.Value is not null && MayCall(role, c.Key)))
        {
            var (status, text) = await SendAsync(desk, call!, River, who, role);
            // What is asked of river, which has no verdict and a task about each statement, is refused for that alone.
            var expected = name switch
            {
                "PostStatement" or "PostPublication" => 409,
                "PostReverification" => 422,
                _ => status is >= 200 and < 300 ? status : 200,
            };
            Assert.True(status == expected, $"{name}: {status} {text}");
            if (call!.Method == "GET" && name != "GetChanges" && !call.IsAboutOne)
                Assert.True(
                    text.Contains(River, StringComparison.Ordinal) || text.Contains(Dam, StringComparison.Ordinal),
                    name
                );
        }
    }

    [Fact]
    public async Task What_is_no_desks_is_everybodys_and_what_is_published_is_public()
    {
        await using var desk = await PartedDeskAsync();
        await desk.DropAsync("open.txt", RiverText.B);
        var open = ArticleKey.Of("articles", "open.txt");
        foreach (var (who, role) in new[] { ("rune", Role.Reviewer), ("carl", Role.Reviewer), ("nora", Role.Editor) })
        {
            Assert.Contains(open, await desk.ReadAsync("api/articles", who, role), StringComparison.Ordinal);
            Assert.Contains(open, await desk.ReadAsync("api/tasks", who, role), StringComparison.Ordinal);
            Assert.Contains(Dam, await desk.ReadAsync("api/claims", who, role), StringComparison.Ordinal);
        }

        Assert.Contains("<h1", await desk.Host.Http.GetStringAsync($"reports/{Dam}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_desks_are_not_parted_who_is_on_which_tells_nothing()
    {
        await using var desk = await DeskHost.StartAsync();
        await desk.JoinAsync("sune", Role.Submitter, "Sport");
        await desk.JoinAsync("carl", Role.Reviewer, "Culture");
        Assert.Equal(202, (await desk.UploadAsync("river.txt", RiverText.A, "sune", desk: "nobody's")).Status);
        Assert.Null((await desk.HeadAsync(River)).Meta.Desk);
        Assert.Contains(River, await desk.ReadAsync("api/tasks", "carl", Role.Reviewer), StringComparison.Ordinal);
        Assert.Equal(409, (await SendAsync(desk, Calls["PostDesk"]!, River, "editor", Role.Editor)).Status);
        Assert.DoesNotContain("desks", await desk.ReadAsync("api/me", "carl", Role.Reviewer), StringComparison.Ordinal);
    }

    // River waits for its reviewers; dam is published, was reported by a reader and looked at again.
    private static async Task<DeskHost> PartedDeskAsync()
    {
        using var site = new ChangingSite();
        var desk = await DeskHost.StartAsync(settings => settings.Desk = settings.Desk with { Parted = true });
        await desk.JoinAsync("sune", Role.Submitter, "Sport");
        await desk.JoinAsync("rune", Role.Reviewer, "Sport");
        await desk.JoinAsync("edda", Role.Editor, "Sport", "Politics");
        await desk.JoinAsync("tove", Role.Submitter, "Culture");
        await desk.JoinAsync("carl", Role.Reviewer, "Culture");
        await desk.JoinAsync("cora", Role.Editor, "Culture");
        await desk.JoinAsync("nora", Role.Editor);
        await desk.UploadAsync("dam.txt", RiverText.WithoutFigure, "sune");
        foreach (var task in await desk.OpenTasksAsync(Dam))
        {
            var path = $"api/tasks/{task.Id}";
            var (_, _, etag) = await desk.GetAsync<TaskDetail>(Role.Reviewer, path, "rune");
            await desk.SendAsync<DecisionTaken>(
                Role.Reviewer,
                HttpMethod.Post,
                $"{path}/decisions",
                DeskHost.Approve(task, site.Page),
                etag,
                "rune"
            );
        }

        await desk.Host.WhenIdleAsync();
        await desk.SendAsync<PublicationAsked>(
            Role.Editor,
            HttpMethod.Post,
            $"api/articles/{Dam}/publication",
            new NewPublication(),
            who: "edda"
        );
        await desk.Host.WhenIdleAsync();
        var report = new NewCorrectionRequest(Dam, "The account you cite is an older one.", null);
        await desk.SendAsync<Problem>(Role.Public, HttpMethod.Post, "api/corrections", report);
        var verdict = (await desk.Cases.StatementsAsync(Dam)).First(s => s.Verdict is not null).Id;
        site.Text = "The register lists another figure.";
        var again = new NewReverification(verdict);
        await desk.SendAsync<ReverificationAsked>(
            Role.Editor,
            HttpMethod.Post,
            "api/reverifications",
            again,
            who: "edda"
        );
        await desk.Host.WhenIdleAsync();
        Assert.NotEmpty(await desk.OpenTasksAsync(Dam));
        await desk.UploadAsync("river.txt", RiverText.A, "sune");
        Assert.Equal("Sport", (await desk.HeadAsync(River)).Meta.Desk);
        return desk;
    }

    // By what of theirs another desk's articles could be known.
    private static async Task<IReadOnlyList<string>> TellingAsync(DeskHost desk)
    {
        var telling = new List<string>
        {
            River,
            Dam,
            "river.txt",
            "dam.txt",
            "Sport",
            "Politics",
            "sune",
            "rune",
            "edda",
        };
        foreach (var article in new[] { River, Dam })
        {
            telling.Add((await desk.HeadAsync(article)).TitleOrName());
            telling.AddRange((await desk.Cases.StatementsAsync(article)).Select(s => s.Text));
        }

        return telling;
    }

    private static bool MayCall(Role role, string call) => new Person("", role, default).May(Roles[call]);

    private static async Task<(int Status, string Text)> SendAsync(
        DeskHost desk,
        Call call,
        string article,
        string who,
        Role role
    )
    {
        var task = (await desk.TasksAsync(River))[0];
        using var request = new HttpRequestMessage(new(call.Method), Filled(call.Path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await desk.TokenAsync(who, role));
        var seen = await desk.GetAsync<TaskDetail>(Role.Editor, $"api/tasks/{task.Id}", "edda");
        request.Headers.TryAddWithoutValidation("If-Match", seen.ETag);
        if (call.Body is not null)
            request.Content = new StringContent(Filled(call.Body), Encoding.UTF8, "application/json");
        using var response = await desk.Host.Http.SendAsync(request);
        // The time and the call's own number are in each.
        var headers = response.Headers.Where(h => h.Key is not ("Date" or "traceparent" or "X-Request-Id"));
        return (
            (int)response.StatusCode,
            string.Join(
                '\n',
                headers.Select(h => $"{h.Key}: {string.Join(", ", h.Value)}").Order(StringComparer.Ordinal)
            ) + $"\n{await response.Content.ReadAsStringAsync()}"
        );

        string Filled(string text) =>
            text.Replace("ARTICLE", River, StringComparison.Ordinal)
                .Replace("TASK", task.Id, StringComparison.Ordinal)
                .Replace("STATEMENT", task.StatementId, StringComparison.Ordinal)
                .Replace(River, article, StringComparison.Ordinal);
    }

    private sealed record Call(string Method, string Path, string? Body = null)
    {
        public bool IsAboutOne =>
            $"{Path} {Body}" is var all
            && (all.Contains("ARTICLE") || all.Contains("TASK") || all.Contains("STATEMENT"));
    }
}
