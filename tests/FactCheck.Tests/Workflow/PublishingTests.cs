using FactCheck.Domain;
using FactCheck.Functions;
using FactCheck.Functions.Http;
using FactCheck.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FactCheck.Tests.Workflow;

/// <summary>What is public stays true to what was decided, whatever comes in between.</summary>
public sealed class PublishingTests
{
    [Fact]
    public async Task A_retraction_is_not_mistaken_for_a_publication_that_is_under_way()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        await desk.Cases.ChangeAsync(article, head => new CaseChange(head with { PublicationAsked = 2 }).Insert(new CasePublication(2, "editor", desk.Host.Time.GetUtcNow())));

        Assert.Equal(409, await desk.PublishAsync(article, new(true, null, "The source withdrew it.")));
        Assert.Equal(202, await desk.PublishAsync(article));
        Assert.Equal(2, (await desk.HeadAsync(article)).PublicationDone);
        Assert.Equal(202, await desk.PublishAsync(article, new(true, null, "The source withdrew it.")));
        Assert.True((await desk.HeadAsync(article)).Retracted);
    }

    [Fact]
    public async Task A_desk_that_publishes_by_itself_publishes_once_and_never_what_an_editor_took_back()
    {
        await using var desk = await DeskHost.StartAsync(settings => (settings.Publication, settings.Selection) = (new() { Automatic = true }, new() { MaxTasks = 2 }));
        var article = await desk.DropAsync("river.txt", Articles.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        Assert.Equal(1, (await desk.HeadAsync(article)).PublicationAsked);

        Assert.Equal(202, await desk.PublishAsync(article, new(true, null, "The source withdrew it.")));
        var candidate = (await desk.Cases.StatementsAsync(article)).First(s => s.TaskId is null);
        await ReopenAsync(desk, article, candidate.Id);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));

        var head = await desk.HeadAsync(article);
        Assert.Equal((2, true), (head.PublicationAsked, head.Retracted));
    }

    [Fact]
    public async Task A_verdict_whose_later_question_was_dropped_stays_public()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        var statement = await StatementAsync(desk, article, "4,200");
        await ReopenAsync(desk, article, statement.Id);
        await desk.DropAsync("river.txt", Articles.WithoutFigure);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));

        Assert.Equal(202, await desk.PublishAsync(article));

        Assert.Equal(2, (await desk.HeadAsync(article)).PublicationDone);
        using var page = await desk.Host.Http.GetAsync($"claims/{statement.Id}");
        Assert.Equal(200, (int)page.StatusCode);
    }

    [Fact]
    public async Task A_verdict_whose_statement_a_later_look_rejects_is_taken_back()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        var statement = await StatementAsync(desk, article, "4,200");
        await ReopenAsync(desk, article, statement.Id);
        await desk.DecideAllAsync(article, _ => new(DecisionAction.Reject, null, null, null, RejectReason.NotAClaim, null, null, null));

        Assert.Equal(202, await desk.PublishAsync(article));

        using var page = await desk.Host.Http.GetAsync($"claims/{statement.Id}");
        Assert.Equal(410, (int)page.StatusCode);
        var verdict = (await desk.Cases.FindStatementAsync(statement.Id))!.Value.Verdict!;
        Assert.Equal((2, VerdictChange.Retraction), (verdict.Version, verdict.Change));
        Assert.False((await desk.HeadAsync(article)).Retracted);
        var (_, claims, _) = await desk.GetAsync<ListOf<FoundClaim>>(Role.Submitter, "api/claims");
        Assert.DoesNotContain(claims!.Items, c => c.StatementId == statement.Id);
        Assert.NotEmpty(claims.Items);
    }

    [Fact]
    public async Task A_correction_is_announced_once()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await PublishedAsync(desk);
        var statement = await StatementAsync(desk, article, "4,200");
        await ReopenAsync(desk, article, statement.Id);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t, rating: "Unproven") with { Rating = "Satire", Evidence = [new() { Excerpt = "It was a joke." }] });
        Assert.Equal(202, await desk.PublishAsync(article));
        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(202, await desk.PublishAsync(article));

        var corrections = await desk.Host.Services.GetRequiredService<DeskIndex>().CorrectionsAsync(null, 10);
        Assert.Equal([2], corrections.Items.Select(c => c.Version));
    }

    [Fact]
    public async Task A_character_that_xml_does_not_know_does_not_break_the_feed()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", Articles.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t) with { Action = DecisionAction.Amend, Amendment = new(Text: "The agency removed\u0001 waste 😀.") });
        Assert.Equal(202, await desk.PublishAsync(article));

        Assert.Contains("removed waste 😀", await desk.Host.Http.GetStringAsync("feed.xml"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("---\npurpose: own copy\n---\n", null)]
    [InlineData("", """{"purpose":"own copy"}""")]
    public async Task Own_copy_stays_own_copy_when_a_new_version_says_nothing_of_it(string frontMatter, string? beside)
    {
        await using var desk = await DeskHost.StartAsync();
        if (beside is not null) await desk.DropAsync("river.md.meta.json", beside);
        var article = await desk.DropAsync("river.md", frontMatter + Articles.A);
        Assert.Equal(Purpose.OwnCopy, (await desk.HeadAsync(article)).Meta.Purpose);
        if (beside is not null) File.Delete(Path.Combine(desk.Data, "articles", "river.md.meta.json"));

        await desk.DropAsync("river.md", Articles.B);
        Assert.Equal(Purpose.OwnCopy, (await desk.HeadAsync(article)).Meta.Purpose);

        await desk.DropAsync("river.md.meta.json", """{"purpose":"ThirdParty"}""");
        await desk.DropAsync("river.md", Articles.WithoutFigure);
        Assert.Equal(Purpose.ThirdParty, (await desk.HeadAsync(article)).Meta.Purpose);
    }

    private static async Task<string> PublishedAsync(DeskHost desk)
    {
        var article = await desk.DropAsync("river.txt", Articles.A);
        await desk.DecideAllAsync(article, t => DeskHost.Approve(t));
        Assert.Equal(202, await desk.PublishAsync(article));
        await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(5));
        return article;
    }

    private static async Task ReopenAsync(DeskHost desk, string article, string statementId)
    {
        var (status, _, _) = await desk.SendAsync<TaskSummary>(Role.Reviewer, HttpMethod.Post, $"api/articles/{article}/statements", new NewStatement(statementId, null, null, null));
        Assert.Equal(201, status);
        await desk.Host.WhenIdleAsync();
    }

    private static async Task<Statement> StatementAsync(DeskHost desk, string article, string words) =>
        (await desk.Cases.StatementsAsync(article)).First(s => s is { Kind: StatementKind.Claim, Verdict: not null } && s.Text.Contains(words, StringComparison.Ordinal));
}
