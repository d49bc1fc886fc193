using FactCheck.Domain;

namespace FactCheck.Functions.Workflow;

/// <summary>A publication that an editor, or the desk's policy, asked for.</summary>
public sealed record PublicationRun(string ArticleKey, int Version);

/// <summary>
/// From closed tasks to what the public reads. What it says is decided once, the pages are written, and last the case
/// says that they are out.
/// </summary>
[Access(Role.Host)]
public static class PublishArticle
{
    /// <summary>The instance that publishes a version: starting it twice publishes once.</summary>
    public static string InstanceId(PublicationRun run) => $"publish-{run.ArticleKey}-{run.Version}";

    [Function(nameof(PublishArticle))]
    public static async Task Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var run = context.GetInput<PublicationRun>()!;
        var tasks = await context.CallActivityAsync<string[]>(
            nameof(Releasing.TasksWithoutArchive),
            run,
            Retries.Patient
        );
        await Task.WhenAll(
            tasks.Select(task => context.CallActivityAsync(nameof(Reviewing.ArchiveEvidence), task, Retries.Patient))
        );
        await context.CallActivityAsync(nameof(Releasing.Compose), run, Retries.Patient);
        await context.CallActivityAsync(nameof(Releasing.Render), run, Retries.Patient);
        await context.CallActivityAsync(nameof(Releasing.Release), run, Retries.Patient);
        await context.CallActivityAsync(nameof(Releasing.Announce), run, Retries.Patient);
    }
}
