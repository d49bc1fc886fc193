using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;

namespace FactCheck.Functions.Reverification;

/// <summary>What to look at again.</summary>
/// <param name="ReportId">The report that says how far it is; also the instance id.</param>
/// <param name="StatementId">One verdict, due or not; null for everything that is due.</param>
/// <param name="Batch">Which batch is next, from 1.</param>
/// <param name="Desks">Those of who asked, where desks are parted: only what they work on is looked for. Null looks for
/// everything.</param>
public sealed record ReverificationOrder(
    string ReportId,
    DateTimeOffset StartedAt,
    string? StatementId,
    int Batch = 1,
    IReadOnlyList<string>? Desks = null
);

/// <summary>Looks at published verdicts again, a batch at a time: unchanged ones are extended without a person, changed
/// ones open tasks.</summary>
[Access(Role.Host)]
public static class ReverificationRun
{
    [Function(nameof(ReverificationRun))]
    public static async Task Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var what = context.GetInput<ReverificationOrder>()!;
        var batch = await context.CallActivityAsync<string[]>(
            nameof(ReverificationRunSteps.FindDue),
            what,
            Retries.Patient
        );
        var looks = await Task.WhenAll(batch.Select(statement => Look(context, statement)));
        var isLast = batch.Length < ReverificationRunSteps.BatchSize || looks.All(look => look.Problem is not null);
        await context.CallActivityAsync(
            nameof(ReverificationRunSteps.Report),
            new ReverificationBatch(what, looks, isLast),
            Retries.Patient
        );
        if (!isLast)
            context.ContinueAsNew(what with { Batch = what.Batch + 1 });
    }

    // One verdict that can't be looked at delays no other; it stays due.
    private static async Task<VerdictLook> Look(TaskOrchestrationContext context, string statementId)
    {
        try
        {
            return await context.CallActivityAsync<VerdictLook>(
                nameof(ReverificationRunSteps.LookAgain),
                statementId,
                Retries.Patient
            );
        }
        catch (TaskFailedException failure)
        {
            return new(statementId, null, failure.Why());
        }
    }
}
