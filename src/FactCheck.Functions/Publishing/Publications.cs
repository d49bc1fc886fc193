namespace FactCheck.Functions.Publishing;

/// <summary>Asks for versions of a fact check: by an editor's wish, or by the desk's policy.</summary>
public sealed class Publications(CaseStore cases, Settings settings, TimeProvider time)
{
    /// <summary>Notes that a version is asked for and starts it; one that is underway is started anew.</summary>
    public async Task<PublicationOutcome> AskAsync(
        string articleKey,
        string who,
        PublicationWish wish,
        IOrchestrations orchestrations,
        CancellationToken cancellation
    )
    {
        var (outcome, _) = await cases.ChangeAsync(
            articleKey,
            async head => Decide(head, await AskAsync(head, who, wish, cancellation), who, wish),
            orchestrations,
            cancellation
        );
        if (outcome is PublicationOutcome.Underway)
            await orchestrations.StartPublicationAsync(await cases.HeadAsync(articleKey, cancellation), cancellation);
        return outcome;
    }

    /// <summary>Publishes what is ready, where the desk's policy does that by itself.</summary>
    public Task AskByPolicyAsync(string articleKey, IOrchestrations orchestrations, CancellationToken cancellation) =>
        settings.Publication.Automatic
            ? AskAsync(articleKey, AuditNote.Host, new(ByPolicy: true), orchestrations, cancellation)
            : Task.CompletedTask;

    private async Task<PublicationOutcome> AskAsync(
        CaseHead head,
        string who,
        PublicationWish wish,
        CancellationToken cancellation
    )
    {
        var tasks = await cases.TasksAsync(head.Key, cancellation);
        var underway =
            head.PublicationAsked > head.PublicationDone
                ? await cases.FindPublicationAsync(head.Key, head.PublicationAsked, cancellation)
                : null;
        return Publication.Ask(head, tasks.Select(t => t.Value), underway, wish, who, time.GetUtcNow());
    }

    private static CaseDecision<PublicationOutcome> Decide(
        CaseHead head,
        PublicationOutcome outcome,
        string who,
        PublicationWish wish
    ) =>
        outcome is PublicationOutcome.Asked { Publication: var asked }
            ? new(
                outcome,
                new CaseChange(head with { PublicationAsked = asked.Version })
                    .Insert(asked)
                    .Note(
                        who,
                        wish.Retract ? AuditVerb.AskedToRetract : AuditVerb.AskedToPublish,
                        head.Key,
                        ("version", $"{asked.Version}"),
                        ("note", wish.Note)
                    )
            )
            : new(outcome);
}
