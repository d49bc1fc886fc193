using FactCheck.Runtime;

namespace FactCheck.Cli;

/// <summary>The process of a soak that is killed: starts orchestrations and sends their events as fast as it can, and writes down what was acknowledged.</summary>
internal static class SoakChild
{
    private const int Lanes = 16;

    /// <summary>Runs until it is killed, or refused.</summary>
    public static async Task<int> RunAsync(string folder, int seed, int pauseMilliseconds, Output output)
    {
        await using var host = await StartAsync(folder, seed);
        using var acknowledged = new Acknowledgements(Path.Combine(folder, "acknowledged.jsonl"));
        // Compiled by a first one: what is killed is work, not the start of it.
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Work", new SoakWork.Input(seed, 0, 0), new StartOrchestrationOptions($"{seed}-{seed}-first-{Environment.ProcessId}"));
        output.Line("ready");
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => LoadAsync(host.Client, acknowledged, seed, lane, pauseMilliseconds))));
            return 0;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The engine has given up: another owner has the file, or the disk failed.
            output.Line($"stopped: {exception.Message}");
            return ExitCode.EndedBadly;
        }
    }

    private static async Task<TestHost> StartAsync(string folder, int seed)
    {
        try
        {
            return await SoakWork.Host(folder, evictAlways: seed % 4 == 0).StartAsync();
        }
        catch (EmbeddedHostException refused)
        {
            throw new CommandException(ExitCode.Conflict, refused.Message, refused);
        }
    }

    private static async Task LoadAsync(DurableTaskClient client, Acknowledgements acknowledged, int seed, int lane, int pauseMilliseconds)
    {
        for (var i = 0; ; i++)
        {
            var program = HashCode(seed, lane, i);
            var id = $"{program}-{seed}-{lane}-{i}";
            await client.ScheduleNewOrchestrationInstanceAsync("Work", new SoakWork.Input(program, 0, 0), new StartOrchestrationOptions(id));
            acknowledged.Add(id);
            foreach (var (name, payload) in SoakWork.Events(program))
            {
                await client.RaiseEventAsync(id, name, payload);
                acknowledged.Add(id, name);
            }
            if (pauseMilliseconds > 0)
                await Task.Delay(pauseMilliseconds);
            else if (i % 4 == 3)
                await client.WaitForInstanceCompletionAsync(id);
        }
    }

    /// <summary>The same in every process, which <see cref="System.HashCode"/> is not.</summary>
    private static int HashCode(int seed, int lane, int number) => (int)((((uint)seed * 2654435761u) ^ ((uint)lane * 40503u) ^ ((uint)number * 2246822519u)) & 0xFFFFFF);
}
