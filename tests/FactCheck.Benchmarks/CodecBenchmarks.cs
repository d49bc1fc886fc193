using BenchmarkDotNet.Attributes;
using FactCheck.Runtime;

namespace FactCheck.Benchmarks;

/// <summary>A row of history, to and from bytes.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private Episode _episode = null!;
    private byte[] _bytes = null!;

    /// <summary>Answers in one episode, each followed by another call.</summary>
    [Params(1, 100)]
    public int Messages { get; set; }

    /// <summary>Makes the episode.</summary>
    [GlobalSetup]
    public void MakeEpisode()
    {
        _episode = new Episode(
            new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            [.. Enumerable.Range(0, Messages).Select(i => new Message { Kind = MessageKind.TaskCompleted, TaskId = i, Data = "{\"claims\":12,\"quotes\":3}" })],
            [.. Enumerable.Range(0, Messages).Select(i => new OrchestratorAction { Kind = ActionKind.Activity, Id = Messages + i, Name = "ExtractStatements" })]);
        _bytes = EpisodeCodec.Write(_episode);
    }

    /// <summary>To bytes.</summary>
    [Benchmark]
    public byte[] Write() => EpisodeCodec.Write(_episode);

    /// <summary>From bytes.</summary>
    [Benchmark]
    public object Read() => EpisodeCodec.Read(_bytes);
}
