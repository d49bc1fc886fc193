using FactCheck.Domain;

namespace FactCheck.Functions.Workflow;

/// <summary>One version of an article.</summary>
public sealed record ArticleRun(string ArticleKey, int Seq);

/// <summary>
/// The way an article goes, from bytes to review tasks. Read this file first. It takes minutes; the tasks it opens
/// wait for weeks on their own (<see cref="ReviewStatement"/>).
/// </summary>
[Access(Role.Host)]
public static class CheckArticle
{
    /// <summary>The instance that checks a run: starting it twice starts it once.</summary>
    public static string InstanceId(ArticleRun run) => $"check-{run.ArticleKey}-{run.Seq}";

    [Function(nameof(CheckArticle))]
    public static async Task<RunState> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var run = context.GetInput<ArticleRun>()!;
        try
        {
            var reading = await Read(context, run);
            if (!reading.GoOn)
                return reading.State;

            await context.CallActivityAsync(nameof(Checking.Extract), run, Retries.Patient);
            await Analyze(context, run, reading.Chunks);
            await context.CallActivityAsync(nameof(Checking.Match), run, Retries.Patient);
            await context.CallActivityAsync(nameof(Checking.Select), run, Retries.Patient);
            await context.CallActivityAsync(nameof(Checking.OpenReviews), run, Retries.Patient);
            return RunState.Done;
        }
        catch (TaskFailedException failure)
        {
            await context.CallActivityAsync(
                nameof(Checking.MarkFailed),
                new FailedRun(run, $"{failure.TaskName}: {failure.Why()}"),
                Retries.Patient
            );
            return RunState.Failed;
        }
    }

    // A costly file waits its turn here, where waiting costs nothing, and not in a step that others need.
    private static async Task<Reading> Read(TaskOrchestrationContext context, ArticleRun run)
    {
        for (var turn = 1; ; turn++)
        {
            var reading = await context.CallActivityAsync<Reading>(nameof(Checking.Ingest), run, Retries.Patient);
            if (!reading.IsBusy)
                return reading;
            await context.CreateTimer(Retries.Turn(turn), CancellationToken.None);
        }
    }

    // Insights are optional: a review never waits for text analytics that does not answer.
    private static async Task Analyze(TaskOrchestrationContext context, ArticleRun run, int chunks)
    {
        try
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, chunks)
                    .Select(chunk =>
                        context.CallActivityAsync(nameof(Checking.Analyze), new ChunkOfRun(run, chunk), Retries.Brief)
                    )
            );
        }
        catch (TaskFailedException failure)
        {
            context
                .CreateReplaySafeLogger(typeof(CheckArticle))
                .LogWarning("No insights for {Article}: {Error}", run.ArticleKey, failure.Why());
        }
    }
}

/// <summary>How often a step is tried.</summary>
internal static class Retries
{
    /// <summary>For steps that must succeed: 2, 4, 8, … seconds, about a quarter of an hour in all.</summary>
    public static readonly TaskOptions Patient = TaskOptions.FromRetryPolicy(
        new RetryPolicy(9, TimeSpan.FromSeconds(2), 2, TimeSpan.FromMinutes(5))
    );

    /// <summary>How long a file waits before it asks again for its turn: 2, 4, 6, … seconds, at most 30.</summary>
    public static TimeSpan Turn(int turn) => TimeSpan.FromSeconds(Math.Min(30, 2 * turn));

    /// <summary>For steps that can be done without: 1, 2 seconds.</summary>
    public static readonly TaskOptions Brief = TaskOptions.FromRetryPolicy(
        new RetryPolicy(3, TimeSpan.FromSeconds(1), 2)
    );
}

/// <summary>What a step that failed says.</summary>
internal static class Failures
{
    // What travels between functions has at most 64 KB, and a batch of looks may hold fifty of these.
    private const int LongestMessage = 500;

    /// <summary>The message of the failure, cut where it is long.</summary>
    public static string Why(this TaskFailedException failure) =>
        failure.FailureDetails.ErrorMessage is { Length: > LongestMessage } message
            ? message[..LongestMessage] + " …"
            : failure.FailureDetails.ErrorMessage;
}
