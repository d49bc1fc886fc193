using System.Net.Http.Headers;
using System.Security.Cryptography;
using FactCheck.Functions.Access;
using FactCheck.Functions.Configuration;
using FactCheck.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FactCheck.Tests.Functions.Access;

/// <summary>The list of people as an operator uses it, and what it does for those who are on it.</summary>
public sealed class PeopleTests : IDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);

    public void Dispose() => _rsa.Dispose();

    [Fact]
    public async Task Somebody_is_let_in_by_a_link_changed_and_ended_at_once()
    {
        await using var desk = await DeskHost.StartAsync();
        var (status, invitation, _) = await desk.SendAsync<Invitation>(
            Role.Operator,
            HttpMethod.Post,
            "api/people",
            new NewPerson("ana", Role.Reviewer)
        );
        Assert.Equal(201, status);
        Assert.StartsWith("http://desk.test/#code=", invitation!.Link, StringComparison.Ordinal);
        Assert.Equal(invitation.ExpiresAt, Some.Now.AddDays(1));
        var token = await TradeAsync(desk, invitation.Link);
        Assert.Equal(("ana", Role.Reviewer, invitation.Person.Id), await MeAsync(desk, token));

        var listed = Assert.Single(await ListAsync(desk), p => p.Name == "ana");
        Assert.Equal((1, "operator", Some.Now), (listed.Tokens + listed.Sessions, listed.InvitedBy, listed.LastSeenAt));

        var path = $"api/people/{listed.Id}";
        Assert.Equal(200, await desk.StatusAsync(HttpMethod.Put, path, new PersonChange("Ana Marić", Role.Submitter)));
        Assert.Equal(("Ana Marić", Role.Submitter, listed.Id), await MeAsync(desk, token));

        Assert.Equal(204, await desk.StatusAsync(HttpMethod.Delete, path));
        using var refused = await GetAsync(desk, "api/articles", token);
        Assert.Equal(401, (int)refused.StatusCode);
        Assert.Contains(
            "access to this desk was ended",
            await refused.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        Assert.Equal(409, await desk.StatusAsync(HttpMethod.Post, $"{path}/invitation"));
        Assert.Equal(200, await desk.StatusAsync(HttpMethod.Put, path, new PersonChange(Readmit: true)));
        var (_, again, _) = await desk.SendAsync<Invitation>(Role.Operator, HttpMethod.Post, $"{path}/invitation");
        Assert.Equal("Ana Marić", (await MeAsync(desk, await TradeAsync(desk, again!.Link))).Name);

        var (_, trail, _) = await desk.GetAsync<AuditTrail>(Role.Operator, "api/people/trail");
        Assert.True(trail!.Intact);
        Assert.Equal(
            ["invited", "changed", "ended", "let in again", "made a link"],
            trail.Entries.Where(e => e.Subject == listed.Id).Select(e => e.What)
        );
    }

    [Fact]
    public async Task Operators_say_who_is_on_which_desk_and_it_stands_on_the_trail()
    {
        await using var desk = await DeskHost.StartAsync();
        var (status, made, _) = await desk.SendAsync<Invitation>(
            Role.Operator,
            HttpMethod.Post,
            "api/people",
            new NewPerson("ana", Role.Reviewer, ["Sport", "Culture"])
        );
        Assert.Equal(201, status);
        Assert.Equal(["Sport", "Culture"], made!.Person.Desks);
        var path = $"api/people/{made.Person.Id}";
        Assert.Equal(422, await desk.StatusAsync(HttpMethod.Put, path, new PersonChange(Desks: ["a/b"])));
        Assert.Equal(422, await desk.StatusAsync(HttpMethod.Put, path, new PersonChange(Desks: [null!])));
        Assert.Equal(
            422,
            await desk.StatusAsync(
                HttpMethod.Put,
                path,
                new PersonChange(Desks: [.. Enumerable.Range(0, 21).Select(i => $"Desk {(char)('A' + i)}{i}")])
            )
        );
        Assert.Equal(200, await desk.StatusAsync(HttpMethod.Put, path, new PersonChange(Desks: ["Culture"])));
        Assert.Equal(200, await desk.StatusAsync(HttpMethod.Put, path, new PersonChange(Role: Role.Editor)));
        Assert.Equal(["Culture"], Assert.Single(await ListAsync(desk), p => p.Name == "ana").Desks);
        Assert.Equal(200, await desk.StatusAsync(HttpMethod.Put, path, new PersonChange(Desks: [])));
        var (_, trail, _) = await desk.GetAsync<AuditTrail>(Role.Operator, "api/people/trail");
        Assert.True(trail!.Intact);
        Assert.Equal(
            ["Sport, Culture", "Culture", "Culture", null],
            trail.Entries.Where(e => e.Subject == made.Person.Id).Select(e => e.Details.GetValueOrDefault("desks"))
        );
    }

    [Theory]
    [InlineData("Operator", Role.Editor, 422, "looks like operator")]
    [InlineData("a/b", Role.Editor, 422, "A name has")]
    [InlineData(null, Role.Editor, 422, "A name has")]
    [InlineData("ana", null, 422, "not complete")]
    [InlineData("ana", Role.Host, 422, "A role is")]
    public async Task What_cannot_be_is_refused_with_what_to_do(string? name, Role? role, int expected, string why)
    {
        await using var desk = await DeskHost.StartAsync();
        var (status, problem, _) = await desk.SendAsync<Problem>(
            Role.Operator,
            HttpMethod.Post,
            "api/people",
            new NewPerson(name, role)
        );
        Assert.Equal(expected, status);
        Assert.Contains(why, problem!.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(await ListAsync(desk), p => p.Name == name);
    }

    [Fact]
    public async Task There_are_so_many_links_and_people_and_no_more()
    {
        await using var desk = await DeskHost.StartAsync(settings =>
            settings.People = new() { Max = 3, MaxInvitations = 2 }
        );
        Assert.Equal(201, await InviteAsync("ana"));
        Assert.Equal(201, await InviteAsync("ben"));
        Assert.Equal(409, await InviteAsync("cleo")); // a third link
        Assert.DoesNotContain(await ListAsync(desk), p => p.Name == "cleo");
        await desk.Host.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal(201, await InviteAsync("cleo"));
        Assert.Equal(409, await InviteAsync("dora")); // a fourth person; operators don't count
        Assert.Equal(404, await desk.StatusAsync(HttpMethod.Put, "api/people/none", new PersonChange()));
        Assert.Equal(404, await desk.StatusAsync(HttpMethod.Delete, "api/people/none"));
        Assert.Equal(404, await desk.StatusAsync(HttpMethod.Post, "api/people/none/invitation"));

        Task<int> InviteAsync(string name) =>
            desk.StatusAsync(HttpMethod.Post, "api/people", new NewPerson(name, Role.Reviewer));
    }

    /// <summary>Two accounts of an issuer, and a person of the desk's own, all called the same.</summary>
    [Fact]
    public async Task People_of_one_name_do_not_own_each_others_work_and_are_two_where_it_takes_two()
    {
        await using var desk = await IssuedDeskAsync(settings => settings.Desk = settings.Desk with { Quorum = 2 });
        var (one, other) = (TokenOf("1", "qReviewer", "Reviewer"), TokenOf("2", "QReviewer", "Editor"));
        var (first, second) = (await MeAsync(desk, one), await MeAsync(desk, other));
        Assert.Equal(("qReviewer", "QReviewer (2)"), (first.Name, second.Name));
        Assert.Equal(first, await MeAsync(desk, TokenOf("1", "renamed", "Reviewer")));

        var article = await desk.DropAsync("river.txt", RiverText.A);
        var task = (await desk.OpenTasksAsync(article))[0];
        var path = $"api/tasks/{task.Id}";
        Assert.Equal(200, await SendAsync(desk, HttpMethod.Put, $"{path}/lease", one));
        Assert.Equal(409, await SendAsync(desk, HttpMethod.Put, $"{path}/lease", other));
        Assert.Equal(409, await DecideAsync(desk, task, DeskHost.Approve(task), other));
        Assert.Equal(200, await DecideAsync(desk, task, DeskHost.Approve(task), one));
        Assert.Equal(409, await DecideAsync(desk, task, Confirm, TokenOf("1", "another name now", "Editor")));
        Assert.Equal(200, await DecideAsync(desk, task, Confirm, other));

        var decision = (await desk.Cases.FindTaskAsync(task.Id))!.Value.Decision!;
        Assert.Equal(
            (new(first.Id, "qReviewer"), new(second.Id, "QReviewer (2)")),
            (decision.By, decision.ConfirmedBy)
        );
        var decided = (await desk.Cases.AuditAsync(article)).Where(e => e.What == AuditVerb.Decided.Word).ToList();
        Assert.Equal(
            [("qReviewer", first.Id), ("QReviewer (2)", second.Id)],
            decided.Select(e => (e.Who, e.Details["person"]))
        );

        // A draft is its sender's, whoever else is called so.
        Assert.Equal(202, await UploadAsync(desk, "draft.txt", TokenOf("3", "sub", "Submitter")));
        Assert.Equal(409, await UploadAsync(desk, "draft.txt", TokenOf("4", "sub", "Submitter")));
        var draft = $"api/articles/{ArticleKey.Of("articles", "draft.txt")}";
        Assert.Equal(200, await SendAsync(desk, HttpMethod.Get, draft, TokenOf("3", "sub", "Submitter")));
        Assert.Equal(404, await SendAsync(desk, HttpMethod.Get, draft, TokenOf("4", "sub", "Submitter")));
    }

    [Fact]
    public async Task Whom_the_desk_ends_is_refused_whatever_the_issuer_says_and_is_told_why()
    {
        await using var desk = await IssuedDeskAsync();
        var token = TokenOf("1", "ana", "Editor");
        var (_, _, id) = await MeAsync(desk, token);
        var known = Assert.Single(await ListAsync(desk), p => p.Id == id);
        Assert.Equal(("https://login.example", "1", Role.Editor), (known.Issuer, known.Subject, known.Role));
        await MeAsync(desk, TokenOf("1", "ana", "Reviewer"));
        Assert.Equal(Role.Reviewer, Assert.Single(await ListAsync(desk), p => p.Id == id).Role); // as it was last
        Assert.Equal(
            422,
            await desk.StatusAsync(HttpMethod.Put, $"api/people/{id}", new PersonChange(Role: Role.Editor))
        );

        Assert.Equal(409, await desk.StatusAsync(HttpMethod.Post, $"api/people/{id}/invitation"));
        Assert.Equal(204, await desk.StatusAsync(HttpMethod.Delete, $"api/people/{id}"));

        foreach (var path in new[] { "api/articles", "api/me" })
        {
            using var refused = await GetAsync(desk, path, token);
            Assert.Equal(401, (int)refused.StatusCode);
            Assert.Contains("was ended", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Contains("was ended", $"{refused.Headers.WwwAuthenticate}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_operator_shuts_neither_themselves_out_nor_the_last_one_and_half_a_change_is_none()
    {
        await using var desk = await DeskHost.StartAsync();
        var own = $"api/people/{(await ListAsync(desk)).Single(p => p.Name == "operator").Id}";
        Assert.Equal(409, await desk.StatusAsync(HttpMethod.Delete, own));
        Assert.Equal(409, await desk.StatusAsync(HttpMethod.Put, own, new PersonChange(Role: Role.Editor)));
        await desk.TokenAsync("ana", Role.Reviewer);
        var ana = $"api/people/{(await ListAsync(desk)).Single(p => p.Name == "ana").Id}";
        Assert.Equal(204, await desk.StatusAsync(HttpMethod.Delete, ana));
        Assert.Equal(422, await desk.StatusAsync(HttpMethod.Put, ana, new PersonChange("Operator", Readmit: true)));
        Assert.NotNull((await ListAsync(desk)).Single(p => p.Name == "ana").EndedAt);
    }

    [Fact]
    public async Task A_task_is_assigned_to_somebody_whom_the_desk_knows()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var path = $"api/tasks/{(await desk.OpenTasksAsync(article))[0].Id}/assignment";
        Assert.Equal(422, await AssignAsync("nobody"));
        await desk.TokenAsync("ana", Role.Reviewer);
        Assert.Equal(200, await AssignAsync("ana"));
        var (_, mine, _) = await desk.GetAsync<ListOf<TaskSummary>>(Role.Reviewer, "api/tasks?assignee=me", "ana");
        var task = Assert.Single(mine!.Items);
        Assert.Equal("ana", task.Assignee);
        Assert.Equal(200, await AssignAsync(task.AssigneeId!)); // by id, too
        // Somebody who decides no task gets none, and no reviewer finds out who is there.
        await desk.TokenAsync("sune", Role.Submitter);
        Assert.Equal(422, await AssignAsync("sune"));
        Assert.Equal(422, await AssignAsync((await ListAsync(desk)).Single(p => p.Role == Role.Operator).Id));
        Assert.Equal(409, await AssignAsync("editor", Role.Reviewer));
        Assert.Equal(409, await AssignAsync("nobody", Role.Reviewer));

        async Task<int> AssignAsync(string who, Role by = Role.Editor) =>
            (await desk.SendAsync<TaskSummary>(by, HttpMethod.Put, path, new Assignment(who))).Status;
    }

    [Fact]
    public async Task Everybody_sees_and_ends_their_own_sessions_and_tokens_and_no_others()
    {
        await using var desk = await DeskHost.StartAsync();
        var (mine, other) = (await desk.TokenAsync("ana", Role.Reviewer), await desk.TokenAsync("ben", Role.Editor));
        var (issuing, members) = (
            desk.Host.Services.GetRequiredService<Tokens>(),
            desk.Host.Services.GetRequiredService<People>()
        );
        var ana = (await members.RosterAsync()).Find("ana")!;
        var (reading, record) = await issuing.IssueAsync(ana, Role.Submitter, TimeSpan.FromDays(7), readOnly: true);

        var list = await TokensOfAsync(desk, mine);
        Assert.Equal([false, true], list.OrderBy(t => t.Role).Select(t => t.IsCurrent));
        Assert.Equal([null, Some.Now], list.OrderBy(t => t.Role).Select(t => t.LastUsedAt));
        Assert.Equal(404, await SendAsync(desk, HttpMethod.Delete, $"api/me/tokens/{record.Id}", other));
        Assert.Equal(401, await SendAsync(desk, HttpMethod.Get, "api/me/tokens", "nonsense"));

        // One that only reads changes nothing but itself, and has no more than its own role.
        var current = list.Single(t => t.IsCurrent).Id;
        Assert.Equal(403, await SendAsync(desk, HttpMethod.Delete, $"api/me/tokens/{current}", reading));
        Assert.Equal(200, await SendAsync(desk, HttpMethod.Get, "api/articles", reading));
        Assert.Equal(403, await SendAsync(desk, HttpMethod.Get, "api/tasks", reading));
        Assert.Equal(403, await UploadAsync(desk, "read.txt", reading));
        Assert.Equal(204, await SendAsync(desk, HttpMethod.Delete, $"api/me/tokens/{record.Id}", mine));
        Assert.Equal(401, await SendAsync(desk, HttpMethod.Get, "api/articles", reading));
        var (itself, own) = await issuing.IssueAsync(ana, Role.Submitter, TimeSpan.FromDays(7), readOnly: true);
        Assert.Equal(204, await SendAsync(desk, HttpMethod.Delete, $"api/me/tokens/{own.Id}", itself));

        // Signing out ends what was used to sign in, a bearer token too.
        Assert.Equal(204, await SendAsync(desk, HttpMethod.Delete, "api/session", mine));
        Assert.Equal(401, await SendAsync(desk, HttpMethod.Get, "api/me", mine));
        Assert.Equal(200, await SendAsync(desk, HttpMethod.Get, "api/me", other));
    }

    [Fact]
    public async Task Who_signs_in_is_refused_or_hands_in_is_on_the_access_log_without_a_secret()
    {
        await using var desk = await DeskHost.StartAsync();
        var token = await desk.TokenAsync("sune", Role.Submitter);
        var code = await desk
            .Host.Services.GetRequiredService<Tokens>()
            .CreateCodeAsync("ana", Role.Editor, TimeSpan.FromMinutes(5));
        await desk.SendAsync<IssuedToken>(Role.Public, HttpMethod.Post, "api/token", new SignIn(code));
        await desk.SendAsync<Problem>(Role.Public, HttpMethod.Post, "api/token", new SignIn(code)); // once only
        await desk.GetAsync<Me>(Role.Public, "api/me"); // the page, before anybody is there
        await SendAsync(desk, HttpMethod.Get, "api/me", "nonsense");
        await SendAsync(desk, HttpMethod.Get, "api/tasks", token);
        await UploadAsync(desk, "river.txt", token);
        await SendAsync(desk, HttpMethod.Get, "api/articles", token); // what goes well is not told

        var (status, page, _) = await desk.GetAsync<ListOf<AccessEntry>>(Role.Operator, "api/access");

        Assert.Equal(200, status);
        Assert.Equal(
            [
                "Refused GetMe 401  ",
                "Refused GetTasks 403 sune ",
                "Refused PostToken 401  ",
                "SignedIn PostToken 200 ana ",
                "Uploaded PutArticle 202 sune river.txt",
            ],
            page!.Items.Select(e => $"{e.What} {e.Call} {e.Status} {e.Name} {e.Subject}").Order(StringComparer.Ordinal)
        );
        Assert.All(page.Items, e => Assert.NotEqual("", e.Address));
        var text = await desk.ReadAsync("api/access", "operator", Role.Operator);
        Assert.DoesNotContain(code, text, StringComparison.Ordinal);
        Assert.DoesNotContain(token[..20], text, StringComparison.Ordinal);
        Assert.Equal(403, await SendAsync(desk, HttpMethod.Get, "api/access", token));
    }

    [Fact]
    public async Task An_editor_takes_a_task_from_whoever_works_on_it_and_that_is_told()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var lease = $"api/tasks/{(await desk.OpenTasksAsync(article))[0].Id}/lease";
        var (ana, ben, edda) = (
            await desk.TokenAsync("ana", Role.Reviewer),
            await desk.TokenAsync("ben", Role.Reviewer),
            await desk.TokenAsync("edda", Role.Editor)
        );
        Assert.Equal(200, await SendAsync(desk, HttpMethod.Put, lease, ana));
        Assert.Equal(409, await SendAsync(desk, HttpMethod.Delete, lease, ben));
        Assert.Equal(204, await SendAsync(desk, HttpMethod.Delete, lease, edda));
        Assert.Equal(200, await SendAsync(desk, HttpMethod.Put, lease, ben));
        Assert.Equal(204, await SendAsync(desk, HttpMethod.Delete, lease, ben)); // one's own: no matter of the trail
        var told = Assert.Single(await desk.Cases.AuditAsync(article), e => e.What == AuditVerb.Released.Word);
        Assert.Equal(("edda", "ana"), (told.Who, told.Details["holder"]));
    }

    [Fact]
    public async Task One_person_works_on_so_many_tasks_at_a_time()
    {
        await using var desk = await DeskHost.StartAsync(settings =>
            settings.Desk = settings.Desk with { MaxLeases = 2 }
        );
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var tasks = (await desk.OpenTasksAsync(article)).Select(t => $"api/tasks/{t.Id}/lease").Take(4).ToList();
        var (ana, ben) = (await desk.TokenAsync("ana", Role.Reviewer), await desk.TokenAsync("ben", Role.Reviewer));
        Assert.Equal("200, 200, 409", await TakeAsync(ana, tasks[0], tasks[1], tasks[2]));
        Assert.Equal("200, 200", await TakeAsync(ana, tasks[0], tasks[1])); // renewing is no more
        Assert.Equal("200", await TakeAsync(ben, tasks[2]));
        var (_, problem, _) = await desk.SendAsync<Problem>(Role.Reviewer, HttpMethod.Put, tasks[3], who: "ana");
        Assert.Contains("Desk:MaxLeases", problem!.Detail, StringComparison.Ordinal);

        await SendAsync(desk, HttpMethod.Delete, tasks[0], ana);
        Assert.Equal("200, 409", await TakeAsync(ana, tasks[3], tasks[0]));
        var task = (await desk.OpenTasksAsync(article)).Single(t => tasks[1].Contains(t.Id, StringComparison.Ordinal));
        Assert.Equal(200, await DecideAsync(desk, task, DeskHost.Approve(task), ana));
        Assert.Equal("200, 409", await TakeAsync(ana, tasks[0], tasks[2])); // what is decided makes room
        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(16));
        Assert.Equal("200, 200", await TakeAsync(ana, tasks[2], tasks[0])); // and so does time

        async Task<string> TakeAsync(string token, params string[] leases)
        {
            var answers = new List<int>();
            foreach (var lease in leases)
                answers.Add(await SendAsync(desk, HttpMethod.Put, lease, token));
            return string.Join(", ", answers);
        }
    }

    private static async Task<IReadOnlyList<TokenView>> TokensOfAsync(DeskHost desk, string token)
    {
        using var response = await GetAsync(desk, "api/me/tokens", token);
        return System
            .Text.Json.JsonSerializer.Deserialize(
                await response.Content.ReadAsStringAsync(),
                HttpJson.Default.ListOfTokenView
            )!
            .Items;
    }

    private static readonly NewDecision Confirm = new(DecisionAction.Confirm, null, null, null, null, null, null, null);

    // A desk whose issuer can be asked without a network.
    private Task<DeskHost> IssuedDeskAsync(Action<Settings>? change = null) =>
        DeskHost.StartAsync(
            settings =>
            {
                settings.Access.Audience = "desk";
                change?.Invoke(settings);
            },
            options =>
                options.Services.Add(services =>
                    services.AddSingleton(provider =>
                    {
                        var issuer = new OpenIdConnectConfiguration { Issuer = "https://login.example" };
                        issuer.SigningKeys.Add(new RsaSecurityKey(_rsa) { KeyId = "1" });
                        return new OpenIdTokens(
                            provider.GetRequiredService<Settings>(),
                            provider.GetRequiredService<TimeProvider>(),
                            NullLogger<OpenIdTokens>.Instance,
                            new StaticConfigurationManager<OpenIdConnectConfiguration>(issuer)
                        );
                    })
                )
        );

    private string TokenOf(string subject, string name, string role) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Claims = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["iss"] = "https://login.example",
                    ["aud"] = "desk",
                    ["exp"] = Some.Now.AddDays(30).ToUnixTimeSeconds(),
                    ["sub"] = subject,
                    ["preferred_username"] = name,
                    ["roles"] = new[] { role },
                },
                SigningCredentials = new(new RsaSecurityKey(_rsa) { KeyId = "1" }, SecurityAlgorithms.RsaSha256),
            }
        );

    private static async Task<IReadOnlyList<PersonView>> ListAsync(DeskHost desk) =>
        (await desk.GetAsync<ListOf<PersonView>>(Role.Operator, "api/people")).Body!.Items;

    private static async Task<string> TradeAsync(DeskHost desk, string link)
    {
        var code = link[(link.IndexOf("#code=", StringComparison.Ordinal) + 6)..];
        return (await desk.SendAsync<IssuedToken>(Role.Public, HttpMethod.Post, "api/token", new SignIn(code)))
            .Body!
            .Token;
    }

    private static async Task<(string Name, Role Role, string Id)> MeAsync(DeskHost desk, string token)
    {
        using var response = await GetAsync(desk, "api/me", token);
        var me = System.Text.Json.JsonSerializer.Deserialize(
            await response.Content.ReadAsStringAsync(),
            HttpJson.Default.Me
        )!;
        return (me.Name, me.Role, me.Id);
    }

    private static async Task<HttpResponseMessage> GetAsync(DeskHost desk, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await desk.Host.Http.SendAsync(request);
    }

    private static async Task<int> SendAsync(DeskHost desk, HttpMethod method, string path, string token)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await desk.Host.Http.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static async Task<int> UploadAsync(DeskHost desk, string name, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/articles/{name}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new StringContent($"It rained for {token.Length} days, and then some more {Guid.NewGuid()}.");
        using var response = await desk.Host.Http.SendAsync(request);
        await desk.Host.WhenIdleAsync();
        return (int)response.StatusCode;
    }

    private static async Task<int> DecideAsync(DeskHost desk, ReviewTask task, NewDecision decision, string token)
    {
        using var seen = await GetAsync(desk, $"api/tasks/{task.Id}", token);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/tasks/{task.Id}/decisions");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TryAddWithoutValidation("If-Match", seen.Headers.ETag!.Tag);
        request.Content = new StringContent(
            System.Text.Json.JsonSerializer.Serialize(decision, HttpJson.Default.NewDecision),
            System.Text.Encoding.UTF8,
            "application/json"
        );
        using var response = await desk.Host.Http.SendAsync(request);
        await desk.Host.WhenIdleAsync();
        return (int)response.StatusCode;
    }
}
