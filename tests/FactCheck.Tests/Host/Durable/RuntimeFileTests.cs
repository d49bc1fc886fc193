using FactCheck.Host;
using FactCheck.Host.Durable;
using FactCheck.Tests.Host.Storage;
using Microsoft.Data.Sqlite;

namespace FactCheck.Tests.Host.Durable;

/// <summary>A host's file, read by somebody else: nothing in its folder changes, whatever state the host left it
/// in.</summary>
public sealed class RuntimeFileTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task Reading_changes_nothing_in_the_folder_of_a_host_that_stopped_or_crashed(bool crash)
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", id: "w");
        // What a crash leaves is what is there while the host runs.
        var left = crash ? Copy(host.DataDirectory) : host.DataDirectory;
        await host.StopAsync();
        var before = Files(left);

        using (var file = RuntimeFile.OpenRead(left))
        {
            Assert.Null(file.Owner);
            Assert.Equal("Running", (string)file.Find("w")!["runtimeStatus"]!);
            Assert.Equal("Event", (string)List(file).Single()["waits"]![0]!["kind"]!);
        }

        if (!crash)
            Assert.Equal(before, Files(left));
        else
            Assert.Equal(before.Where(IsContent), Files(left).Where(IsContent));
    }

    [Fact]
    public async Task Beside_a_host_that_runs_it_says_whose_it_is_and_what_has_been_committed()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", id: "w");

        using var file = RuntimeFile.OpenRead(host.DataDirectory);
        Assert.StartsWith($"process {Environment.ProcessId} ", file.Owner, StringComparison.Ordinal);
        await host.SendAsync("w", "go", "done");
        Assert.Equal("Completed", (string)file.Find("w")!["runtimeStatus"]!);
    }

    [Fact]
    public async Task A_host_that_starts_meanwhile_is_not_held_up_and_what_it_does_is_seen()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", id: "w");
        await host.StopAsync();

        using var file = RuntimeFile.OpenRead(host.DataDirectory);
        Assert.Equal("Running", (string)file.Find("w")!["runtimeStatus"]!);
        await host.StartAsync();
        await host.SendAsync("w", "go", "done");
        Assert.Equal("Completed", (string)file.Find("w")!["runtimeStatus"]!);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void A_file_of_an_older_release_is_read_and_not_migrated(int schema)
    {
        using var folder = new TempFolder();
        var data = folder.Path;
        MigrationTests.Restore(schema, data);
        var before = Files(data);

        using (var file = RuntimeFile.OpenRead(data))
        {
            Assert.Equal(
                "child completed counter failed fan parent pending retry rewound suspended waiting",
                string.Join(' ', List(file).Select(one => (string)one["instanceId"]!))
            );
            // What an older release's engine had begun is shown as it will be once a host has opened the file.
            Assert.Equal("Terminated", (string)file.Find("waiting")!["runtimeStatus"]!);
        }

        Assert.Equal(before, Files(data));
        Assert.Equal(schema, Hosts.Sql(data, "PRAGMA user_version"));
    }

    [Theory]
    [InlineData("PRAGMA user_version = 99;", "was written by a newer release (schema 99")]
    [InlineData("PRAGMA application_id = 1;", "is a database of something else")]
    public async Task A_file_of_a_newer_release_or_of_something_else_is_refused_by_name(string change, string says)
    {
        await using var host = await Hosts.WaitingAsync();
        await host.StopAsync();
        using (
            var connection = new SqliteConnection(
                $"Data Source={Path.Combine(host.DataDirectory, "runtime.db")};Pooling=False"
            )
        )
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = change;
            command.ExecuteNonQuery();
        }

        Assert.Contains(
            says,
            Assert.Throws<FunctionHostException>(() => RuntimeFile.OpenRead(host.DataDirectory)).Message,
            StringComparison.Ordinal
        );
    }

    private static IReadOnlyList<System.Text.Json.Nodes.JsonObject> List(RuntimeFile file) =>
        file.List(null, null, null, 100, null).Items;

    // The log's index is SQLite's own: any reader of a log that was left writes it.
    private static bool IsContent(string file) => !file.Contains("runtime.db-shm", StringComparison.Ordinal);

    private static string[] Files(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder)
                .Order(StringComparer.Ordinal)
                .Select(file =>
                    $"{Path.GetFileName(file)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(ReadShared(file)))}"
                ),
        ];

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static string Copy(string data)
    {
        var copy = Directory.CreateDirectory(Path.Combine(data, "copy")).FullName;
        foreach (var name in (string[])["runtime.db", "runtime.db-wal"])
            File.WriteAllBytes(Path.Combine(copy, name), ReadShared(Path.Combine(data, name)));
        return copy;
    }
}
