using System.Text.Json;
using FactCheck.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Cli;

/// <summary>
/// What a soak runs: orchestrations that do what their number says, in an order that only the number decides,
/// and whose result is known beforehand. A lost or doubled answer, event or start shows in the result, or in that there is none.
/// </summary>
internal static class SoakWork
{
    /// <summary>An orchestration's input: which program, from which step on, and what the steps before came to.</summary>
    public sealed record Input(int Program, int Step, long Sum);

    private enum StepKind
    {
        Activity,
        FanOut,
        Child,
        Timer,
        Event,
        Renewal,
    }

    /// <summary>The events that a program waits for, each with its payload.</summary>
    public static IEnumerable<(string Name, int Payload)> Events(int program) =>
        Steps(program).Select((kind, step) => (kind, step)).Where(step => step.kind == StepKind.Event).Select(step => (EventName(step.step), step.step * 1000));

    /// <summary>What a program must return.</summary>
    public static long Result(int program) => Steps(program).Select((kind, step) => kind switch
    {
        StepKind.Activity or StepKind.Child => (long)step + 1,
        StepKind.FanOut => 3 * step + 3,
        StepKind.Event => step * 1000,
        _ => 0L,
    }).Sum();

    /// <summary>A host that can run them, on the machine's clock.</summary>
    public static TestHostBuilder Host(string folder, bool evictAlways) => EmbeddedHost.ForTests()
        .WithData(folder)
        .EvictAlways(evictAlways)
        .Configure(options =>
        {
            options.Synchronous = SynchronousMode.Full;
            options.CacheBytes = 64 * 1024; // a few at a time: the others are dropped and replayed
        })
        .ConfigureServices(services => services.AddSingleton(TimeProvider.System))
        .AddOrchestrator("Work", RunAsync)
        .AddOrchestrator("Child", context => context.CallActivityAsync<long>("Echo", context.GetInput<long>()))
        .AddActivity<long, long>("Echo", async value =>
        {
            if (value % 3 == 0)
                await Task.Yield();
            return value;
        });

    private static async Task<long> RunAsync(TaskOrchestrationContext context)
    {
        var (program, first, sum) = context.GetInput<Input>()!;
        var steps = Steps(program);
        for (var step = first; step < steps.Length; step++)
        {
            switch (steps[step])
            {
                case StepKind.Activity:
                    sum += await context.CallActivityAsync<long>("Echo", step + 1);
                    break;
                case StepKind.FanOut:
                    sum += (await Task.WhenAll(Enumerable.Range(0, 3).Select(i => context.CallActivityAsync<long>("Echo", step + i)))).Sum();
                    break;
                case StepKind.Child:
                    sum += await context.CallSubOrchestratorAsync<long>("Child", step + 1);
                    break;
                case StepKind.Timer:
                    await context.CreateTimer(TimeSpan.FromMilliseconds(10), CancellationToken.None);
                    break;
                case StepKind.Event:
                    sum += await context.WaitForExternalEvent<int>(EventName(step));
                    break;
                default:
                    context.ContinueAsNew(new Input(program, step + 1, sum));
                    return 0;
            }
        }
        return sum;
    }

    private static StepKind[] Steps(int program)
    {
#pragma warning disable CA5394 // a program, not a secret
        var random = new Random(program);
        var steps = new StepKind[random.Next(1, 7)];
        for (var i = 0; i < steps.Length; i++)
            steps[i] = (StepKind)random.Next(6);
#pragma warning restore CA5394
        return steps;
    }

    private static string EventName(int step) => $"e{step}";
}

/// <summary>What the engine has acknowledged, in a file that outlives the process that was told.</summary>
internal sealed class Acknowledgements : IDisposable
{
    private readonly FileStream _file;
    private readonly Lock _gate = new();

    /// <summary>Opens the file to add to it.</summary>
    public Acknowledgements(string path) => _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    /// <summary>An orchestration was started, or an event taken; call it once the engine has said so.</summary>
    public void Add(string id, string? eventName = null)
    {
        var line = System.Text.Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new[] { id, eventName ?? "" }) + "\n");
        lock (_gate)
            _file.Write(line);
    }

    /// <summary>All of a file's whole lines: ids and the names of their events, empty for the start.</summary>
    public static IEnumerable<(string Id, string Event)> Read(string path)
    {
        if (!File.Exists(path))
            yield break;
        var text = File.ReadAllText(path);
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (JsonSerializer.Deserialize<string[]>(line) is [var id, var name])
                yield return (id, name);
        }
    }

    public void Dispose() => _file.Dispose();
}
