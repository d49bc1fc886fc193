using FactCheck.Domain;
using Microsoft.Extensions.Logging;

namespace FactCheck.Storage;

/// <summary>
/// What follows from a committed change: hints across articles, the feed of changes, orchestrations. Nothing here
/// undoes or refuses what is committed, and each part is tried whatever became of the others: a hint or an
/// orchestration that is lost is found again by the sweep, a line of the feed only delays a page.
/// </summary>
internal sealed class CaseFollowUp(DeskIndex index, ILogger log)
{
    // What pages are told of a lease or an assignment, which no audit chain keeps.
    private const string Taken = "taken";

    /// <summary>Derives and does what follows from a change of a case.</summary>
    public async Task FollowAsync(
        CaseChange change,
        CaseHead head,
        IOrchestrations? orchestrations,
        CancellationToken cancellation
    )
    {
        // Again: the sweep may have let the article go between the look and the commit.
        if (change.Begins)
            await TryAsync(head.Key, () => index.ActivateAsync(head, cancellation), cancellation);
        foreach (var (before, after) in change.Tasks)
            await TryAsync(head.Key, () => index.EnqueueAsync(after, before, cancellation), cancellation);
        if (orchestrations is not null)
            await TryAsync(head.Key, () => StartAsync(change, head, orchestrations, cancellation), cancellation);
        foreach (var note in change.Notes.Where(n => n.What.Feed is not null))
            await TryAsync(
                head.Key,
                () => index.TellAsync(head.Key, TaskOf(change, note), note.What.Feed!, cancellation),
                cancellation
            );
    }

    private async Task TryAsync(string article, Func<Task> follow, CancellationToken cancellation)
    {
        try
        {
            await follow();
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            log.LogWarning(error, "Article {Article} is changed, but not all was told of it; the sweep will", article);
        }
    }

    /// <summary>Derives and does what follows from a change of a task alone.</summary>
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

    private static async Task StartAsync(
        CaseChange change,
        CaseHead head,
        IOrchestrations orchestrations,
        CancellationToken cancellation
    )
    {
        if (change.Run is not null)
            await orchestrations.StartCheckAsync(head, cancellation);
        if (change.Publication is not null)
            await orchestrations.StartPublicationAsync(head, cancellation);
        foreach (var task in change.Tasks.Where(t => t.Starts))
            await orchestrations.StartClockAsync(task.After.Id, cancellation);
        foreach (var task in change.Tasks.Where(t => t.Ends))
            await orchestrations.WakeAsync(task.After, cancellation);
    }

    private static string? TaskOf(CaseChange change, AuditNote note) =>
        change.Tasks.FirstOrDefault(t => t.After.Id == note.Subject)?.After.Id;
}
