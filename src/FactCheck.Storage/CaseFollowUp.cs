using Microsoft.Extensions.Logging;

namespace FactCheck.Storage;

/// <summary>What follows from a committed change: hints across articles, the feed of changes, orchestrations. It undoes
/// and refuses nothing. Each part is tried whatever became of the others: the sweep finds what is lost.</summary>
internal sealed class CaseFollowUp(CaseStore cases, DeskIndex index, TaskQueue queue, ILogger log)
{
    // What pages are told of a lease or an assignment, which no audit chain keeps.
    private const string Taken = "taken";

    // Before the commit: from then on the sweep looks after what begins.
    public Task PrepareAsync(CaseChange change, bool isNew, CancellationToken cancellation) =>
        isNew ? index.AddArticleAsync(new(change.Head.Key, change.Head.Name, change.Head.CreatedAt), cancellation)
        : change.Begins ? index.ActivateAsync(change.Head, cancellation)
        : Task.CompletedTask;

    // False when something was lost.
    public async Task<bool> FollowAsync(
        CaseChange change,
        CaseHead head,
        IOrchestrations? orchestrations,
        CancellationToken cancellation
    )
    {
        var hasFollowed = await AllAsync(head.Key, PartsOf(change, head, orchestrations, cancellation), cancellation);
        // Pages ask for the queue when they are told.
        await AllAsync(head.Key, NewsOf(change, head, cancellation), cancellation);
        return hasFollowed;
    }

    public async Task FollowAsync(TaskChange change, CancellationToken cancellation)
    {
        var (before, after) = change;
        await AllAsync(after.ArticleKey, [() => queue.ShowAsync([change], cancellation)], cancellation);
        if ((before?.Lease, before?.Assignee) != (after.Lease, after.Assignee))
            await index.TellAsync(after.ArticleKey, after.Id, Taken, cancellation);
    }

    /// <inheritdoc cref="CaseStore.RestoreAsync"/>
    public async Task RestoreAsync(ReviewTask task, IOrchestrations orchestrations, CancellationToken cancellation)
    {
        await queue.ShowAsync(task, cancellation);
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
        if (change.Tasks.Count > 0)
            yield return () => queue.ShowAsync(change.Tasks, cancellation);
        if (change.Run is not null)
            yield return () => orchestrations!.StartCheckAsync(head, cancellation);
        if (change.Publication is not null)
            yield return () => orchestrations!.StartPublicationAsync(head, cancellation);
        foreach (var task in change.Tasks.Where(t => t.Starts))
            yield return () => StartClockAsync(task.After, orchestrations!, cancellation);
        foreach (var task in change.Tasks.Where(t => t.Ends))
            yield return () => orchestrations!.WakeAsync(task.After, cancellation);
    }

    private IEnumerable<Func<Task>> NewsOf(CaseChange change, CaseHead head, CancellationToken cancellation)
    {
        foreach (var note in change.Notes)
            if (note.What.Feed is { } word)
                yield return () => index.TellAsync(head.Key, TaskOf(change, note), word, cancellation);
    }

    // Somebody may have decided before there was a clock to be woken.
    private async Task StartClockAsync(
        ReviewTask task,
        IOrchestrations orchestrations,
        CancellationToken cancellation
    )
    {
        await orchestrations.StartClockAsync(task, cancellation);
        if (await cases.FindTaskAsync(task.Id, cancellation) is { Value: { IsClosed: true } closed })
            await orchestrations.WakeAsync(closed, cancellation);
    }

    private async Task<bool> AllAsync(string article, IEnumerable<Func<Task>> parts, CancellationToken cancellation) =>
        (await Task.WhenAll(parts.Select(part => TryAsync(article, part, cancellation)))).All(isDone => isDone);

    private async Task<bool> TryAsync(string article, Func<Task> part, CancellationToken cancellation)
    {
        try
        {
            await part();
            return true;
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            log.LogWarning(error, "Article {Article} is changed, but not all followed from it", article);
            return false;
        }
    }

    private static string? TaskOf(CaseChange change, AuditNote note) =>
        change.Tasks.FirstOrDefault(t => t.After.Id == note.Subject)?.After.Id;
}
