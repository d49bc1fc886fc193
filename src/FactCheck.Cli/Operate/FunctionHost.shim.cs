#pragma warning disable CA1822
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FactCheck.Host;

internal sealed class FunctionHost : IAsyncDisposable
{
    public static FunctionHost Create(FunctionHostOptions options, Action<ILoggingBuilder>? logging = null, Action<IServiceCollection>? services = null) => new();
    public Task StartAsync(CancellationToken cancellation = default) => throw new FunctionHostException("The host is not merged yet.");
    public IReadOnlyList<Uri> Addresses { get; } = [];
    public int? WorkerProcessId { get; }
    public IReadOnlyList<string> FunctionNames { get; } = [];
    public Task WaitForShutdownAsync(CancellationToken cancellation) => Task.CompletedTask;
    public Task StopAsync() => Task.CompletedTask;
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
