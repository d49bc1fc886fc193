using DurableTask.Core.Exceptions;

namespace FactCheck.Functions.Cases;

/// <summary>One version of an article.</summary>
public sealed record ArticleRun(string ArticleKey, int Seq)
{
    /// <summary>The instance that checks it: starting it twice starts it once.</summary>
    public string InstanceId() => $"check-{ArticleKey}-{Seq}";
}

/// <summary>A publication that an editor, or the desk's policy, asked for.</summary>
public sealed record PublicationRun(string ArticleKey, int Version)
{
    /// <summary>The instance that publishes it: starting it twice publishes once.</summary>
    public string InstanceId() => $"publish-{ArticleKey}-{Version}";
}

/// <summary>The clock of a task.</summary>
/// <param name="WaitsAgain">Of clocks that a former release started: true when it is not their first wait.</param>
/// <param name="Wait">What it waits for; null where the row must be asked.</param>
public sealed record ReviewClock(string TaskId, bool WaitsAgain = false, ReviewWait? Wait = null)
{
    /// <summary>The instance that waits for the task's decision.</summary>
    public string InstanceId() => $"review-{TaskId}";
}

/// <summary>What a task's clock waits for.</summary>
/// <param name="IsOver">True when the task is closed.</param>
public sealed record ReviewWait(bool IsOver, string Event, DateTimeOffset NextReminder)
{
    /// <summary>As the row of a task says.</summary>
    public static ReviewWait Of(ReviewTask task) => new(task.IsClosed, task.WakeEvent, task.NextReminder);

    /// <summary>How long from <paramref name="now"/>; never less than a second, so that a clock that is late rings at
    /// once.</summary>
    public TimeSpan Until(DateTime now)
    {
        var left = NextReminder.UtcDateTime - now;
        return left < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : left;
    }
}

/// <summary>The orchestrations beside cases, as the rooms above define them.</summary>
internal sealed class Orchestrations(DurableTaskClient client) : IOrchestrations
{
    public const string CheckArticle = nameof(CheckArticle);
    public const string PublishArticle = nameof(PublishArticle);
    public const string ReviewStatement = nameof(ReviewStatement);

    public Task StartCheckAsync(CaseHead head, CancellationToken cancellation)
    {
        var run = new ArticleRun(head.Key, head.Run);
        return StartAsync(CheckArticle, run, run.InstanceId(), cancellation);
    }

    public async Task StartPublicationAsync(CaseHead head, CancellationToken cancellation)
    {
        using var trace = ArticleTrace.Continue("article.publish", head);
        var run = new PublicationRun(head.Key, head.PublicationAsked);
        await StartAsync(PublishArticle, run, run.InstanceId(), cancellation);
    }

    public Task StartClockAsync(ReviewTask task, CancellationToken cancellation) =>
        StartAsync(new ReviewClock(task.Id, Wait: ReviewWait.Of(task)), cancellation);

    public async Task<bool> RestartClockAsync(string taskId, CancellationToken cancellation)
    {
        var clock = new ReviewClock(taskId);
        return !await IsRunningAsync(clock.InstanceId(), cancellation) && await StartAsync(clock, cancellation);
    }

    // A clock that does not run has nothing to be told; Durable Functions would throw.
    public async Task WakeAsync(ReviewTask task, CancellationToken cancellation)
    {
        var clock = new ReviewClock(task.Id).InstanceId();
        if (await IsRunningAsync(clock, cancellation))
            await client.RaiseEventAsync(clock, task.WakeEvent, "changed", cancellation);
    }

    public async Task<bool> IsRunningAsync(string instanceId, CancellationToken cancellation) =>
        await client.GetInstanceAsync(instanceId, cancellation) is { IsCompleted: false };

    private Task<bool> StartAsync(ReviewClock clock, CancellationToken cancellation) =>
        StartAsync(ReviewStatement, clock, clock.InstanceId(), cancellation);

    // False when it is there already: somebody was quicker, which is what was wanted.
    private async Task<bool> StartAsync<T>(string name, T input, string instanceId, CancellationToken cancellation)
    {
        try
        {
            var options = new StartOrchestrationOptions(instanceId);
            await client.ScheduleNewOrchestrationInstanceAsync(name, input, options, cancellation);
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }
}
