using BenchmarkDotNet.Attributes;
using FactCheck.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Benchmarks;

/// <summary>An orchestrator's code between two commits, without a store: one episode after the other, and the same from its history.</summary>
[MemoryDiagnoser]
public class ExecutionBenchmarks
{
    private static readonly DateTime Time = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private List<Episode> _history = null!;

    /// <summary>Activities in a row.</summary>
    [Params(10, 1000)]
    public int Activities { get; set; }

    /// <summary>Writes the history that is replayed.</summary>
    [GlobalSetup]
    public void MakeHistory() => _history = Run();

    /// <summary>Live: a call, its answer, the next call.</summary>
    [Benchmark]
    public int Live() => Run().Count;

    /// <summary>From its history, as after a restart.</summary>
    [Benchmark]
    public bool Replay()
    {
        using var execution = NewExecution();
        foreach (var episode in _history)
            execution.Replay(episode);
        return execution.Ended() is not null;
    }

    private List<Episode> Run()
    {
        using var execution = NewExecution();
        var history = new List<Episode>(Activities + 1);
        Message[] next = [new() { Kind = MessageKind.Started }];
        while (execution.Ended() is null)
        {
            var actions = execution.Run(Time, next);
            history.Add(new Episode(Time, next, actions));
            next = [.. actions.Select(action => new Message { Kind = MessageKind.TaskCompleted, TaskId = action.Id, Data = "1" })];
        }
        return history;
    }

    private Execution NewExecution()
    {
        var start = new ExecutionStart("Chain", "chain-1", "1", 0, "", null, null);
        return new Execution(start, new ExecutionServices(ChainAsync, JsonDataConverter.Default, NullLoggerFactory.Instance, () => { }));
    }

    private async Task<object?> ChainAsync(Execution context)
    {
        context.MarkBodyStarted();
        var sum = 0;
        for (var i = 0; i < Activities; i++)
            sum += await context.CallActivityAsync<int>("One", i);
        context.MarkBodyEnded();
        return sum;
    }
}
