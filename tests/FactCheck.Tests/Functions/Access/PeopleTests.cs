using System.Net.Http.Headers;
using System.Security.Cryptography;
using FactCheck.Functions.Access;
using FactCheck.Functions.Configuration;
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
            settings.People = new() { Max = 4, MaxInvitations = 2 }
        );
        Assert.Equal(201, await InviteAsync("ana"));
        Assert.Equal(201, await InviteAsync("ben"));
        Assert.Equal(409, await InviteAsync("cleo")); // a third link
        Assert.DoesNotContain(await ListAsync(desk), p => p.Name == "cleo");
        await desk.Host.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal(201, await InviteAsync("cleo"));
        Assert.Equal(409, await InviteAsync("dora")); // a fifth person: the operator is one
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

        async Task<int> AssignAsync(string who) =>
            (await desk.SendAsync<TaskSummary>(Role.Editor, HttpMethod.Put, path, new Assignment(who))).Status;
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
