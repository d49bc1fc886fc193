using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Review;

namespace FactCheck.Functions.Articles;

/// <summary>The way an article goes, from bytes to review tasks. Read this file first. It takes minutes; the tasks it
/// opens wait for weeks on their own (<see cref="ReviewStatement"/>).</summary>
[Access(Role.Host)]
public static class CheckArticle
{
    [Function(Orchestrations.CheckArticle)]
    public static async Task<RunState> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var run = context.GetInput<ArticleRun>()!;
        try
        {
            var reading = await Read(context, run);
            if (!reading.GoOn)
                return reading.State;
            if (reading.AtOnce && await CheckAtOnce(context, run))
                return RunState.Done;

            await context.CallActivityAsync(nameof(CheckArticleSteps.Extract), run, Retries.Patient);
            await Analyze(context, run, reading.Chunks);
            await context.CallActivityAsync(nameof(CheckArticleSteps.Match), run, Retries.Patient);
            await context.CallActivityAsync(nameof(CheckArticleSteps.Select), run, Retries.Patient);
            await context.CallActivityAsync(nameof(CheckArticleSteps.OpenReviews), run, Retries.Patient);
            return RunState.Done;
        }
        catch (TaskFailedException failure)
        {
            await context.CallActivityAsync(
                nameof(CheckArticleSteps.MarkFailed),
                new FailedRun(run, $"{failure.TaskName}: {failure.Why()}"),
                Retries.Patient
            );
            return RunState.Failed;
        }
    }

    private static Task<bool> CheckAtOnce(TaskOrchestrationContext context, ArticleRun run) =>
        context.CallActivityAsync<bool>(nameof(CheckArticleSteps.CheckAtOnce), run, Retries.Patient);

    // A costly file waits its turn here, where waiting costs nothing, and not in a step that others need.
    private static async Task<IngestResult> Read(TaskOrchestrationContext context, ArticleRun run)
    {
        for (var turn = 1; ; turn++)
        {
            var reading = await context.CallActivityAsync<IngestResult>(
                nameof(CheckArticleSteps.Ingest),
                run,
                Retries.Patient
            );
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
                        context.CallActivityAsync(
                            nameof(CheckArticleSteps.Analyze),
                            new ChunkOfRun(run, chunk),
                            Retries.Brief
                        )
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
