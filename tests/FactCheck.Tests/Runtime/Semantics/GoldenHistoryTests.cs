using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using FactCheck.Runtime;
using Microsoft.Data.Sqlite;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>
/// Instances that an earlier release left in the middle of everything go on in this one. schema-N.sql, beside this file, is a file as the last release with schema N
/// wrote it, schema-N.txt what it says. They are written once for each schema, by running the explicit test below, and never changed; nor are the workflows.
/// </summary>
public sealed class GoldenHistoryTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, bool> Releases
    {
        get
        {
            var releases = new TheoryData<string, bool>();
            foreach (var file in Directory.EnumerateFiles(Folder(), "schema-*.sql").Order(StringComparer.Ordinal))
            {
                releases.Add(Path.GetFileNameWithoutExtension(file), false);
                releases.Add(Path.GetFileNameWithoutExtension(file), true);
            }
            return releases;
        }
    }

    [Theory, MemberData(nameof(Releases))]
    public async Task What_an_earlier_release_left_is_read_as_it_was_and_goes_on_to_its_end(string release, bool evict)
    {
        var data = Directory.CreateTempSubdirectory("runtime-test-").FullName;
        Restore(Path.Combine(Folder(), release + ".sql"), data);
        Assert.Equal((await File.ReadAllTextAsync(Path.Combine(Folder(), release + ".txt"))).ReplaceLineEndings("\n"), Text(data));

        await using var host = await Workflows(Task.CompletedTask).EvictAlways(evict).WithData(data).StartingAt(Start.AddHours(1)).StartAsync();
        await host.WhenIdleAsync();
        await host.SendAsync("waiting", "a", "first");
        await host.SendAsync("child", "e", "from the child");
        await host.SendAsync("counter", "e", "d");
        await host.Client.ResumeInstanceAsync("suspended");
        await host.Client.RewindInstanceAsync("failed", "mended");
        await host.SendAsync("rewound", "e", "again");
        await host.AdvanceAsync(TimeSpan.FromDays(40));

        var ends = (await host.Client.ListAsync(new OrchestrationQuery(FetchInputsAndOutputs: true)))
            .Select(instance => $"{instance.InstanceId} {instance.RuntimeStatus} {instance.SerializedOutput} {instance.SerializedCustomStatus}{string.Concat(instance.Tags)}".TrimEnd());
        Assert.Equal(
            [
                "child Completed \"from the child\"", "completed Completed \"abc\" \"done\"[desk, sport]", "counter Completed \"abcd\"", "failed Completed \"well\"", "fan Completed \"012\"",
                "parent Completed \"from the child\"", "pending Completed \"abc\" \"done\"", "retry Completed \"at last\"", "rewound Completed \"againwell\"", "suspended Completed \"firstsecond\"",
                "waiting Completed \"firstsecond\"",
            ],
            ends);
        Assert.Equal(0, host.Count("activities") + host.Count("timers") + host.Count("inbox"));
        await host.StopAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task This_releases_schema_has_its_golden_history()
    {
        if (File.Exists(Path.Combine(Folder(), $"schema-{Schema.Version}.sql"))) return;
        await WriteAsync();
        Assert.Fail($"Schema {Schema.Version} had no golden history; it has been written: look at it, and check it in.");
    }

    private static async Task WriteAsync()
    {
        var data = Directory.CreateTempSubdirectory("runtime-test-").FullName;
        var asked = new TaskCompletionSource();
        await using (var host = await Workflows(asked.Task).WithData(data).StartingAt(Start).StartAsync())
        {
            Task Begin(string orchestrator, string id, object? input = null, DateTimeOffset? at = null) =>
                host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(id, at));

            await host.Client.ScheduleNewOrchestrationInstanceAsync("Chain", new StartOrchestrationOptions("completed") { Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["desk"] = "sport" } });
            await Begin("Chain", "pending", at: Start.AddDays(2));
            await Begin("Events", "waiting");
            await Begin("Events", "suspended");
            await Begin("Parent", "parent");
            await Begin("Counter", "counter", "");
            await Begin("Retry", "retry");
            await Begin("Fail", "failed", false);
            await Begin("Fail", "rewound", true);
            await host.WhenIdleAsync();
            await host.SendAsync("waiting", "B", "second");
            foreach (var text in new[] { "a", "b", "c" })
                await host.SendAsync("counter", "e", text);
            await host.Client.SuspendInstanceAsync("suspended", "lunch");
            await host.SendAsync("suspended", "b", "second");
            await host.SendAsync("suspended", "a", "first");
            await host.Client.RewindInstanceAsync("rewound", "to try");
            await host.WhenIdleAsync();
            await Begin("Fan", "fan");
            await host.Until(() => Hosts.Sql(data, "SELECT COUNT(*) FROM history h JOIN instances i ON h.row >> 24 = i.key WHERE i.id = 'fan'") == 2);
            await host.CrashAsync();
        }
        await File.WriteAllTextAsync(Path.Combine(Folder(), $"schema-{Schema.Version}.sql"), Dump(data));
        await File.WriteAllTextAsync(Path.Combine(Folder(), $"schema-{Schema.Version}.txt"), Text(data));
        Directory.Delete(data, recursive: true);
    }

    /// <summary>The workflows of the golden histories. A change here breaks the replay of what is checked in, as it would break a user's.</summary>
    /// <param name="answered">Two of the fan-out's activities wait for it.</param>
    private static TestHostBuilder Workflows(Task answered)
    {
        var tries = 0;
        return EmbeddedHost.ForTests()
            .AddActivity<string, string>("Say", Task.FromResult)
            .AddActivity<int, string>("Number", async (number, context) =>
            {
                if (number > 0)
                    await answered.WaitAsync(context.CancellationToken);
                return $"{number}";
            })
            .AddActivity<string, string>("AfterTheFirstDay", (_, context) =>
                ((TimeProvider)context.InstanceServices.GetService(typeof(TimeProvider))!).GetUtcNow() < Start.AddMinutes(30) ? throw new PlacelessException("too early") : Task.FromResult("at last"))
            .AddActivity<bool, string>("Mended", (_, context) =>
                ((TimeProvider)context.InstanceServices.GetService(typeof(TimeProvider))!).GetUtcNow() < Start.AddMinutes(30) ? throw new PlacelessException("broken") : Task.FromResult("well"))
            .AddActivity<bool, string>("FailOnce", _ => tries++ == 0 ? throw new PlacelessException("broken") : Task.FromResult("well"))
            .AddOrchestrator("Chain", async context =>
            {
                context.SetCustomStatus("done");
                var all = "";
                foreach (var text in new[] { "a", "b", "c" })
                    all += await context.CallActivityAsync<string>("Say", text);
                return all;
            })
            .AddOrchestrator("Events", async context =>
                await context.WaitForExternalEvent<string>("a", TimeSpan.FromDays(30)) + await context.WaitForExternalEvent<string>("b", TimeSpan.FromDays(30)))
            .AddOrchestrator("Fan", async context => string.Concat(await Task.WhenAll(Enumerable.Range(0, 3).Select(i => context.CallActivityAsync<string>("Number", i)))))
            .AddOrchestrator("Parent", context => context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions(instanceId: "child")))
            .AddOrchestrator("Child", context => context.WaitForExternalEvent<string>("e"))
            .AddOrchestrator("Counter", async context =>
            {
                var seen = context.GetInput<string>() + await context.WaitForExternalEvent<string>("E");
                if (seen.Length < 4)
                    context.ContinueAsNew(seen);
                return seen;
            })
            .AddOrchestrator("Retry", context => context.CallActivityAsync<string>("AfterTheFirstDay", "", TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromDays(1), 2))))
            .AddOrchestrator("Fail", async context =>
            {
                var said = "";
                if (context.GetInput<bool>())
                {
                    await context.CallActivityAsync("FailOnce", true);
                    said = await context.WaitForExternalEvent<string>("e");
                }
                return said + await context.CallActivityAsync<string>("Mended", true);
            });
    }

    private static void Restore(string sql, string data)
    {
        using var connection = Histories.Open(data);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a file of this repository
        command.CommandText = File.ReadAllText(sql);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static string Text(string data)
    {
        using (new Database(Path.Combine(data, "runtime.db"), SynchronousMode.Normal, TimeProvider.System))
        {
            // Opened once, so that it has this release's schema.
        }
        using var connection = Histories.Open(data);
        return Histories.Of(connection).ReplaceLineEndings("\n");
    }

    private static string Dump(string data)
    {
        using var connection = Histories.Open(data);
        var text = new StringBuilder();
        foreach (var pragma in new[] { "application_id", "user_version" })
            text.Append("PRAGMA ").Append(pragma).Append(" = ").Append(Lines(connection, $"PRAGMA {pragma}").Single()).Append(";\n");
        foreach (var create in Lines(connection, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"))
            text.Append(create.ReplaceLineEndings("\n")).Append(";\n");
        foreach (var table in Lines(connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name != 'sqlite_sequence', name"))
        {
            if (string.Equals(table, "sqlite_sequence", StringComparison.Ordinal))
                text.Append("DELETE FROM sqlite_sequence;\n");
            var columns = string.Join(" || ', ' || ", Lines(connection, $"SELECT name FROM pragma_table_info('{table}')").Select(column => $"quote(\"{column}\")"));
            foreach (var row in Lines(connection, $"SELECT {columns} FROM \"{table}\""))
                text.Append("INSERT INTO \"").Append(table).Append("\" VALUES (").Append(row).Append(");\n");
        }
        return Regex.Replace(text.ToString(), """ in [^\":]*?/(?=(src|tests)/)""", " in ", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10)); // whose machine wrote it is nobody's business
    }

    private static List<string> Lines(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // built of the file's own names
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
            lines.Add(reader.GetString(0));
        return lines;
    }

    /// <summary>An exception that doesn't say where it was thrown.</summary>
#pragma warning disable CA1032, CA1064, RCS1194 // a test's own
    private sealed class PlacelessException(string message) : Exception(message)
#pragma warning restore CA1032, CA1064, RCS1194
    {
        public override string StackTrace => "   at a place";
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
