using Microsoft.Extensions.Logging;

namespace FactCheck.Storage;

/// <summary>What follows from a committed change: hints across articles, the feed of changes, orchestrations. It undoes
/// and refuses nothing. Each part is tried whatever became of the others: the sweep finds what is lost.</summary>
internal sealed class CaseFollowUp(DeskIndex index, ILogger log)
{
    // What pages are told of a lease or an assignment, which no audit chain keeps.
    private const string Taken = "taken";

    // Before the commit: from then on the sweep looks after what begins.
    public Task PrepareAsync(CaseChange change, bool isNew, CancellationToken cancellation) =>
        isNew ? index.AddArticleAsync(new(change.Head.Key, change.Head.Name, change.Head.CreatedAt), cancellation)
        : change.Begins ? index.ActivateAsync(change.Head, cancellation)
        : Task.CompletedTask;

    public async Task FollowAsync(
        CaseChange change,
        CaseHead head,
        IOrchestrations? orchestrations,
        CancellationToken cancellation
    )
    {
        foreach (var follow in PartsOf(change, head, orchestrations, cancellation))
        {
            try
            {
                await follow();
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                log.LogWarning(error, "Article {Article} is changed, but not all followed from it", head.Key);
            }
        }
    }

    public async Task FollowAsync(TaskChange change, CancellationToken cancellation)
    {
        var (before, after) = change;
        if ((before?.Lease, before?.Assignee) != (after.Lease, after.Assignee))
            await index.TellAsync(after.ArticleKey, after.Id, Taken, cancellation);
    }

    /// <inheritdoc cref="CaseStore.RestoreAsync"/>
    public async Task RestoreAsync(ReviewTask task, IOrchestrations orchestrations, CancellationToken cancellation)
    {
        await index.EnqueueAsync(task, null, cancellation);
        if (task.IsClosed)
            await orchestrations.WakeAsync(task, cancellation);
        else
            await orchestrations.RestartClockAsync(task.Id, cancellation);
    }

    private IEnumerable<Func<Task>> PartsOf(
        CaseChange change,
        CaseHead head,
        IOrchestrations? orchestrations,
        CancellationToken cancellation
    )
    {
        // Again: the sweep may have let the article go between the look and the commit.
        if (change.Begins)
            yield return () => index.ActivateAsync(head, cancellation);
        foreach (var (before, after) in change.Tasks)
            yield return () => index.EnqueueAsync(after, before, cancellation);
        if (change.Run is not null)
            yield return () => orchestrations!.StartCheckAsync(head, cancellation);
        if (change.Publication is not null)
            yield return () => orchestrations!.StartPublicationAsync(head, cancellation);
        foreach (var task in change.Tasks.Where(t => t.Starts))
            yield return () => orchestrations!.StartClockAsync(task.After.Id, cancellation);
        foreach (var task in change.Tasks.Where(t => t.Ends))
            yield return () => orchestrations!.WakeAsync(task.After, cancellation);
        foreach (var note in change.Notes)
            if (note.What.Feed is { } word)
                yield return () => index.TellAsync(head.Key, TaskOf(change, note), word, cancellation);
    }

    private static string? TaskOf(CaseChange change, AuditNote note) =>
        change.Tasks.FirstOrDefault(t => t.After.Id == note.Subject)?.After.Id;
}
