using FactCheck.Functions.Reverification;
using FactCheck.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Reverification;

/// <summary>Later looks at published verdicts, where something is in the way.</summary>
public sealed class LaterLookTests
{
    [Fact]
    public async Task A_verdict_whose_question_is_open_again_stays_due()
    {
        using var site = new ChangingSite();
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk, site);
        site.Text = "The register lists another figure.";
        await desk.Host.AdvanceAsync(TimeSpan.FromDays(91));
        Assert.NotEmpty(await desk.OpenTasksAsync(article));

        await desk.Host.AdvanceAsync(TimeSpan.FromDays(1));
        await desk.Host.AdvanceAsync(TimeSpan.FromDays(1));

        var due = await desk
            .Host.Services.GetRequiredService<DeskIndex>()
            .DueAsync(desk.Host.Time.GetUtcNow().AddDays(7), 30)
            .ToListAsync();
        Assert.Equal(
            (await desk.OpenTasksAsync(article)).Select(t => t.StatementId).Order(StringComparer.Ordinal),
            due.Select(d => d.StatementId).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_page_without_sentences_still_opens_a_task()
    {
        using var site = new ChangingSite();
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk, site);
        site.Text = string.Concat(Enumerable.Repeat("број ", 60_000));

        await desk.Host.AdvanceAsync(TimeSpan.FromDays(91));

        Assert.NotEmpty(await desk.OpenTasksAsync(article));
    }

    [Fact]
    public async Task A_batch_that_is_reported_twice_counts_once()
    {
        await using var desk = await DeskHost.StartAsync();
        var index = desk.Host.Services.GetRequiredService<DeskIndex>();
        var what = new ReverificationOrder("reverify-20260302090000", desk.Host.Time.GetUtcNow(), null);
        await index.AddAsync(
            new()
            {
                Id = what.ReportId,
                AskedBy = "host",
                StartedAt = what.StartedAt,
            }
        );
        var steps = ActivatorUtilities.CreateInstance<ReverificationRunSteps>(desk.Host.Services);
        var batch = new ReverificationBatch(what, [new("a", null, null), new("b", null, "gone")], IsLast: false);

        await steps.Report(batch, default);
        await steps.Report(batch, default);
        await steps.Report(batch with { Of = what with { Batch = 2 }, IsLast = true }, default);

        var report = (await index.FindReverificationAsync(what.ReportId, what.StartedAt))!;
        Assert.Equal((4, 2), (report.Looked, report.Extended));
        Assert.NotNull(report.FinishedAt);
    }

    private static async Task<string> PublishedAsync(DeskHost desk, ChangingSite site)
    {
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t, site.Page));
        Assert.Equal(202, await desk.PublishAsync(article));
        return article;
    }
}
