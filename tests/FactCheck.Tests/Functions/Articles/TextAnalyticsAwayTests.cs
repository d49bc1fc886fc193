using FactCheck.Extraction.Insights;
using FactCheck.Functions.Articles;
using FactCheck.Storage;
using FactCheck.Tests.Host.Durable;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Articles;

/// <summary>A review never waits for text analytics that does not answer.</summary>
[Collection(SpanList.Collection)]
public sealed class TextAnalyticsAwayTests
{
    [Theory]
    [InlineData(0, "CheckAtOnce", true)]
    [InlineData(1, "CheckAtOnce, Extract, Analyze, Match, Select, OpenReviews", true)]
    [InlineData(int.MaxValue, "CheckAtOnce, Extract, Analyze, Match, Select, OpenReviews", false)]
    public async Task An_article_is_checked_step_by_step_when_it_could_not_be_at_once(
        int failures,
        string steps,
        bool hasInsights
    )
    {
        using var spans = new SpanList("Microsoft.DurableTask", "Microsoft.Azure.Functions.Worker");
        await using var desk = await DeskHost.StartAsync(with: options =>
            options.Services.Add(services => services.AddSingleton<ITextAnalytics>(new AnalyticsAway(failures)))
        );
        var article = await desk.DropAsync("river.txt", RiverText.A);
        for (var minute = 0; minute < 5; minute++)
            await desk.Host.AdvanceAsync(TimeSpan.FromMinutes(1));

        var head = await desk.HeadAsync(article);
        Assert.Equal(ArticleStage.Reviewing, head.Stage);
        var statements = await desk.Host.Services.GetRequiredService<CaseStore>().StatementsAsync(article);
        Assert.Equal(hasInsights, statements.Any(s => s.Insights is not null));
        var taken = spans.Of(head.Trace!).Select(span => span.DisplayName.Split(':')[^1]).Distinct().Intersect(Known);
        Assert.Equal(steps, string.Join(", ", taken));
    }

    private static readonly string[] Known =
    [
        nameof(CheckArticleSteps.CheckAtOnce),
        nameof(CheckArticleSteps.Extract),
        nameof(CheckArticleSteps.Analyze),
        nameof(CheckArticleSteps.Match),
        nameof(CheckArticleSteps.Select),
        nameof(CheckArticleSteps.OpenReviews),
    ];

    private sealed class AnalyticsAway(int failures) : ITextAnalytics
    {
        private readonly LocalTextAnalytics _local = new();
        private int _calls;

        public int MaxCharacters => _local.MaxCharacters;

        public Task<TextInsights> AnalyzeAsync(
            string text,
            string? language,
            CancellationToken cancellation = default
        ) =>
            Interlocked.Increment(ref _calls) > failures
                ? _local.AnalyzeAsync(text, language, cancellation)
                : throw new HttpRequestException("The language service is away.");
    }
}
