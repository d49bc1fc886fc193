using System.Diagnostics;
using FactCheck.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Cli;

/// <summary>A host with the orchestrators that are measured, on a folder of its own that goes with it.</summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private readonly string _folder;

    private BenchHost(TestHost host, string folder) => (Host, _folder) = (host, folder);

    public TestHost Host { get; }

    public DurableTaskClient Client => Host.Client;

    /// <summary>Starts one in a new folder under <paramref name="root"/>; on a clock that is moved by hand, or on the machine's.</summary>
    public static async Task<BenchHost> StartAsync(string root, SynchronousMode mode, bool ownClock = false)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, Path.GetRandomFileName())).FullName;
        return new(await Builder(folder, mode, ownClock).StartAsync(), folder);
    }

    /// <summary>Runs one orchestration to its end; how long that took, in milliseconds.</summary>
    public async Task<double> RunAsync(string orchestrator, int size)
    {
        var start = Stopwatch.GetTimestamp();
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, size);
        var ended = await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (ended.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
            throw new InvalidOperationException($"{orchestrator}({size}) ended as {ended.RuntimeStatus}: {ended.FailureDetails?.ErrorMessage}");
        if (ended.ReadOutputAs<long>() is var sum && sum != Expected(orchestrator, size))
            throw new InvalidOperationException($"{orchestrator}({size}) gave {sum}.");
        return elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The orchestrators add up what their activities return, so that a lost or doubled answer shows.</summary>
    private static long Expected(string orchestrator, int size) => orchestrator is "Noop" ? 0 : (long)size * (size - 1) / 2;

    private static TestHostBuilder Builder(string folder, SynchronousMode mode, bool ownClock) => EmbeddedHost.ForTests()
        .WithData(folder)
        .WithIdleLimit(TimeSpan.FromMinutes(10))
        .Configure(options => options.Synchronous = mode)
        .ConfigureServices(services =>
        {
            if (!ownClock)
                services.AddSingleton(TimeProvider.System);
        })
        .AddOrchestrator("Noop", _ => Task.FromResult(0L))
        .AddOrchestrator("FanOut", async context =>
        {
            var calls = Enumerable.Range(0, context.GetInput<int>()).Select(i => context.CallActivityAsync<int>("Echo", i));
            return (await Task.WhenAll(calls)).Sum(value => (long)value);
        })
        .AddOrchestrator("Chain", ChainAsync)
        .AddOrchestrator("ChainThenWait", async context =>
        {
            await ChainAsync(context);
            return await context.WaitForExternalEvent<int>("go");
        })
        .AddOrchestrator("Wait", context => context.WaitForExternalEvent<int>("go"))
        .AddActivity<int, int>("Echo", Task.FromResult);

    private static async Task<long> ChainAsync(TaskOrchestrationContext context)
    {
        var sum = 0L;
        var size = context.GetInput<int>();
        for (var i = 0; i < size; i++)
            sum += await context.CallActivityAsync<int>("Echo", i);
        return sum;
    }
}
