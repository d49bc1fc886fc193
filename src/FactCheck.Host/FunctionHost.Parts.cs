using FactCheck.Host.Worker;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Host;

#pragma warning disable CA1822 // until they are put in
// Where the engine and the triggers are put in.
public sealed partial class FunctionHost
{
    /// <summary>Claims the data folder.</summary>
    private void OpenParts() => Tasks = new(_workers);

    /// <summary>Runs what the engine asks for.</summary>
    internal FunctionTasks Tasks { get; private set; } = null!;

    /// <summary>What answers at the workers' listener beside the worker's stream.</summary>
    private void RegisterParts(IServiceCollection services) { }

    private void MapWorkerParts(IEndpointRouteBuilder routes) { }

    /// <summary>The host's own routes, below <c>/runtime</c>.</summary>
    private void MapPublicParts(IEndpointRouteBuilder routes) { }

    /// <summary>What stands still, in sentences.</summary>
    private IReadOnlyList<string> Problems() => [];

    /// <summary>The functions are loaded: orchestrations go on, and triggers begin.</summary>
    private void StartParts() { }

    /// <summary>Triggers first, then what they began.</summary>
    private Task StopPartsAsync() => Task.CompletedTask;

    private ValueTask DisposePartsAsync() => ValueTask.CompletedTask;
}
