using System.Text.Json.Nodes;
using FactCheck.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Desk;

/// <summary>Whoever changes what happened without the desk is found, whatever they change of it.</summary>
public sealed class AuditTests
{
    private static readonly string River = ArticleKey.Of("articles", "river.txt");

    [Fact]
    public async Task Each_decision_that_is_changed_removed_moved_or_made_up_is_found()
    {
        await using var desk = await PublishedAsync();
        var tables = Tables(desk);
        var rows = await tables.ListAsync(CaseRows.Table, River, "dec|");
        Assert.True(rows.Count >= 3);
        foreach (var row in rows)
        {
            await FoundAsync(desk, row, Change(row.Json, "explanation", "It was otherwise."), "was changed");
            await FoundAsync(desk, row, Change(row.Json, "by", "somebody"), "was changed");
            await FoundAsync(desk, row, null, "is gone");
        }

        var other = rows[0].Key[..^1] + (rows[0].Key[^1] == '9' ? '8' : '9');
        await tables.CommitAsync(CaseRows.Table, River, [new RowChange.Put(other, rows[0].Json)]);
        Assert.Contains("is on no entry", await ProblemAsync(desk), StringComparison.Ordinal);
        await tables.CommitAsync(CaseRows.Table, River, [new RowChange.Delete(other)]);
        Assert.Null(await ProblemAsync(desk));
    }

    [Theory]
    [InlineData("rating", "Unproven")]
    [InlineData("explanation", "It was otherwise.")]
    [InlineData("by", "somebody")]
    public async Task A_task_that_holds_another_decision_than_was_made_is_found(string field, string value)
    {
        await using var desk = await PublishedAsync();
        foreach (var row in await Tables(desk).ListAsync(CaseRows.Table, River, "task|"))
        {
            var task = JsonNode.Parse(row.Json)!.AsObject();
            if (task["decision"] is not JsonObject decision || $"{decision[field]}" == value)
                continue;
            decision[field] = value;
            await FoundAsync(desk, row, task.ToJsonString(), "holds another decision");
        }
    }

    [Fact]
    public async Task A_confirmation_that_nobody_gave_and_a_decision_that_was_taken_away_are_found()
    {
        await using var desk = await PublishedAsync();
        foreach (var row in await Tables(desk).ListAsync(CaseRows.Table, River, "task|"))
        {
            var task = JsonNode.Parse(row.Json)!.AsObject();
            task["decision"]!["confirmedBy"] = "bo";
            await FoundAsync(desk, row, task.ToJsonString(), "holds another decision");
            task.Remove("decision");
            await FoundAsync(desk, row, task.ToJsonString(), "holds another decision");
        }
    }

    [Fact]
    public async Task A_row_that_no_release_writes_is_a_contradiction_and_no_error()
    {
        await using var desk = await PublishedAsync();
        await Tables(desk).CommitAsync(CaseRows.Table, River, [new RowChange.Put("dec|odd", "{}")]);
        Assert.Contains("no release writes", await ProblemAsync(desk), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_file_that_is_changed_or_removed_is_found()
    {
        await using var desk = await PublishedAsync();
        var files = new[] { $"texts/{River}/original", $"reports/{River}" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(desk.Data, folder), "*", SearchOption.AllDirectories))
            .Append(Path.Combine(desk.Data, "texts", River, "000001", "text.json"))
            .ToList();
        Assert.True(files.Count > 8);
        foreach (var file in files)
        {
            var whole = await File.ReadAllBytesAsync(file);
            whole[^1] ^= 1;
            await File.WriteAllBytesAsync(file, whole);
            Assert.Contains("was changed, or is gone", await ProblemAsync(desk), StringComparison.Ordinal);
            File.Delete(file);
            Assert.Contains("was changed, or is gone", await ProblemAsync(desk), StringComparison.Ordinal);
            whole[^1] ^= 1;
            await File.WriteAllBytesAsync(file, whole);
            Assert.Null(await ProblemAsync(desk));
        }

        await File.WriteAllTextAsync(Path.Combine(desk.Data, "reports", River, "v0001", "more.html"), "more");
        Assert.Contains("was changed, or is gone", await ProblemAsync(desk), StringComparison.Ordinal);
    }

    /// <summary>What an older release did not note is taken as it is.</summary>
    [Fact]
    public async Task Two_people_an_archive_and_a_second_version_contradict_nothing()
    {
        using var site = new ChangingSite();
        await using var desk = await DeskHost.StartAsync(settings => settings.Desk = new() { Quorum = 2 });
        await desk.DropAsync("river.txt", RiverText.A);
        foreach (var task in await desk.OpenTasksAsync(River))
        {
            await desk.DecideAsync(task.Id, DeskHost.Approve(task, site.Page), "ana");
            await desk.DecideAsync(
                task.Id,
                new(DecisionAction.Return, null, null, null, null, null, "Look again.", null),
                "bo"
            );
            await desk.DecideAsync(task.Id, DeskHost.Approve(task, site.Page), "ana");
            await desk.DecideAsync(
                task.Id,
                new(DecisionAction.Confirm, null, null, null, null, null, null, null),
                "bo"
            );
        }

        Assert.Equal(202, await desk.PublishAsync(River));
        await desk.DropAsync("river.txt", RiverText.B);
        Assert.Null(await ProblemAsync(desk));
    }

    [Fact]
    public async Task An_operator_takes_a_head_that_was_changed_as_it_is_and_the_log_keeps_by_whom_and_why()
    {
        await using var desk = await PublishedAsync();
        var row = (await Tables(desk).FindAsync(CaseRows.Table, River, CaseRows.Head))!;
        await Tables(desk)
            .CommitAsync(
                CaseRows.Table,
                River,
                [new RowChange.Put(CaseRows.Head, Change(row.Json, "name", "other.txt"))]
            );
        var found = await ProblemAsync(desk);
        Assert.Contains("seal does not fit", found, StringComparison.Ordinal);

        Assert.Equal(403, (await AcceptAsync(desk, Role.Editor, "Nobody.")).Status);
        foreach (var empty in new[] { "", " ", "\u200B", new string('x', 501) })
            Assert.Equal(422, (await AcceptAsync(desk, Role.Operator, empty)).Status);
        Assert.Equal(found, await ProblemAsync(desk));

        Assert.Equal((200, found), await AcceptAsync(desk, Role.Operator, "It was renamed by hand."));
        Assert.Null(await ProblemAsync(desk));
        Assert.Equal(409, (await AcceptAsync(desk, Role.Operator, "Again.")).Status);
        var log = string.Concat(
            Directory
                .GetFiles(Path.Combine(desk.Data, "audit"), "*", SearchOption.AllDirectories)
                .Select(File.ReadAllText)
        );
        Assert.Contains("It was renamed by hand.", log, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string? Found)> AcceptAsync(DeskHost desk, Role role, string why)
    {
        var (status, taken, _) = await desk.SendAsync<Acceptance>(
            role,
            HttpMethod.Post,
            $"api/audit/{River}/acceptance",
            new NewAcceptance(why)
        );
        return (status, taken?.Found);
    }

    private static async Task<DeskHost> PublishedAsync()
    {
        var desk = await DeskHost.StartAsync();
        await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(River, task => DeskHost.Approve(task));
        Assert.Equal(202, await desk.PublishAsync(River));
        Assert.Null(await ProblemAsync(desk));
        return desk;
    }

    private static async Task FoundAsync(DeskHost desk, TableRow row, string? json, string problem)
    {
        RowChange change = json is null ? new RowChange.Delete(row.Key) : new RowChange.Put(row.Key, json);
        await Tables(desk).CommitAsync(CaseRows.Table, River, [change]);
        Assert.Contains(problem, await ProblemAsync(desk), StringComparison.Ordinal);
        await Tables(desk).CommitAsync(CaseRows.Table, River, [new RowChange.Put(row.Key, row.Json)]);
        Assert.Null(await ProblemAsync(desk));
    }

    private static async Task<string?> ProblemAsync(DeskHost desk)
    {
        var (status, trail, _) = await desk.GetAsync<AuditTrail>(Role.Editor, $"api/audit/{River}");
        Assert.Equal(200, status);
        return trail!.Problem;
    }

    private static ITableStore Tables(DeskHost desk) => desk.Host.Services.GetRequiredService<ITableStore>();

    private static string Change(string json, string field, string value)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        node[field] = value;
        return node.ToJsonString();
    }
}
