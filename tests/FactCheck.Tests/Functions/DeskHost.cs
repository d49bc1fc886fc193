using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FactCheck.Functions.Configuration;
using FactCheck.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions;

/// <summary>
/// The whole app on the host with a clock that stands still: tests use it as people do, over HTTP and by files.
/// </summary>
internal sealed class DeskHost : IAsyncDisposable
{
    private readonly Dictionary<string, string> _tokens = new(StringComparer.Ordinal);

    private DeskHost(string data, TestHost host) => (Data, Host) = (data, host);

    public string Data { get; }

    public TestHost Host { get; }

    public CaseStore Cases => Host.Services.GetRequiredService<CaseStore>();

    /// <summary>A desk on a folder of its own, unless <paramref name="with"/> names one.</summary>
    public static async Task<DeskHost> StartAsync(Action<Settings>? change = null, Action<TestHostOptions>? with = null)
    {
        var settings = new Settings
        {
            PublicBaseUrl = new("http://desk.test/"),
            Evidence = { AllowPrivateAddresses = true },
        };
        change?.Invoke(settings);
        var options = new TestHostOptions();
        options.Services.Add(services => services.AddSingleton(settings));
        with?.Invoke(options);
        var data = options.Data ??= Directory.CreateTempSubdirectory("desk-").FullName;
        var host = new TestHost(options);
        await host.StartAsync();
        return new(data, host);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(Data, recursive: true);
    }

    /// <summary>A file that somebody drops into the folder.</summary>
    public async Task<string> DropAsync(string name, string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Data, "articles")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, name), text);
        await Host.WhenIdleAsync();
        return ArticleKey.Of("articles", name);
    }

    /// <summary>An article that somebody hands in over HTTP, as a form where something is said of it.</summary>
    public async Task<(int Status, string? Problem)> UploadAsync(
        string name,
        string text,
        string who,
        Role role = Role.Submitter,
        string? purpose = null,
        string? desk = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/articles?name={Uri.EscapeDataString(name)}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(who, role));
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        var form = new MultipartFormDataContent { { file, "file", name } };
        if (purpose is not null)
            form.Add(new StringContent(purpose), "purpose");
        if (desk is not null)
            form.Add(new StringContent(desk), "desk");
        request.Content = purpose is null && desk is null ? file : form;
        using var response = await Host.Http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        await Host.WhenIdleAsync();
        var problem = response.IsSuccessStatusCode ? null : JsonSerializer.Deserialize(body, HttpJson.Default.Problem);
        return ((int)response.StatusCode, problem?.Detail);
    }

    /// <summary>What somebody is answered, as text, whatever it is.</summary>
    public async Task<string> ReadAsync(string path, string who, Role role)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(who, role));
        using var response = await Host.Http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    public Task<CaseHead> HeadAsync(string article) => Cases.HeadAsync(article);

    public async Task<IReadOnlyList<ReviewTask>> TasksAsync(string article) =>
        [.. (await Cases.TasksAsync(article)).Select(t => t.Value)];

    public async Task<IReadOnlyList<ReviewTask>> OpenTasksAsync(string article) =>
        [.. (await TasksAsync(article)).Where(t => !t.IsClosed)];

    /// <summary>The open task about a claim that has these words.</summary>
    public async Task<ReviewTask> TaskAboutAsync(string article, string words)
    {
        foreach (var task in await OpenTasksAsync(article))
            if (
                (await Cases.FindStatementAsync(task.StatementId))!.Value is { Kind: StatementKind.Claim } s
                && s.Anchor.Exact.Contains(words, StringComparison.Ordinal)
            )
                return task;
        throw new InvalidOperationException($"No open task is about '{words}'.");
    }

    public async Task<IReadOnlyList<string>> AuditAsync(string article) =>
        [.. (await Cases.AuditAsync(article)).Select(e => e.What)];

    public Task<(int Status, T? Body, string? ETag)> GetAsync<T>(Role role, string path, string? who = null) =>
        SendAsync<T>(role, HttpMethod.Get, path, null, null, who);

    public async Task<(int Status, T? Body, string? ETag)> SendAsync<T>(
        Role role,
        HttpMethod method,
        string path,
        object? body = null,
        string? etag = null,
        string? who = null,
        string? key = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (role != Role.Public)
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                await TokenAsync(who ?? role.ToString().ToLowerInvariant(), role)
            );
        if (body is not null)
            request.Content = new StringContent(
                JsonSerializer.Serialize(body, HttpJson.Default.GetTypeInfo(body.GetType())!),
                Encoding.UTF8,
                "application/json"
            );
        if (etag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await Host.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var value =
            text.Length > 0
            && response.Content.Headers.ContentType?.MediaType
                == (typeof(T) == typeof(Problem) ? "application/problem+json" : "application/json")
                ? (T?)JsonSerializer.Deserialize(text, HttpJson.Default.GetTypeInfo(typeof(T))!)
                : default;
        return ((int)response.StatusCode, value, response.Headers.ETag?.Tag);
    }

    /// <summary>How an operator is answered.</summary>
    public async Task<int> StatusAsync(HttpMethod method, string path, object? body = null) =>
        (await SendAsync<Problem>(Role.Operator, method, path, body)).Status;

    /// <summary>Reads a task, then decides it.</summary>
    public async Task<int> DecideAsync(string taskId, NewDecision decision, string who = "ana")
    {
        var (_, _, etag) = await GetAsync<TaskDetail>(Role.Reviewer, $"api/tasks/{taskId}", who);
        var (status, _, _) = await SendAsync<DecisionTaken>(
            Role.Reviewer,
            HttpMethod.Post,
            $"api/tasks/{taskId}/decisions",
            decision,
            etag,
            who
        );
        await Host.WhenIdleAsync();
        return status;
    }

    /// <summary>Decides every open task of an article the same way.</summary>
    public async Task DecideAllAsync(string article, Func<ReviewTask, NewDecision> decision)
    {
        foreach (var task in await OpenTasksAsync(article))
            Assert.Equal(200, await DecideAsync(task.Id, decision(task)));
    }

    public async Task<int> PublishAsync(string article, NewPublication? publication = null)
    {
        var (status, _, _) = await SendAsync<PublicationAsked>(
            Role.Editor,
            HttpMethod.Post,
            $"api/articles/{article}/publication",
            publication ?? new(false, null, null)
        );
        await Host.WhenIdleAsync();
        return status;
    }

    /// <summary>A decision with evidence, or one that needs none.</summary>
    public static NewDecision Approve(ReviewTask task, Uri? evidence = null, string? rating = null)
    {
        var chosen =
            rating
            ?? (evidence, task.Kind) switch
            {
                (null, StatementKind.Claim) => "Unproven",
                (null, _) => "Unverifiable",
                (_, StatementKind.Claim) => "True",
                _ => "Accurate",
            };
        return new(
            DecisionAction.Approve,
            chosen,
            "As the register shows.",
            evidence is null
                ? null
                :
                [
                    new()
                    {
                        Url = evidence,
                        Publisher = "Register",
                        Kind = EvidenceKind.Primary,
                        Stance = Stance.Supports,
                    },
                ],
            null,
            null,
            null,
            null
        );
    }

    /// <summary>Somebody who is on these desks from now on, and on no others.</summary>
    public async Task JoinAsync(string who, Role role, params string[] desks)
    {
        await TokenAsync(who, role);
        var people = Host.Services.GetRequiredService<People>();
        var member = (await people.RosterAsync()).Find(who)!;
        Assert.IsType<RosterOutcome.Taken>(await people.ChangeAsync(member.Id, new(Desks: desks), Who.CommandLine));
    }

    // Tokens are issued on the host's own clock, which tests move by months.
    public async Task<string> TokenAsync(string who, Role role)
    {
        if (_tokens.TryGetValue($"{who}|{role}", out var known))
            return known;
        var (token, _) = await Host
            .Services.GetRequiredService<Tokens>()
            .IssueAsync(who, role, TimeSpan.FromDays(3650));
        return _tokens[$"{who}|{role}"] = token;
    }
}

/// <summary>A web site of the test's own, whose pages can change.</summary>
internal sealed class ChangingSite : IDisposable
{
    private readonly LocalServer _server;

    public ChangingSite() => _server = new(AnswerAsync);

    public Uri Page => new(_server.Address, "register");

    /// <summary>What the page says; null makes it answer 404.</summary>
    public string? Text { get; set; } = "The register lists the figure as reported. It was last audited in January.";

    public int Requests { get; private set; }

    public void Dispose() => _server.Dispose();

    private Task AnswerAsync(HttpListenerContext call)
    {
        Requests++;
        call.Response.StatusCode = Text is null ? 404 : 200;
        call.Response.ContentType = "text/html; charset=utf-8";
        call.Response.Close(
            Encoding.UTF8.GetBytes($"<!doctype html><title>Register</title><main><p>{Text}</p></main>"),
            willBlock: false
        );
        return Task.CompletedTask;
    }
}
