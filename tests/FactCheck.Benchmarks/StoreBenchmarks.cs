using BenchmarkDotNet.Attributes;
using FactCheck.Runtime;

namespace FactCheck.Benchmarks;

/// <summary>What one step of an instance costs in the store, with its commit.</summary>
[MemoryDiagnoser]
public class StoreBenchmarks
{
    private readonly byte[] _episode = new byte[120];
    private string _folder = null!;
    private Database _database = null!;
    private Instance _instance = null!;

    /// <summary>How hard a commit is pushed to the disk.</summary>
    [Params(SynchronousMode.Full, SynchronousMode.Normal)]
    public SynchronousMode Synchronous { get; set; }

    /// <summary>Opens a file with one instance.</summary>
    [GlobalSetup]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("runtime-bench-").FullName;
        _database = new Database(Path.Combine(_folder, "runtime.db"), Synchronous, TimeProvider.System);
        _database.Begin();
        _instance = _database.Insert(
            new Instance { Id = "chain-1", Name = "Chain", Version = "", ExecutionId = "1", Created = DateTime.UtcNow, Updated = DateTime.UtcNow }, null);
        _database.Commit();
    }

    /// <summary>Removes it.</summary>
    [GlobalCleanup]
    public void Remove()
    {
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>An answer taken, an episode written, the next activity asked for, committed.</summary>
    [Benchmark]
    public void Step()
    {
        _database.Begin();
        _database.RemoveActivity(_instance.Key, 1, _instance.Generation);
        _database.AddEpisode(_instance, _episode);
        _database.AddActivity(_instance, new OrchestratorAction { Kind = ActionKind.Activity, Id = 1, Name = "One" });
        _database.Save(_instance);
        _database.Commit();
    }
}
