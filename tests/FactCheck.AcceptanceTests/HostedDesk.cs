using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FactCheck.AcceptanceTests.Storage;

namespace FactCheck.AcceptanceTests;

/// <summary>A desk on either host, and the people who work there.</summary>
internal abstract class HostedDesk : IAsyncDisposable
{
    private readonly Dictionary<string, Caller> _people = new(StringComparer.Ordinal);

    /// <summary>Where its host listens.</summary>
    public abstract Uri Address { get; }

    /// <summary>Everything that its host has written so far.</summary>
    public abstract string Output { get; }

    /// <summary>From the start of the host's process to the first 200.</summary>
    public abstract TimeSpan Start { get; }

    /// <summary>Somebody who is not signed in.</summary>
    public Caller Anybody => new(Address);

    public Task<Caller> EditorAsync() => AsAsync("Edda", "Editor");

    public Task<Caller> ReviewerAsync() => AsAsync("Rasmus", "Reviewer");

    public Task<Caller> OtherReviewerAsync() => AsAsync("Olga", "Reviewer");

    public Task<Caller> SubmitterAsync() => AsAsync("Sune", "Submitter");

    public async Task<Caller> AsAsync(string name, string role) =>
        _people.TryGetValue(name, out var caller)
            ? caller
            : _people[name] = await Caller.SignInAsync(Address, await MakeCodeAsync(name, role), () => Output);

    /// <summary>A sign-in link, as whoever runs the desk gives it away.</summary>
    public abstract Task<Uri> MakeLinkAsync(string name, string role);

    /// <summary>The one-time code of such a link.</summary>
    public async Task<string> MakeCodeAsync(string name, string role) =>
        HostProcess.CodeIn((await MakeLinkAsync(name, role)).ToString());

    /// <summary>Leaves an article where articles come in, as any program does that knows nothing of the desk.</summary>
    public abstract Task HandInAsync(string name, byte[] content);

    /// <summary>Hands an article in and waits until its check is through.</summary>
    public async Task<JsonNode> DropAsync(string name, string text, int run = 1)
    {
        await HandInAsync(name, Encoding.UTF8.GetBytes(text));
        return await UntilAsync(
            name,
            article => article.Number("run") == run && article.Text("stage") is "Reviewing" or "Ready" or "Published"
        );
    }

    /// <summary>The worker's process.</summary>
    public abstract Task<int> WorkerAsync();

    /// <summary>Ends the worker as a loss of power would (SIGKILL); its host stays.</summary>
    public async Task KillWorkerAsync() => await Subprocess.SignalAsync(await WorkerAsync(), "KILL");

    /// <summary>Ends the host so.</summary>
    public abstract Task KillAsync();

    /// <summary>Starts a host that was ended, where it was.</summary>
    public abstract Task StartAgainAsync();

    /// <summary>
    /// Asks as people with patience do: who gets no answer, or one of a host that has no worker just now, asks again.
    /// </summary>
    public Task<Answer> AskAsync(Func<Task<Answer>> ask, HttpStatusCode expected)
    {
        var last = "nothing";
        return Limits.UntilAsync(
            Limits.Many,
            async () =>
            {
                try
                {
                    var answer = await ask();
                    last = answer.ToString();
                    if (IsForLater(answer))
                        return null;
                    Assert.True(answer.Status == expected, last);
                    return answer;
                }
                catch (HttpRequestException cut)
                {
                    last = cut.Message;
                    return null;
                }
            },
            () => $"{expected}; last came {last}"
        );
    }

    /// <summary>Takes a task and decides it once, however often it has to be asked for.</summary>
    public async Task DecidePatientlyAsync(Caller reviewer, string task)
    {
        var leased = await AskAsync(() => reviewer.PutAsync($"api/tasks/{task}/lease", null), HttpStatusCode.OK);
        (string, string)[] headers = [("If-Match", leased.Headers["ETag"]), ("Idempotency-Key", task)];
        await AskAsync(
            () => reviewer.PostAsync($"api/tasks/{task}/decisions", Unproven(leased.Json), headers),
            HttpStatusCode.OK
        );
    }

    /// <summary>The orchestrations that have not ended, as the host's management lists them.</summary>
    public async Task<IReadOnlyList<JsonNode>> RunningAsync()
    {
        var listed = await ManageAsync("runtime/webhooks/durabletask/instances?runtimeStatus=Running,Pending&top=1000");
        Assert.True(listed.Status == HttpStatusCode.OK, listed.ToString());
        return [.. listed.Json.AsArray().Select(instance => instance!)];
    }

    /// <summary>Waits until an article, as its page shows it, is as it should be.</summary>
    public async Task<JsonNode> UntilAsync(string name, Func<JsonNode, bool> isIt, TimeSpan? limit = null)
    {
        var editor = await EditorAsync();
        JsonNode? last = null;
        return await Limits.UntilAsync(
            limit ?? Limits.Check,
            async () => (last = await FindAsync(editor, name)) is { } found && isIt(found["article"]!) ? found : null,
            () => $"{name}; it is {last?["article"]}\n{Output}"
        );
    }

    /// <summary>An article's page; null while nothing of that name has arrived.</summary>
    public static async Task<JsonNode?> FindAsync(Caller caller, string name)
    {
        string? cursor = null;
        do
        {
            var page = (
                await caller.GetAsync(
                    $"api/articles{(cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}")}"
                )
            ).Json;
            if (page.List("items").FirstOrDefault(a => a.Text("name") == name) is { } found)
                return (await caller.GetAsync($"api/articles/{found.Text("id")}")).Json;
            cursor = (string?)page["cursor"];
        } while (cursor is not null);
        return null;
    }

    /// <summary>Takes a task and decides it.</summary>
    public static async Task<Answer> DecideAsync(
        Caller reviewer,
        string task,
        object? decision = null,
        params (string Name, string Value)[] headers
    )
    {
        var leased = await reviewer.PutAsync($"api/tasks/{task}/lease", null);
        Assert.True(leased.Status == HttpStatusCode.OK, leased.ToString());
        headers = [("If-Match", leased.Headers["ETag"]), .. headers];
        return await reviewer.PostAsync($"api/tasks/{task}/decisions", decision ?? Unproven(leased.Json), headers);
    }

    /// <summary>A decision that every statement can be closed with.</summary>
    public static object Unproven(JsonNode task) =>
        new
        {
            action = "Approve",
            rating = task.Text("kind") == "Claim" ? "Unproven" : "Unverifiable",
            explanation = "No source was found that says so.",
        };

    /// <summary>Decides every open task of an article.</summary>
    public static async Task DecideAllAsync(Caller reviewer, JsonNode article)
    {
        foreach (var task in OpenTasks(article))
        {
            var answer = await DecideAsync(reviewer, task.Text("id"));
            Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        }
    }

    /// <summary>Asks for a publication and waits until it is out.</summary>
    public async Task<JsonNode> PublishAsync(string name, object? publication = null)
    {
        var editor = await EditorAsync();
        var id = (await FindAsync(editor, name))!["article"]!.Text("id");
        var asked = await editor.PostAsync($"api/articles/{id}/publication", publication ?? new { });
        Assert.True(asked.Status == HttpStatusCode.Accepted, asked.ToString());
        return await UntilAsync(
            name,
            article => article.Number("publishedVersion") == asked.Json.Number("version"),
            Limits.Publish
        );
    }

    /// <summary>What the audit trail says happened to an article, oldest first. The chain must be whole.</summary>
    public async Task<IReadOnlyList<string>> AuditAsync(string id)
    {
        var trail = (await (await EditorAsync()).GetAsync($"api/audit/{id}")).Json;
        Assert.True((bool)trail["intact"]!, trail.ToString());
        return [.. trail.List("entries").Select(e => e.Text("what"))];
    }

    public static IReadOnlyList<JsonNode> OpenTasks(JsonNode article) =>
        [.. article.List("tasks").Where(t => t.Text("state") is "Open" or "InProgress")];

    public abstract ValueTask DisposeAsync();

    /// <summary>True for what the host answers by itself, where its worker is gone.</summary>
    protected virtual bool IsForLater(Answer answer) =>
        answer.Status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable;

    /// <summary>Asks the host's management as somebody who may.</summary>
    protected abstract Task<Answer> ManageAsync(string path);
}

/// <summary>
/// One desk for all tests of a class, on Azure's host where that is at hand; each works on articles of its own.
/// </summary>
public sealed class DeskAtHand(Azurite azurite) : IAsyncLifetime
{
    private HostedDesk? _desk;

    internal HostedDesk Desk => _desk ?? throw new InvalidOperationException("The desk is not open.");

    public async ValueTask InitializeAsync() => _desk = await OpenAsync(azurite);

    internal static async Task<HostedDesk> OpenAsync(Azurite azurite) =>
        AzureDesk.Program is null ? await AcceptanceTests.Desk.OpenAsync() : await AzureDesk.OpenAsync(azurite);

    public ValueTask DisposeAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;
}
