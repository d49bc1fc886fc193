using FactCheck.Functions.Access;

namespace FactCheck.Functions.Archive;

/// <summary>Takes the copies that a verdict rests on.</summary>
[Access(Role.Host)]
public sealed class ArchiveSteps(CaseStore cases, EvidenceArchive archive)
{
    /// <summary>Copies of what a verdict rests on, as it was when it was decided. A link that can't be copied says why,
    /// and stops nothing.</summary>
    [Function(nameof(ArchiveEvidence))]
    public async Task ArchiveEvidence([ActivityTrigger] string taskId, CancellationToken cancellation)
    {
        var (task, _) = await cases.TaskAsync(taskId, cancellation);
        if (!EvidenceArchive.IsWanted(task))
            return;
        var evidence = new List<Evidence>();
        foreach (var item in task.Decision!.Evidence)
            evidence.Add(await archive.CopyAsync(item, cancellation));
        await cases.ChangeAsync(
            task.ArticleKey,
            async head =>
            {
                var current = await cases.TaskAsync(taskId, cancellation);
                if (!EvidenceArchive.IsWanted(current.Value))
                    return null;
                var decision = current.Value.Decision! with { Evidence = evidence };
                return new CaseChange(head)
                    .Replace(current, current.Value with { Decision = decision })
                    .Note(
                        AuditNote.Host,
                        AuditVerb.Archived,
                        taskId,
                        ("copies", $"{evidence.Count(e => e.Snapshot is not null)}"),
                        ("problems", $"{evidence.Count(e => e.SnapshotProblem is not null)}")
                    );
            },
            cancellation: cancellation
        );
    }
}
