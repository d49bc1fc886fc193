using System.Globalization;
using System.Text.Json;
using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;

namespace FactCheck.Functions.Desk;

/// <summary>Repairs what a crash between two steps leaves behind. Works through the active articles, some each
/// minute.</summary>
[Access(Role.Host)]
public sealed class Sweeper(
    CaseStore cases,
    DeskIndex index,
    TaskQueue queue,
    Tokens tokens,
    UploadCounts uploads,
    AccessLog access,
    Settings settings,
    DailyAudit audit,
    TimeProvider time,
    ILogger<Sweeper> log
)
{
    private const int ArticlesAPage = 100;
    private const int TokensAtOnce = 500;

    // A wake this old was lost: its event, or the orchestration that waited for it.
    private static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(2);

    // Asking the engine about each open task is the dear part; an hour without a clock harms no task that waits for
    // days.
    private static readonly TimeSpan CheckClocksEvery = TimeSpan.FromHours(1);

    // An article with nothing open is left alone after a while.
    private static readonly TimeSpan InactiveAfter = TimeSpan.FromHours(1);

    private static readonly TimeSpan ForgetEvery = TimeSpan.FromHours(1);

    // Whoever lost the answer to a decision asks again within minutes.
    private static readonly TimeSpan KeepAnswersFor = TimeSpan.FromDays(1);

    // Rows that nothing else would look at, since their task is closed or stands elsewhere; few, since each costs some
    // requests on Azure.
    private const int PlacesAtOnce = 10;

    private DateTimeOffset _forgot;
    private string? _place = Random.Shared.Next(TaskQueue.Priorities).ToString("D3", CultureInfo.InvariantCulture);

    /// <summary>Each minute: what was lost on the way is done again.</summary>
    [Function(nameof(Sweep))]
    public Task Sweep(
        [TimerTrigger("0 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    ) => SweepAsync(client, cancellation);

    internal async Task SweepAsync(DurableTaskClient client, CancellationToken cancellation)
    {
        var orchestrations = new Orchestrations(client);
        await index.ForgetChangesAsync(cancellation);
        await ForgetAsync(cancellation);
        await TryAsync(
            () => MendQueueAsync(cancellation),
            error => log.LogError(error, "The queue could not be looked at")
        );
        for (string? cursor = null; ; )
        {
            var page = await index.ActiveAsync(cursor, ArticlesAPage, cancellation);
            foreach (var entry in page.Items)
                await TryAsync(
                    () => SweepAsync(orchestrations, entry, cancellation),
                    error => log.LogError(error, "Article {Article} could not be swept; the others are", entry.Key)
                );

            if ((cursor = page.Cursor) is null)
                break;
        }

        await audit.LookAsync(cancellation);
    }

    // From where the last sweep of this process came to, the first anywhere: all of the queue in some hours.
    private async Task MendQueueAsync(CancellationToken cancellation)
    {
        var places = await queue.ListAsync(_place, PlacesAtOnce, cancellation);
        _place = places.Count < PlacesAtOnce ? null : places[^1].Key;
        foreach (var (key, entry) in places)
            await TryAsync(
                () => queue.MendAsync(key, entry, cancellation),
                error => log.LogError(error, "Task {Task}: its place in the queue could not be looked at", entry.TaskId)
            );
    }

    // What is wrong with one keeps nobody from looking at the others.
    private static async Task TryAsync(Func<Task> look, Action<Exception> tell)
    {
        try
        {
            await look();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            tell(error);
        }
    }

    // By the clock of this process: asked more often, as by several of them, it does no harm.
    private async Task ForgetAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now - _forgot < ForgetEvery)
            return;
        _forgot = now;
        await uploads.ForgetAsync(cancellation);
        await access.ForgetAsync(settings.Access.LogDays, cancellation);
        if (await tokens.ForgetEndedAsync(TokensAtOnce, cancellation) is > 0 and var count)
            log.LogInformation("{Count} tokens and sign-in codes had ended and were removed", count);
    }

    private Task ForgetAnswersAsync(string articleKey, DateTimeOffset before, CancellationToken cancellation) =>
        cases.ForgetAnswersAsync(
            articleKey,
            json => JsonSerializer.Deserialize(json, KeptJson.Default.KeptAnswer)!.Answer.Article.UpdatedAt < before,
            cancellation
        );

    private async Task SweepAsync(Orchestrations orchestrations, ArticleEntry entry, CancellationToken cancellation)
    {
        var (now, articleKey) = (time.GetUtcNow(), entry.Key);
        if (await cases.FindHeadAsync(articleKey, cancellation) is not { Value: var head })
        {
            if (now - entry.CreatedAt < LostAfter)
                return; // its first row may be on the way
            // announced, but its event died before the first row; a new event announces it again
            await index.DeactivateAsync(articleKey, cancellation);
            return;
        }

        var wakes = await cases.WakesAsync(articleKey, cancellation);
        foreach (var wake in wakes.Where(w => now - w.At >= LostAfter))
            await WakeAsync(orchestrations, wake.TaskId, cancellation);
        await RestartRunAsync(orchestrations, head, now, cancellation);
        await RestartPublicationAsync(orchestrations, head, now, cancellation);
        if (now - head.UpdatedAt >= CheckClocksEvery && now.Minute == head.UpdatedAt.Minute)
        {
            foreach (var task in head.OpenTasks)
                await RestoreAsync(orchestrations, task, cancellation);
            await ForgetAnswersAsync(articleKey, now - KeepAnswersFor, cancellation);
        }

        if (
            wakes.Count == 0
            && head.OpenTasks.Count == 0
            && now - head.UpdatedAt >= InactiveAfter
            && IsOut(head)
            && !IsChecking(head)
        )
        {
            await ForgetAnswersAsync(articleKey, now - InactiveAfter, cancellation); // nobody comes back for the rest
            await index.DeactivateAsync(articleKey, cancellation);
            // Somebody may have begun something between the look and now.
            if (
                await cases.FindHeadAsync(articleKey, cancellation) is { Value: var after }
                && after.UpdatedAt != head.UpdatedAt
            )
                await index.ActivateAsync(after, cancellation);
        }
    }

    private async Task RestoreAsync(Orchestrations orchestrations, string taskId, CancellationToken cancellation)
    {
        await RestartClockAsync(orchestrations, taskId, cancellation);
        if (await cases.FindTaskAsync(taskId, cancellation) is { Value: { IsClosed: false } task })
            await queue.ShowAsync(task, cancellation);
    }

    private async Task WakeAsync(Orchestrations orchestrations, string taskId, CancellationToken cancellation)
    {
        await RestartClockAsync(orchestrations, taskId, cancellation);
        if (await cases.FindTaskAsync(taskId, cancellation) is { Value: var task })
            await orchestrations.WakeAsync(task, cancellation);
        log.LogWarning("Task {Task}: its decision was not seen in time; woken again", taskId);
    }

    private async Task RestartRunAsync(
        Orchestrations orchestrations,
        CaseHead head,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (!IsChecking(head) || now - head.UpdatedAt < LostAfter)
            return;
        if (await orchestrations.IsRunningAsync(new ArticleRun(head.Key, head.Run).InstanceId(), cancellation))
            return;
        log.LogWarning("Article {Article}: run {Run} had stopped; started again", head.Key, head.Run);
        using var trace = ArticleTrace.Continue("article.restart", head);
        await orchestrations.StartCheckAsync(head, cancellation);
    }

    private async Task RestartPublicationAsync(
        Orchestrations orchestrations,
        CaseHead head,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (IsOut(head) || now - head.UpdatedAt < LostAfter)
            return;
        var run = new PublicationRun(head.Key, head.PublicationAsked);
        if (await orchestrations.IsRunningAsync(run.InstanceId(), cancellation))
            return;
        log.LogWarning("Article {Article}: publication {Version} had stopped; started again", head.Key, run.Version);
        await orchestrations.StartPublicationAsync(head, cancellation);
    }

    private async Task RestartClockAsync(Orchestrations orchestrations, string taskId, CancellationToken cancellation)
    {
        if (await orchestrations.RestartClockAsync(taskId, cancellation))
            log.LogWarning("Task {Task}: its clock had stopped; started again", taskId);
    }

    private static bool IsOut(CaseHead head) =>
        head.PublicationAsked == head.PublicationDone && head.Announced >= head.PublicationDone;

    private static bool IsChecking(CaseHead head) =>
        head.Stage is >= ArticleStage.Received and <= ArticleStage.Selecting;
}
