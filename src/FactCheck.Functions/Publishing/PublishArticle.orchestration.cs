using FactCheck.Functions.Access;
using FactCheck.Functions.Archive;
using FactCheck.Functions.Cases;

namespace FactCheck.Functions.Publishing;

/// <summary>From closed tasks to what the public reads. What it says is decided once, the pages are written, and last
/// the case says that they are out.</summary>
[Access(Role.Host)]
public static class PublishArticle
{
    [Function(Orchestrations.PublishArticle)]
    public static async Task Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var run = context.GetInput<PublicationRun>()!;
        var tasks = await context.CallActivityAsync<string[]>(
            nameof(PublishArticleSteps.TasksWithoutArchive),
            run,
            Retries.Patient
        );
        await Task.WhenAll(
            tasks.Select(task => context.CallActivityAsync(nameof(ArchiveSteps.ArchiveEvidence), task, Retries.Patient))
        );
        await context.CallActivityAsync(nameof(PublishArticleSteps.Compose), run, Retries.Patient);
        await context.CallActivityAsync(nameof(PublishArticleSteps.Render), run, Retries.Patient);
        await context.CallActivityAsync(nameof(PublishArticleSteps.Release), run, Retries.Patient);
        await context.CallActivityAsync(nameof(PublishArticleSteps.Announce), run, Retries.Patient);
    }
}
