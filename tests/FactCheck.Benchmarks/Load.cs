using System.Diagnostics;
using System.Globalization;
using Microsoft.DurableTask.Client;

namespace FactCheck.Benchmarks;

/// <summary>Orchestrations that do nothing but what is measured, started and waited for by Microsoft's
/// client.</summary>
internal static class Load
{
    public const int AtOnce = 256;
    private const int Many = 2_048;
    private const int InARow = 300;

    /// <summary>Runs a load and measures it.</summary>
    /// <param name="load"><c>five</c>: orchestrations of five activities a second; <c>row</c>: milliseconds an
    /// orchestration of one activity; <c>fan N</c>, <c>chain N</c>: milliseconds.</param>
    public static Task<double> RunAsync(DurableTaskClient client, string load) =>
        load.Split(' ') switch
        {
            ["five"] => FiveAsync(client),
            ["row"] => RowAsync(client),
            ["fan", var width] => RunAsync(client, "Fan", int.Parse(width, CultureInfo.InvariantCulture)),
            ["chain", var length] => RunAsync(client, "Chain", int.Parse(length, CultureInfo.InvariantCulture)),
            _ => throw new ArgumentException($"There is no load '{load}'.", nameof(load)),
        };

    private static async Task<double> FiveAsync(DurableTaskClient client)
    {
        var began = Stopwatch.GetTimestamp();
        using var turns = new SemaphoreSlim(AtOnce);
        await Task.WhenAll(
            Enumerable
                .Range(0, Many)
                .Select(async _ =>
                {
                    await turns.WaitAsync();
                    try
                    {
                        await RunAsync(client, "Five", 0);
                    }
                    finally
                    {
                        turns.Release();
                    }
                })
        );
        return Many / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<double> RowAsync(DurableTaskClient client)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < InARow; i++)
            await RunAsync(client, "Chain", 1);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds / InARow;
    }

    /// <summary>From before the start until its end is known.</summary>
    private static async Task<double> RunAsync(DurableTaskClient client, string orchestrator, int input)
    {
        var began = Stopwatch.GetTimestamp();
        var id = await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input);
        var end = await client.WaitForInstanceCompletionAsync(id);
        if (end.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
            throw new InvalidOperationException(
                $"{orchestrator} is {end.RuntimeStatus}: {end.FailureDetails?.ErrorMessage}"
            );
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
