using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Reverification;

/// <summary>Re-verification by the schedule and on demand, and what it found.</summary>
[Tags("Desk")]
public sealed class Reverifications(CaseStore cases, ReadableCases readable, DeskIndex index, TimeProvider time)
{
    private const int PageSize = 100;

    /// <summary>On the desk's schedule (setting <c>ReverifySchedule</c>): verdicts that are due are looked at
    /// again.</summary>
    [Function(nameof(ReverifyDue)), Access(Role.Host)]
    public Task ReverifyDue(
        [TimerTrigger("%ReverifySchedule%")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    ) => ReverificationRunSteps.StartAsync(client, index, Who.Host, new(null), time.GetUtcNow(), cancellation);

    /// <summary>Look again now at what verdicts rest on.</summary>
    /// <returns>Started.</returns>
    [Function(nameof(PostReverification)), Access(Role.Editor)]
    [Takes(typeof(NewReverification))]
    public async Task<Results<AcceptedAt<ReverificationAsked>, Incomplete>> PostReverification(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/reverifications")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    )
    {
        var (caller, wanted) = (request.Caller(), await request.ReadAsync<NewReverification>(cancellation));
        if (
            wanted.StatementId is { } statement
            && (
                !await readable.ListFor(caller).HasAsync(StatementId.ArticleOf(statement) ?? "", cancellation)
                || await cases.FindStatementAsync(statement, cancellation) is not { Value.Verdict: not null }
            )
        )
            return new Incomplete("Nothing to look at again.", "statementId", "A statement with a published verdict.");
        var id = await ReverificationRunSteps.StartAsync(
            client,
            index,
            caller.Who,
            new(wanted.StatementId, caller.IsParted ? caller.Desks : null),
            time.GetUtcNow(),
            cancellation
        );
        return new AcceptedAt<ReverificationAsked>("/api/reverifications", new(id));
    }

    /// <summary>What re-verification found, newest first.</summary>
    /// <returns>Up to 100; where desks are parted, what concerns the caller's.</returns>
    [Function(nameof(GetReverifications)), Access(Role.Editor)]
    [Cursor]
    public async Task<Json<ListOf<ReverificationReport>>> GetReverifications(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/reverifications")] HttpRequest request,
        CancellationToken cancellation
    )
    {
        var caller = request.Caller();
        var page = await index.ReverificationsAsync(request.Cursor(), PageSize, cancellation);
        var items = caller.IsParted ? await SeenByAsync(caller, page.Items, cancellation) : page.Items;
        var last = items.Count > 0 ? DeskIndex.CursorOf(items[^1]) : null;
        return new Json<ListOf<ReverificationReport>>(new(items, Cursors.After(request.Cursor(), last, page.Cursor)));
    }

    private async Task<IReadOnlyList<ReverificationReport>> SeenByAsync(
        Person caller,
        IReadOnlyList<ReverificationReport> reports,
        CancellationToken cancellation
    )
    {
        var articles = reports.SelectMany(r => r.Articles()).Distinct(StringComparer.Ordinal);
        var theirs = (await readable.ListFor(caller).OfAsync(articles, key => key, cancellation)).ToHashSet(
            StringComparer.Ordinal
        );
        return [.. reports.Select(r => r.SeenBy(caller, theirs)).OfType<ReverificationReport>()];
    }
}
