using FactCheck.Storage;

namespace FactCheck.Tests.Storage;

/// <summary>Orchestrations that hear of nothing: what a crash between a commit and its follow-up leaves.</summary>
internal sealed class DeafOrchestrations : IOrchestrations
{
    public Task StartCheckAsync(CaseHead head, CancellationToken cancellation) => Task.CompletedTask;

    public Task StartPublicationAsync(CaseHead head, CancellationToken cancellation) => Task.CompletedTask;

    public Task StartClockAsync(ReviewTask task, CancellationToken cancellation) => Task.CompletedTask;

    public Task<bool> RestartClockAsync(string taskId, CancellationToken cancellation) => Task.FromResult(false);

    public Task WakeAsync(ReviewTask task, CancellationToken cancellation) => Task.CompletedTask;
}
