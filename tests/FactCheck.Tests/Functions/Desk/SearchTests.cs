using FactCheck.Functions.Desk;
using FactCheck.Functions.Http;
using FactCheck.Functions.Publishing;
using FactCheck.Storage;

namespace FactCheck.Tests.Functions.Desk;

/// <summary>Which published verdicts are found, and which are like a statement.</summary>
public sealed class SearchTests : IDisposable
{
    private const string Bridge = "The bridge over the Lenne cost 42 million euros.";

    private readonly BareDesk _desk = new();
    private readonly PublishedVerdicts _verdicts;
    private readonly Search _search;

    public SearchTests()
    {
        _verdicts = new(_desk.Index);
        _search = new(_verdicts, _desk.Cases, new(new() { PublicBaseUrl = new("https://desk.example/") }));
    }

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Verdicts_are_found_by_their_words_from_when_they_are_out_and_the_newest_without_any()
    {
        Assert.Empty(await FindAsync(""));
        var bridge = await PublishAsync("a", Bridge, 1);
        var rain = await PublishAsync("a", "It rained in Lenne on Monday.", 2);
        Assert.Equal([rain, bridge], await FindAsync(""));
        Assert.Equal(bridge, (await FindAsync("cost of the bridge"))[0]);
        await _desk.Index.WithdrawAsync(bridge);
        Assert.Equal([rain], await FindAsync(""));
    }

    [Fact]
    public async Task A_query_has_at_most_500_characters()
    {
        Assert.Empty(await FindAsync(new('a', 500)));
        await Assert.ThrowsAsync<RefusedException>(() => FindAsync(new('a', 501)));
    }

    [Fact]
    public async Task Like_a_statement_are_those_of_its_kind_in_other_articles()
    {
        var other = await PublishAsync("a", Bridge, 1);
        await PublishAsync("a", Bridge, 1, StatementKind.Quote);
        var statement = Some.Claim() with { Text = Bridge };
        await PublishAsync(Some.Article, Bridge, 1);
        await PublishAsync("a", "It rained in Lenne on Monday.", 1);
        var found = Assert.Single((await _verdicts.CurrentAsync(default)).Like(statement));
        Assert.Equal((other, true, 1), (found.StatementId, found.Same, found.Similarity));
    }

    private async Task<string> PublishAsync(
        string article,
        string text,
        int day,
        StatementKind kind = StatementKind.Claim
    )
    {
        var key = article == Some.Article ? article : ArticleKey.Of("articles", article);
        var id = StatementId.Of(key, kind, text, null, 1);
        if (await _desk.Cases.FindHeadAsync(key) is null)
            await _desk.MakeAsync(Some.Head() with { Key = key, PublicationDone = 1 });
        await _desk.Index.PublishAsync(
            new PublishedStatement(id, kind, text, null, "True", "A title", Some.Now.AddDays(day))
        );
        return id;
    }

    private async Task<List<string>> FindAsync(string query)
    {
        var answer = await _search.GetClaims(BareDesk.Request($"?q={Uri.EscapeDataString(query)}"), default);
        return [.. (await BareDesk.ReadAsync<ListOf<FoundClaim>>(answer)).Items.Select(c => c.StatementId)];
    }
}
