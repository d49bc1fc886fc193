using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace FactCheck.AcceptanceTests;

/// <summary>A desk that is run from a terminal: <c>factcheck</c> against a real host.</summary>
public sealed class CommandLineTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private readonly Desk _desk = shared.Desk;

    [Fact]
    public async Task An_article_goes_its_whole_way_from_the_command_line()
    {
        using var files = new DataFolder();
        var file = Path.Combine(files.Path, "whole-way.txt");
        await File.WriteAllTextAsync(file, Texts.Ferry);
        var editor = await AsAsync("Edda", "Editor");

        var uploaded = await editor.RunAsync("upload", file, "--outlet", "Ostmoor Post", "--wait");
        Assert.Equal((0, "reviewing  whole-way.txt"), (uploaded.ExitCode, uploaded.Lines[^1].Trim()));

        var list = await editor.RunAsync("review", "list", "--article", "whole-way.txt", "--json");
        var tasks = list.Json.List("items").Select(t => (Id: t.Text("id"), Kind: t.Text("kind"))).ToList();
        Assert.InRange(tasks.Count, 1, 8);

        var shown = await editor.RunAsync("review", "show", tasks[0].Id);
        Assert.Contains(">>", shown.Output, StringComparison.Ordinal);
        Assert.Contains("Ostmoor Post", shown.Output, StringComparison.Ordinal);
        var etag = shown.Lines[^1].Replace("ETag ", "", StringComparison.Ordinal);

        var early = await editor.RunAsync("publish", "whole-way.txt");
        Assert.Equal(5, early.ExitCode);
        Assert.Contains("still open", early.Error, StringComparison.Ordinal);

        var incomplete = await editor.RunAsync("review", "decide", tasks[0].Id, "approve");
        Assert.Equal(2, incomplete.ExitCode);
        Assert.Contains("rating:", incomplete.Error, StringComparison.Ordinal);
        var free = (await editor.RunAsync("review", "show", tasks[0].Id, "--json")).Json;
        Assert.Null(free["task"]!["lease"]);

        // The refusal came and went with the lease: what was shown before is another version.
        var stale = await editor.RunAsync(
            "review",
            "decide",
            tasks[0].Id,
            "reject",
            "--reason",
            "NotWorthIt",
            "--etag",
            etag
        );
        Assert.Equal(5, stale.ExitCode);
        Assert.Contains("review show", stale.Error, StringComparison.Ordinal);

        var seen = free["task"]!.Text("eTag");
        Assert.Equal(
            0,
            (
                await editor.RunAsync(
                    "review",
                    "decide",
                    tasks[0].Id,
                    "reject",
                    "--reason",
                    "NotWorthIt",
                    "--etag",
                    seen
                )
            ).ExitCode
        );
        Assert.Equal(
            5,
            (await editor.RunAsync("review", "decide", tasks[0].Id, "reject", "--reason", "NotWorthIt")).ExitCode
        );
        foreach (var (id, kind) in tasks.Skip(1))
        {
            string[] decide =
            [
                "review",
                "decide",
                id,
                "approve",
                "--rating",
                kind == "Claim" ? "Unproven" : "Unverifiable",
                "--explanation",
                "No source says so.",
                "--evidence",
                "https://example.org/a",
                "--stance",
                "Context",
            ];
            var decided = await editor.RunAsync([.. decide, "--key", id]);
            Assert.True(decided.ExitCode == 0, decided.Error);
            // Whoever does not know whether it arrived sends it again.
            Assert.Equal(
                (0, decided.Output),
                (await editor.RunAsync([.. decide, "--key", id])) is var again
                    ? (again.ExitCode, again.Output)
                    : default
            );
            Assert.Equal(5, (await editor.RunAsync(decide)).ExitCode);
        }

        var published = await editor.RunAsync("publish", "whole-way.txt", "--wait");
        Assert.True(published.ExitCode == 0, published.Error);
        Assert.Contains(
            ArticleKey.Of("articles", "whole-way.txt"),
            (await _desk.Anybody.GetAsync("feed.json")).Text,
            StringComparison.Ordinal
        );

        var audit = await editor.RunAsync("audit", "verify", "whole-way.txt", "--json");
        Assert.Equal((0, true), (audit.ExitCode, (bool)audit.Json["intact"]!));
    }

    [Fact]
    public async Task Uploading_again_sends_nothing_and_what_changed_is_sent_alone()
    {
        using var files = Articles("again", 5);
        var submitter = await AsAsync("Sune", "Submitter");
        var first = await submitter.RunAsync("upload", files.Path, "--name-prefix", "again/", "--wait");
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Contains("5 sent, 0 held already, 0 refused.", first.Error, StringComparison.Ordinal);

        var second = await submitter.RunAsync("upload", files.Path, "--name-prefix", "again/", "--wait");
        Assert.Contains("0 sent, 5 held already, 0 refused.", second.Error, StringComparison.Ordinal);

        await File.AppendAllTextAsync(
            Path.Combine(files.Path, "again-3.txt"),
            "\nThe harbour lost €2 million in 2022.\n"
        );
        await File.WriteAllTextAsync(
            Path.Combine(files.Path, "again-4.txt.meta.json"),
            """{"outlet":"Ostmoor Post"}"""
        );
        var third = await submitter.RunAsync("upload", files.Path, "--name-prefix", "again/", "--json");
        Assert.Equal(
            [
                "again/again-1.txt Held",
                "again/again-2.txt Held",
                "again/again-3.txt Sent",
                "again/again-4.txt Sent",
                "again/again-5.txt Held",
            ],
            third
                .Lines.Select(l => JsonNode.Parse(l)!)
                .Select(u => $"{u.Text("name")} {u.Text("outcome")}")
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task An_upload_that_was_killed_goes_on_where_it_was()
    {
        const int Files = 60;
        using var files = Articles("killed", Files);
        var submitter = await AsAsync("Sune", "Submitter");
        await using (var upload = submitter.Start("upload", files.Path, "--name-prefix", "killed/"))
        {
            await upload.UntilLinesAsync(2, Limits.Verb); // two articles that the host holds
            await upload.KillAsync();
        }

        var rest = await submitter.RunAsync("upload", files.Path, "--name-prefix", "killed/", "--json");
        Assert.True(rest.ExitCode == 0, rest.Error);
        var outcomes = rest.Lines.Select(l => JsonNode.Parse(l)!.Text("outcome")).ToList();
        Assert.Equal(Files, outcomes.Count);
        Assert.True(outcomes.Count(o => o == "Held") >= 2, string.Join(' ', outcomes));
        Assert.All(outcomes, outcome => Assert.True(outcome is "Held" or "Sent", outcome));
    }

    [Fact]
    public async Task A_file_that_is_refused_or_rejected_keeps_no_other_from_its_way_and_shows_in_the_exit_code()
    {
        using var files = Articles("mixed", 1);
        await File.WriteAllTextAsync(Path.Combine(files.Path, "blank.txt"), "   \n");
        await File.WriteAllTextAsync(Path.Combine(files.Path, "photo.jpg"), "no photo");
        var submitter = await AsAsync("Sune", "Submitter");

        var refused = await submitter.RunAsync(
            "upload",
            Path.Combine(files.Path, "photo.jpg"),
            Path.Combine(files.Path, "mixed-1.txt"),
            "--name-prefix",
            "mixed/"
        );
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("sent       mixed/mixed-1.txt", refused.Output, StringComparison.Ordinal);
        Assert.Contains("refused    mixed/photo.jpg: ", refused.Output, StringComparison.Ordinal);

        var rejected = await submitter.RunAsync("upload", files.Path, "--name-prefix", "mixed/", "--wait");
        Assert.Equal(6, rejected.ExitCode);
        Assert.Contains(
            "rejected   mixed/blank.txt: No text was found in the file",
            rejected.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_token_that_is_revoked_stops_working_on_the_host_that_runs()
    {
        var made = await new CommandLine().RunAsync(
            "token",
            "create",
            "Ida",
            "Reviewer",
            "--data",
            _desk.Data.Path,
            "--json"
        );
        var token = made.Json.Text("token");
        var ida = new CommandLine(_desk.Host.Address, token);
        Assert.Equal(0, (await ida.RunAsync("review", "list")).ExitCode);

        Assert.Equal(
            0,
            (
                await new CommandLine().RunAsync("token", "revoke", made.Json.Text("id"), "--data", _desk.Data.Path)
            ).ExitCode
        );

        var refused = await ida.RunAsync("review", "list");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("factcheck token create", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(token, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_are_the_hosts_own_and_a_refusal_says_which_it_takes()
    {
        var refused = await (await AsAsync("Sune", "Submitter")).RunAsync("review", "list");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("Reviewer", refused.Error, StringComparison.Ordinal);

        Assert.Equal(4, (await new CommandLine(_desk.Host.Address).RunAsync("review", "list")).ExitCode);
        Assert.Equal(4, (await new CommandLine(_desk.Host.Address, "nonsense").RunAsync("review", "list")).ExitCode);
    }

    [Fact]
    public async Task Audit_verify_finds_the_entry_that_was_changed()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.DropAsync("tampered.txt", Texts.Short);
        await desk.DropAsync("whole.txt", Texts.Ferry);
        Assert.Equal(0, (await new CommandLine().RunAsync("audit", "verify", "--data", desk.Data.Path)).ExitCode);

        Assert.Equal(
            1,
            Change(
                desk.Data,
                "UPDATE rows SET json = replace(json, '\"arrived\"', '\"departed\"') WHERE tbl = 'cases' AND "
                    + "partition = $article AND key = 'audit|00000001'",
                "tampered.txt"
            )
        );
        var found = await new CommandLine().RunAsync("audit", "verify", "--data", desk.Data.Path);
        Assert.Equal(6, found.ExitCode);
        Assert.Contains("tampered.txt: Entry 1 was changed.", found.Output, StringComparison.Ordinal);
        Assert.Contains("1 broken, 1 intact.", found.Output, StringComparison.Ordinal);

        var editor = new CommandLine(desk.Host.Address, (await desk.EditorAsync()).Token);
        Assert.Equal(6, (await editor.RunAsync("audit", "verify")).ExitCode);
        Assert.Equal(0, (await editor.RunAsync("audit", "verify", "whole.txt")).ExitCode);

        // Who takes an article from the list, or its head from the case, does not take it from this look.
        Assert.Equal(
            1,
            Change(
                desk.Data,
                "DELETE FROM rows WHERE tbl = 'cases' AND partition = $article AND key = 'head'",
                "tampered.txt"
            )
        );
        Assert.Contains(
            "and the case is gone",
            (await new CommandLine().RunAsync("audit", "verify", "--data", desk.Data.Path)).Output,
            StringComparison.Ordinal
        );
        Assert.NotEqual(
            0,
            Change(desk.Data, "DELETE FROM rows WHERE tbl = 'cases' AND partition = $article", "tampered.txt")
        );
        var gone = await new CommandLine().RunAsync("audit", "verify", "--data", desk.Data.Path);
        Assert.Equal(6, gone.ExitCode);
        Assert.Contains("case is gone", gone.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_goes_into_a_pipe_has_no_colours_and_nothing_that_moves()
    {
        using var files = Articles("piped", 2);
        var editor = await AsAsync("Edda", "Editor");
        foreach (
            var verb in (string[][])
                [
                    ["upload", files.Path, "--name-prefix", "piped/", "--wait"],
                    ["watch", "--once"],
                    ["review", "list"],
                    ["token", "list", "--data", _desk.Data.Path],
                    ["--help"],
                ]
        )
        {
            var ran = await editor.RunAsync(verb);
            Assert.True(ran.ExitCode == 0, ran.Error);
            Assert.DoesNotContain('\u001b', ran.Output + ran.Error);
        }
    }

    [Fact]
    public async Task Watch_tells_a_change_a_line_and_ends_when_it_is_interrupted()
    {
        var reviewer = await AsAsync("Rasmus", "Reviewer");
        await using var watch = reviewer.Start("watch", "--json");
        // Whatever changes before it looks is not told, be it the first half of what an upload changes: so something
        // changes until it tells of an arrival.
        for (var i = 1; !watch.Lines.Any(line => JsonNode.Parse(line)!.Text("what") == "arrived"); i++)
        {
            Assert.True(i < 100, $"No arrival was told: {watch.Said}");
            await (await _desk.SubmitterAsync()).UploadAsync(
                "watched.txt",
                $"{Texts.Short}\nIt was {i} metres long.\n"
            );
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(130, (await watch.StopAsync()).ExitCode);
    }

    [Theory]
    [InlineData("factcheck rev", "review")]
    [InlineData("factcheck review ", "decide\nlist\nshow")]
    [InlineData("factcheck upload ", "")]
    [InlineData("factcheck review de", "decide")]
    [InlineData("factcheck review decide T app", "approve")]
    [InlineData("factcheck upload --name-p", "--name-prefix")]
    [InlineData("factcheck review list --kind Q", "Quote")]
    [InlineData("factcheck token create ana E", "Editor")]
    public async Task Bash_completes_what_is_typed(string typed, string completed)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no bash of its own.");
        const string Script = """
            factcheck() { "$DOTNET" "$FACTCHECK" "$@"; }
            eval "$(factcheck completion bash)"
            COMP_LINE=$TYPED COMP_POINT=${#TYPED}
            read -ra COMP_WORDS <<<"$TYPED"
            [[ $TYPED != *' ' ]] || COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            "$(complete -p factcheck | sed -E 's/.*-F ([^ ]+).*/\1/')"
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var completing = await Subprocess.RunAsync(
            "bash",
            ["-c", Script],
            Limits.Verb,
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["TYPED"] = typed,
                ["FACTCHECK"] = CommandLine.Path,
                ["DOTNET"] = Subprocess.Dotnet,
            }
        );

        Assert.Equal(completed, completing.Output.Trim());
    }

    private async Task<CommandLine> AsAsync(string name, string role) =>
        new(_desk.Host.Address, (await _desk.AsAsync(name, role)).Token);

    private static DataFolder Articles(string name, int count)
    {
        var folder = new DataFolder();
        Directory.Delete(folder.Articles);
        for (var i = 1; i <= count; i++)
            File.WriteAllText(
                Path.Combine(folder.Path, $"{name}-{i}.txt"),
                $"{Texts.Short}\nIt is {name} number {i}, and {i * 7} metres long.\n"
            );
        return folder;
    }

    private static int Change(DataFolder data, string sql, string article)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = Path.Combine(data.Path, "desk.db"),
                Pooling = false,
            }.ToString()
        );
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$article", ArticleKey.Of("articles", article));
        return command.ExecuteNonQuery();
    }
}
