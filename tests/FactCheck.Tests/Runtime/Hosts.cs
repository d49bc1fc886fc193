using FactCheck.Runtime;

namespace FactCheck.Tests.Runtime;

/// <summary>Short ways to say what most tests of the runtime do.</summary>
internal static class Hosts
{
    /// <summary>Starts an orchestration, waits until nothing goes on, and returns what became of it.</summary>
    public static async Task<OrchestrationMetadata> RunAsync(this TestHost host, string orchestrator, object? input = null, string? id = null)
    {
        var instance = await host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(id), CancellationToken.None);
        await host.WhenIdleAsync();
        return await host.ReadAsync(instance);
    }

    /// <summary>Starts an orchestration and waits until nothing goes on.</summary>
    public static async Task<string> BeginAsync(this TestHost host, string orchestrator, object? input = null, string? id = null)
    {
        var instance = await host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(id), CancellationToken.None);
        await host.WhenIdleAsync();
        return instance;
    }

    /// <summary>Sends an event and waits until nothing goes on.</summary>
    public static async Task SendAsync(this TestHost host, string instance, string name, object? payload = null)
    {
        await host.Client.RaiseEventAsync(instance, name, payload);
        await host.WhenIdleAsync();
    }

    /// <summary>All that is known of an instance.</summary>
    public static async Task<OrchestrationMetadata> ReadAsync(this TestHost host, string instance) =>
        await host.Client.GetInstanceAsync(instance, getInputsAndOutputs: true) ?? throw new InvalidOperationException($"There is no {instance}.");
}
