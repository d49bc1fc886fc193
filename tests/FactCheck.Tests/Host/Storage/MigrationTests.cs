using FactCheck.Host;
using FactCheck.Host.Storage;
using FactCheck.Tests.Host.Durable;
using Microsoft.Data.Sqlite;

namespace FactCheck.Tests.Host.Storage;

/// <summary>Files of former releases. Beside this file lies, for each schema, one as the last release that had it wrote
/// it, with instances in the middle of everything. What had ended keeps what came of it; what had not is terminated,
/// since only the engine that began it could replay it.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Open_instances_of_a_former_release_are_terminated_ended_ones_keep_what_came_of_them_and_new_ones_run(
        int schema
    )
    {
        Restore(schema, _folder.Path);
        await using (var host = await Builder().StartAsync())
        {
            await host.WhenIdleAsync();

            var ends = (await host.Client.ListAsync(new OrchestrationQuery(FetchInputsAndOutputs: true))).Select(one =>
            {
                var tags = string.Concat(one.Tags);
                var told =
                    $"{one.InstanceId} {one.RuntimeStatus} {one.SerializedOutput} {one.SerializedCustomStatus}{tags}";
                return told.TrimEnd();
            });
            Assert.Equal(
                [
                    "child Terminated",
                    "completed Completed \"abc\" \"done\"[desk, sport]",
                    "counter Terminated",
                    "failed Failed",
                    "fan Terminated",
                    "parent Terminated",
                    "pending Terminated",
                    "retry Terminated",
                    "rewound Terminated",
                    "suspended Terminated",
                    "waiting Terminated",
                ],
                ends
            );
            var failure = (await host.ReadAsync("failed")).FailureDetails!;
            Assert.Equal("Task 'Mended' (#0) failed with an unhandled exception: broken", failure.ErrorMessage);
            Assert.Equal("broken", failure.InnerFailure!.ErrorMessage);
            Assert.Equal((0, 0, 0), (host.Count("activities"), host.Count("timers"), host.Count("inbox")));
            Assert.Equal(Schema.Version, Hosts.Sql(_folder.Path, "PRAGMA user_version"));

            // in place of one that was terminated
            Assert.Equal("said", (await host.RunAsync("Say", "said", "waiting")).ReadOutputAs<string>());
            Assert.Equal("again", (await host.RunAsync("Say", "again", "new")).ReadOutputAs<string>());
            await host.CrashAsync();
        }
        await using var next = await Builder().StartAsync();
        Assert.Equal("again", await next.OutputAsync<string>("new"));
    }

    [Fact]
    public async Task A_file_of_schema_4_goes_on_where_it_was()
    {
        await using var host = await TestHub
            .ForTests()
            .WithData(_folder.Path)
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        await host.BeginAsync("Wait", id: "w");
        await host.StopAsync();
        Hosts.Sql(_folder.Path, "ALTER TABLE instances DROP COLUMN span; PRAGMA user_version = 4;");
        await host.StartAsync();
        await host.SendAsync("w", "go", "on");

        Assert.Equal("on", await host.OutputAsync<string>("w"));
        Assert.Equal(Schema.Version, Hosts.Sql(_folder.Path, "PRAGMA user_version"));
    }

    [Fact]
    public async Task What_failed_in_a_former_release_is_rewound_to_its_beginning_and_restarted_with_its_input()
    {
        Restore(3, _folder.Path);
        await using var host = await Builder()
            .AddOrchestrator("Fail", context => Task.FromResult($"mended {context.GetInput<bool>()}"))
            .StartAsync();
        await host.Client.RewindInstanceAsync("failed", "mended");
        await host.WhenIdleAsync();
        Assert.Equal("mended False", await host.OutputAsync<string>("failed"));

        await host.Client.RestartAsync("rewound");
        await host.WhenIdleAsync();
        Assert.Equal("mended True", await host.OutputAsync<string>("rewound"));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_the_file_as_it_was()
    {
        Restore(3, _folder.Path);
        var before = Hosts.Sql(_folder.Path, "SELECT COUNT(*) FROM instances WHERE completed IS NULL");
        Hosts.Sql(
            _folder.Path,
            "CREATE TABLE keep (x); DROP INDEX inbox_by_instance; CREATE INDEX inbox_by_instance ON keep (x); SELECT 0"
        ); // in the way of the last part of the step

        await Assert.ThrowsAsync<FunctionHostException>(Builder().StartAsync);

        Assert.Equal(
            (3, before),
            (
                Hosts.Sql(_folder.Path, "PRAGMA user_version"),
                Hosts.Sql(_folder.Path, "SELECT COUNT(*) FROM instances WHERE completed IS NULL")
            )
        );
    }

    public void Dispose() => _folder.Dispose();

    private TestHubBuilder Builder() =>
        TestHub
            .ForTests()
            .WithData(_folder.Path)
            .AddOrchestrator("Say", context => context.CallActivityAsync<string>("Say", context.GetInput<string>()))
            .AddActivity<string, string>("Say", Task.FromResult);

    /// <summary>Writes the file of a former release into a folder.</summary>
    internal static void Restore(int schema, string data)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "runtime.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = File.ReadAllText(
            Repository.PathOf("tests", "FactCheck.Tests", "Host", "Storage", $"schema-{schema}.sql")
        );
        command.ExecuteNonQuery();
    }
}
