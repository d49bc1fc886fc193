using FactCheck.Storage.Audit;

namespace FactCheck.Functions.Desk;

/// <summary>Once a day, and soon after a start, every case is held against the audit log. What contradicts is logged, and
/// whoever watches the log is woken.</summary>
/// <param name="check">Null where nothing is sealed.</param>
public sealed class DailyAudit(
    TimeProvider time,
    ILogger<DailyAudit> log,
    AuditWebhook? webhook = null,
    AuditLog? audit = null,
    AuditCheck? check = null
)
{
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);

    private DateTimeOffset _looked;

    /// <summary>Looks, if that was not done today.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        if (check is null || time.GetUtcNow() - _looked < Every)
            return;
        var findings = await check.RunAsync(mend: true, cancellation);
        _looked = time.GetUtcNow();
        foreach (var finding in findings)
            log.LogCritical(
                "Article '{Article}' ({Name}) is not what the desk wrote: {Problem}",
                finding.Article,
                finding.Name,
                finding.Problem
            );
        if (webhook is not null && audit is not null && await audit.EndAsync(cancellation) is { } end)
            await webhook.TellAsync(end, _looked, findings.Count, cancellation);
    }
}
