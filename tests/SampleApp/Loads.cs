using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace SampleApp;

/// <summary>Orchestrations that do nothing but what is measured: tests/FactCheck.Benchmarks starts them.</summary>
public static class Loads
{
    [Function("Five")]
    public static Task FiveAsync([OrchestrationTrigger] TaskOrchestrationContext context) => FanAsync(context, 5);

    [Function("Fan")]
    public static Task FanAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        FanAsync(context, context.GetInput<int>());

    [Function("Chain")]
    public static async Task ChainAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        for (var step = context.GetInput<int>(); step > 0; step--)
            await context.CallActivityAsync<int>("Nothing", step);
    }

    [Function("Wait")]
    public static Task WaitAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.WaitForExternalEvent<int>("go");

    [Function("Nothing")]
    public static int Nothing([ActivityTrigger] int number) => number;

    private static Task FanAsync(TaskOrchestrationContext context, int width) =>
        Task.WhenAll(Enumerable.Range(0, width).Select(number => context.CallActivityAsync<int>("Nothing", number)));
}
