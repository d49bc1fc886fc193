using CsCheck;
using FactCheck.Tests.Host.Durable;
using Microsoft.Data.Sqlite;

namespace FactCheck.Tests.Host.Storage;

/// <summary>What a crash, or a disk, may leave of SQLite's log: the file stays whole, and what is lost is only what
/// came after the damage.</summary>
public sealed class DamagedLogTests : IAsyncLifetime
{
    private const int Instances = 20;

    private readonly TempFolder _folder = new();
    private byte[] _file = [];
    private byte[] _log = [];

    public enum Damage
    {
        Truncated,
        BitFlipped,
        Zeroed,
        Garbage,
    }

    public async ValueTask InitializeAsync()
    {
        await using var host = await Builder().WithData(_folder.Path).StartAsync();
        for (var i = 0; i < Instances; i++)
            await host.RunAsync("Echo", $"{i}", $"a{i:00}");
        // The files as they are while the host runs: what a crash leaves.
        _file = await ReadAsync("runtime.db");
        _log = await ReadAsync("runtime.db-wal");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_damaged_end_of_the_log_loses_only_what_came_after_it() =>
        await Gen.Select(Gen.Enum<Damage>(), Gen.Double[0, 1], Gen.Int[0, 7])
            .SampleAsync(
                async (damage, place, bit) =>
                {
                    var at = (int)(place * (_log.Length - 1));
                    var found = await OpenAsync(Damaged(damage, at, bit));
                    // the first ones, without a gap
                    Assert.Equal(Enumerable.Range(0, found.Count).Select(i => $"a{i:00}"), found);
                    // Nothing before the damage is lost: frames are written in the order of the commits.
                    Assert.InRange(found.Count, (int)(Instances * (at / (double)_log.Length)) - 2, Instances);
                },
                iter: 60,
                threads: 2
            );

    [Fact]
    public async Task A_whole_log_loses_nothing_and_without_one_the_file_is_as_it_was() =>
        Assert.Equal((Instances, 0), ((await OpenAsync(_log)).Count, (await OpenAsync([])).Count));

    private static TestHubBuilder Builder() =>
        TestHub
            .ForTests()
            .AddOrchestrator("Echo", context => context.CallActivityAsync<string>("Say", context.GetInput<string>()))
            .AddActivity<string, string>("Say", Task.FromResult);

    /// <summary>Starts a host on these files; the ids of the instances, which have all ended as they should.</summary>
    private async Task<List<string>> OpenAsync(byte[] log)
    {
        using var copy = new TempFolder();
        await File.WriteAllBytesAsync(copy["runtime.db"], _file);
        await File.WriteAllBytesAsync(copy["runtime.db-wal"], log);
        var found = new List<string>();
        await using (var host = await Builder().WithData(copy.Path).StartAsync())
        {
            await host.WhenIdleAsync();
            await foreach (
                var instance in host.Client.GetAllInstancesAsync(
                    new OrchestrationQuery { FetchInputsAndOutputs = true }
                )
            )
            {
                found.Add(instance.InstanceId);
                Assert.Equal(OrchestrationRuntimeStatus.Completed, instance.RuntimeStatus);
                Assert.Equal(instance.ReadInputAs<string>(), instance.ReadOutputAs<string>());
            }
            Assert.Equal(0, host.Count("activities") + host.Count("inbox"));
        }
        Assert.Equal("ok", Check(copy.Path));
        return found;
    }

    private byte[] Damaged(Damage damage, int at, int bit)
    {
        if (damage == Damage.Truncated)
            return _log[..at];
        byte[] log = [.. _log];
        switch (damage)
        {
            case Damage.BitFlipped:
                log[at] ^= (byte)(1 << bit);
                break;
            case Damage.Zeroed:
                log.AsSpan(at).Clear();
                break;
            default:
                for (var i = at; i < log.Length; i++)
                    log[i] = (byte)(i * 31 + bit);
                break;
        }
        return log;
    }

    private static string Check(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "runtime.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        return (string)command.ExecuteScalar()!;
    }

    private async Task<byte[]> ReadAsync(string name)
    {
        await using var file = new FileStream(
            _folder[name],
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes;
    }
}
