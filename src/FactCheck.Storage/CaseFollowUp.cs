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

    // False when something was lost. It is committed: whoever asked for it may leave, and it follows all the same.
    public async Task<bool> FollowAsync(CaseChange change, CaseHead head, IOrchestrations? orchestrations)
    {
        var parts = PartsOf(change, head, orchestrations).Select(part => TryAsync(head.Key, part));
        var hasFollowed = (await Task.WhenAll(parts)).All(isDone => isDone);
        // Pages ask for the queue when they are told, and go on behind what they were told last: one after the other.
        foreach (var note in change.Notes)
            if (note.What.Feed is { } word)
                await TryAsync(head.Key, () => index.TellAsync(head.Key, TaskOf(change, note), word));
        return hasFollowed;
    }

    public async Task FollowAsync(TaskChange change)
    {
        var (before, after) = change;
        await TryAsync(after.ArticleKey, () => queue.ShowAsync([change]));
        if ((before?.Lease, before?.Assignee) != (after.Lease, after.Assignee))
            await TryAsync(after.ArticleKey, () => index.TellAsync(after.ArticleKey, after.Id, Taken));
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

    private IEnumerable<Func<Task>> PartsOf(CaseChange change, CaseHead head, IOrchestrations? orchestrations)
    {
        // Again: the sweep may have let the article go between the look and the commit.
        if (change.Begins)
            yield return () => index.ActivateAsync(head);
        if (change.Tasks.Count > 0 || change.HasRun)
            yield return () => ShowAsync(change, head);
        if (change.Run is not null)
            yield return () => orchestrations!.StartCheckAsync(head, default);
        if (change.Publication is not null)
            yield return () => orchestrations!.StartPublicationAsync(head, default);
        foreach (var task in change.Tasks.Where(t => t.Starts))
            yield return () => StartClockAsync(task.After, orchestrations!);
        foreach (var task in change.Tasks.Where(t => t.Ends))
            yield return () => orchestrations!.WakeAsync(task.After, default);
    }

    // The version of a task that stays open is another with each run.
    private async Task ShowAsync(CaseChange change, CaseHead head)
    {
        IReadOnlyList<Versioned<ReviewTask>> tasks = change.HasRun ? await cases.TasksAsync(head.Key) : [];
        var others = tasks
            .Where(task => !task.Value.IsClosed && change.Tasks.All(changed => changed.After.Id != task.Value.Id))
            .Select(task => new TaskChange(null, task.Value));
        await queue.ShowAsync([.. change.Tasks, .. others]);
    }

    // Somebody may have decided before there was a clock to be woken.
    private async Task StartClockAsync(ReviewTask task, IOrchestrations orchestrations)
    {
        await orchestrations.StartClockAsync(task, default);
        if (await cases.FindTaskAsync(task.Id) is { Value: { IsClosed: true } closed })
            await orchestrations.WakeAsync(closed, default);
    }

    private async Task<bool> TryAsync(string article, Func<Task> part)
    {
        try
        {
            await part();
            return true;
        }
        catch (Exception error)
        {
            log.LogWarning(error, "Article {Article} is changed, but not all followed from it", article);
            return false;
        }
    }

    private static string? TaskOf(CaseChange change, AuditNote note) =>
        change.Tasks.FirstOrDefault(t => t.After.Id == note.Subject)?.After.Id;
}
