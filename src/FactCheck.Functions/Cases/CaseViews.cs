using FactCheck.Functions.Http;

namespace FactCheck.Functions.Cases;

/// <summary>From rows to what callers see.</summary>
public sealed class CaseViews(CaseStore cases, RunFiles files, RatingScale ratings)
{
    public static ArticleSummary Of(CaseHead head) =>
        new(
            head.Key,
            head.Name,
            head.TitleOrName(),
            head.Meta.Outlet,
            head.Meta.Purpose,
            head.Stage,
            head.Run,
            head.Statements,
            head.LeftOut,
            head.OpenTasks.Count,
            head.Rejection,
            head.Failure,
            head.PublicationDone,
            head.Retracted,
            head.CreatedAt,
            head.UpdatedAt,
            head.ContentHash,
            head.PurposeOrigin?.Problem,
            head.LittleRead,
            head.Meta.Desk
        );

    /// <param name="shown">Never null: what a former release left in the queue was mended first.</param>
    public static TaskSummary Of(QueueEntry entry, QueuedTask shown, DateTimeOffset now)
    {
        var lease = shown.Lease is { } taken && taken.RunsAt(now) ? taken : null;
        return new(
            entry.TaskId,
            shown.ArticleKey,
            shown.Title,
            shown.StatementId,
            shown.Kind,
            shown.Text,
            shown.Speaker,
            shown.State,
            shown.Origin,
            entry.Priority,
            shown.Escalated,
            shown.CreatedAt,
            entry.Deadline,
            shown.Assignee?.Name,
            lease,
            shown.ETag.Length == 0 ? "" : TagOf(shown.ETag, shown.Run, shown.IsRead),
            shown.Assignee?.Id,
            lease?.Holder.Id
        );
    }

    public static TaskSummary Of(ReviewTask task, string etag, Statement statement, CaseHead head, DateTimeOffset now)
    {
        var entry = QueueEntry.Of(new(task, etag), statement, head);
        return Of(entry, entry.Shown!, now);
    }

    /// <summary>The entity tag of a task: a newer text of its article is another version too, since places are counted
    /// in it.</summary>
    public static string TagOf(string etag, CaseHead head) => TagOf(etag, head.Run, head.IsRead());

    private static string TagOf(string etag, int run, bool isRead) =>
        Requests.TagOf($"{etag.Trim('"')}.{run}{(isRead ? "" : "+")}");

    public static StatementView Of(
        Statement statement,
        string text,
        CaseHead head,
        TaskState? state,
        string? replaced
    ) =>
        new(
            statement.Id,
            statement.Kind,
            statement.Text,
            statement.Speaker,
            statement.SpeakerReason,
            statement.SpeakerConfidence,
            statement.QuoteKind,
            statement.ClaimKind,
            statement.Worth.Score,
            statement.Worth.Reasons,
            statement.Linked,
            statement.Matches,
            statement.Insights,
            StatementPlaces.Of(statement, text, head),
            statement.TaskId,
            state,
            statement.Verdict,
            replaced,
            statement.AddedBy?.Name,
            statement.FoundBy,
            statement.Anchor.Clock()
        );

    /// <summary>The text of the newest run that could be read; null before the first.</summary>
    public async Task<ArticleText?> TextAsync(CaseHead head, CancellationToken cancellation)
    {
        for (var run = head.Run; run > 0; run--)
            if (await files.FindTextAsync(new(head.Key, run), cancellation) is { } text)
                return text;
        return null;
    }

    /// <summary>A task of the list; null when its statement is gone.</summary>
    /// <param name="known">Heads that were read for the same list: tasks of one article stand near each other.</param>
    public async Task<TaskSummary?> SummaryAsync(
        Versioned<ReviewTask> task,
        DateTimeOffset now,
        CancellationToken cancellation,
        Dictionary<string, CaseHead>? known = null
    )
    {
        var key = task.Value.ArticleKey;
        if (known?.GetValueOrDefault(key) is not { } head)
        {
            if (await cases.FindHeadAsync(key, cancellation) is not { Value: var read })
                return null;
            head = read;
            known?.Add(key, head);
        }

        var statement = await cases.FindStatementAsync(task.Value.StatementId, cancellation);
        return statement is null ? null : Of(task.Value, task.ETag, statement.Value, head, now);
    }

    public async Task<TaskDetail?> DetailAsync(
        Versioned<ReviewTask> task,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var head = await cases.HeadAsync(task.Value.ArticleKey, cancellation);
        if (await cases.FindStatementAsync(task.Value.StatementId, cancellation) is not { Value: var statement })
            return null;
        var text = (await TextAsync(head, cancellation))?.Text ?? "";
        var replaced = statement.Replaces is null
            ? null
            : (await cases.FindStatementAsync(statement.Replaces, cancellation))?.Value.Text;
        return new(
            Of(task.Value, task.ETag, statement, head, now),
            task.Value.Why,
            Of(statement, text, head, task.Value.State, replaced),
            head.Meta,
            text,
            task.Value.Drift,
            task.Value.Decision,
            await cases.DecisionsAsync(task.Value.Id, cancellation),
            [
                .. ratings
                    .Ratings.Where(r => r.Kind == statement.Kind)
                    .Select(r => new RatingChoice(r.Id, r.Labels["en"], r.Definition, r.NeedsEvidence)),
            ],
            task.Value.Decision?.By.Id
        );
    }
}
