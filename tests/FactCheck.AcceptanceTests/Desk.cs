using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace FactCheck.AcceptanceTests;

/// <summary>A host on a data folder of its own, and the people who work there.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private readonly Dictionary<string, Caller> _people = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, string>? _environment;

    private Desk(DataFolder data, HostProcess host, IReadOnlyDictionary<string, string>? environment) => (Data, Host, _environment) = (data, host, environment);

    public DataFolder Data { get; }

    public HostProcess Host { get; private set; }

    /// <summary>Somebody who is not signed in.</summary>
    public Caller Anybody => new(Host.Address);

    public static async Task<Desk> OpenAsync(IReadOnlyDictionary<string, string>? environment = null)
    {
        var data = new DataFolder();
        return new(data, await HostProcess.ServeAsync(data, environment: environment), environment);
    }

    public Task<Caller> EditorAsync() => AsAsync("Edda", "Editor");

    public Task<Caller> ReviewerAsync() => AsAsync("Rasmus", "Reviewer");

    public Task<Caller> OtherReviewerAsync() => AsAsync("Olga", "Reviewer");

    public Task<Caller> SubmitterAsync() => AsAsync("Sune", "Submitter");

    public async Task<Caller> AsAsync(string name, string role) =>
        _people.TryGetValue(name, out var caller) ? caller : _people[name] = await Host.SignInAsync(name, role);

    /// <summary>Ends the host without warning and starts it again, where it was.</summary>
    public async Task CrashAsync()
    {
        await Host.KillAsync();
        await StartAgainAsync();
    }

    /// <summary>A desk on a data folder that is there already.</summary>
    public static async Task<Desk> OpenAsync(DataFolder data) => new(data, await HostProcess.ServeAsync(data), environment: null);

    /// <summary>Starts a host that was ended.</summary>
    public async Task StartAgainAsync(bool untilReady = true)
    {
        var address = Host.Address;
        await Host.DisposeAsync();
        Host = await HostProcess.ServeAsync(Data, address, _environment, untilReady);
    }

    /// <summary>Drops an article and waits until its check is through.</summary>
    public async Task<JsonNode> DropAsync(string name, string text, int run = 1)
    {
        Data.Drop(name, text);
        return await UntilAsync(name, article => article.Number("run") == run && article.Text("stage") is "Reviewing" or "Ready" or "Published");
    }

    /// <summary>Waits until an article, as its page shows it, is as it should be.</summary>
    public async Task<JsonNode> UntilAsync(string name, Func<JsonNode, bool> isIt, TimeSpan? limit = null)
    {
        var editor = await EditorAsync();
        JsonNode? last = null;
        return await Limits.UntilAsync(limit ?? Limits.Check, async () => (last = await FindAsync(editor, name)) is { } found && isIt(found["article"]!) ? found : null, () => $"{name}; it is {last?["article"]}\n{Host.Output}");
    }

    /// <summary>An article's page; null while nothing of that name has arrived.</summary>
    public static async Task<JsonNode?> FindAsync(Caller caller, string name)
    {
        string? cursor = null;
        do
        {
            var page = (await caller.GetAsync($"api/articles{(cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}")}")).Json;
            if (page.List("items").FirstOrDefault(a => a.Text("name") == name) is { } found) return (await caller.GetAsync($"api/articles/{found.Text("id")}")).Json;
            cursor = (string?)page["cursor"];
        }
        while (cursor is not null);
        return null;
    }

    /// <summary>Takes a task and decides it.</summary>
    public static async Task<Answer> DecideAsync(Caller reviewer, string task, object? decision = null, params (string Name, string Value)[] headers)
    {
        var leased = await reviewer.PutAsync($"api/tasks/{task}/lease", null);
        Assert.True(leased.Status == HttpStatusCode.OK, leased.ToString());
        return await reviewer.PostAsync($"api/tasks/{task}/decisions", decision ?? Unproven(leased.Json), [("If-Match", leased.Headers["ETag"]), .. headers]);
    }

    /// <summary>A decision that every statement can be closed with.</summary>
    public static object Unproven(JsonNode task) =>
        new { action = "Approve", rating = task.Text("kind") == "Claim" ? "Unproven" : "Unverifiable", explanation = "No source was found that says so." };

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
        return await UntilAsync(name, article => article.Number("publishedVersion") == asked.Json.Number("version"), Limits.Publish);
    }

    /// <summary>What the audit trail says happened to an article, oldest first. The chain must be whole.</summary>
    public async Task<IReadOnlyList<string>> AuditAsync(string id)
    {
        var trail = (await (await EditorAsync()).GetAsync($"api/audit/{id}")).Json;
        Assert.True((bool)trail["intact"]!, trail.ToString());
        return [.. trail.List("entries").Select(e => e.Text("what"))];
    }

    /// <summary>No blob was given up.</summary>
    public async Task AssertNoPoisonAsync()
    {
        var listed = await new CommandLine(Host.Address, (await AsAsync("Oskar", "Operator")).Token).RunAsync("runtime", "poison", "--json");
        Assert.True(listed.ExitCode == 0, listed.Error);
        Assert.Empty(listed.Json.AsArray());
    }

    public static IReadOnlyList<JsonNode> OpenTasks(JsonNode article) => [.. article.List("tasks").Where(t => t.Text("state") is "Open" or "InProgress")];

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Data.Dispose();
    }
}

/// <summary>One desk for all tests of a class; each works on articles of its own.</summary>
public sealed class SharedDesk : IAsyncLifetime
{
    private Desk? _desk;

    internal Desk Desk => _desk ?? throw new InvalidOperationException("The desk is not open.");

    public async ValueTask InitializeAsync() => _desk = await Desk.OpenAsync();

    public ValueTask DisposeAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;
}
