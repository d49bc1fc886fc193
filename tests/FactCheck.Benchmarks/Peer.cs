using System.Diagnostics;
using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Benchmarks;

/// <summary>Microsoft's in-process host with the same orchestrations, in memory, in a process of its own: it is told a
/// load a line and answers a figure a line.</summary>
internal sealed class Peer : IAsyncDisposable
{
    /// <summary>The argument that makes this program the peer.</summary>
    public const string Argument = "peer";

    /// <summary>For how many it takes the machine's.</summary>
    public const string Processors = "2000";

    private readonly Process _process;

    private Peer(Process process) => _process = process;

    public static Peer Start()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Peer).Assembly.Location, Argument])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        // It runs as many work items at once as there are cores, and with that many at work it sleeps half a second
        // before it looks again: on a small machine that would be all that is measured.
        start.Environment["DOTNET_PROCESSOR_COUNT"] = Processors;
        start.Environment["DOTNET_gcConcurrent"] = "1"; // .NET's default, which our host does without
        // Its part that is a server takes no logger.
        start.Environment["Logging__LogLevel__Default"] = "None";
        return new(Process.Start(start)!);
    }

    /// <summary>What the peer's process does until its input ends.</summary>
    public static async Task RunAsync()
    {
        await using var host = await DurableTaskTestHost.StartAsync(
            tasks =>
            {
                tasks.AddOrchestratorFunc("Five", async context => await FanAsync(context, 5));
                tasks.AddOrchestratorFunc<int>("Fan", FanAsync);
                tasks.AddOrchestratorFunc<int>(
                    "Chain",
                    async (context, steps) =>
                    {
                        for (var step = steps; step > 0; step--)
                            await context.CallActivityAsync<int>("Nothing", step);
                    }
                );
                tasks.AddActivityFunc<int, int>("Nothing", (_, number) => number);
            },
            new() { LoggerFactory = NullLoggerFactory.Instance }
        );
        while (await Console.In.ReadLineAsync() is { } load)
            await Console.Out.WriteLineAsync(
                (await Load.RunAsync(host.Client, load)).ToString(CultureInfo.InvariantCulture)
            );
    }

    /// <summary>Measures a load.</summary>
    public async Task<double> MeasureAsync(string load)
    {
        await _process.StandardInput.WriteLineAsync(load);
        var answer =
            await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The peer has ended.");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task FanAsync(TaskOrchestrationContext context, int width) =>
        await Task.WhenAll(
            Enumerable.Range(0, width).Select(number => context.CallActivityAsync<int>("Nothing", number))
        );
}
