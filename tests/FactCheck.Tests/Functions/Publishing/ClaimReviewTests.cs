using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Configuration;
using FactCheck.Functions.Publishing;
using FactCheck.Storage;
using FactCheck.Storage.Local;
using NJsonSchema;

namespace FactCheck.Tests.Functions.Publishing;

/// <summary>
/// What is published: a ClaimReview that search engines take, and pages that hold nothing internal and no word that
/// acts as markup.
/// </summary>
public sealed class ClaimReviewTests
{
    private const string Hostile = "</script><script>alert(1)</script><!-- \"quoted\" & 'single' ]]> \u2028";

    // Every field that must be there, of a claim with an ordered rating.
    private static readonly string[] Fields =
    [
        "@context",
        "@type",
        "url",
        "datePublished",
        "claimReviewed",
        "author",
        "author/@type",
        "author/name",
        "author/url",
        "itemReviewed",
        "itemReviewed/@type",
        "itemReviewed/author/@type",
        "itemReviewed/author/name",
        "itemReviewed/appearance/@type",
        "reviewRating",
        "reviewRating/@type",
        "reviewRating/alternateName",
    ];

    private static readonly string[] Numbers =
    [
        "reviewRating/ratingValue",
        "reviewRating/bestRating",
        "reviewRating/worstRating",
    ];

    public static TheoryData<string> Removable => [.. Fields, .. Numbers];

    public static TheoryData<string> Emptiable => [.. Fields];

    [Fact]
    public async Task A_claim_on_the_scale_has_its_place_on_it()
    {
        var review = await ValidAsync(Decided(Some.Claim(), "MostlyFalse"));
        Assert.Equal(
            """{"@type":"Rating","ratingValue":2,"bestRating":5,"worstRating":1,"alternateName":"Mostly false"}""",
            Without(review["reviewRating"]!, "ratingExplanation")
        );
        Assert.Equal(Some.Cost, (string?)review["claimReviewed"]);
        Assert.Equal(
            """{"@type":"Organization","name":"Lenne Courier"}""",
            review["itemReviewed"]!["author"]!.ToJsonString()
        );
        Assert.Equal("https://courier.example/bridge", (string?)review["itemReviewed"]!["appearance"]!["url"]);
        Assert.Equal("2026-02-27", (string?)review["itemReviewed"]!["datePublished"]);
        Assert.Equal("2026-03-02", (string?)review["datePublished"]);
    }

    [Fact]
    public async Task A_claim_beside_the_scale_has_a_name_and_no_number() =>
        Assert.Equal(
            """{"@type":"Rating","alternateName":"Missing context"}""",
            Without((await ValidAsync(Decided(Some.Claim(), "MissingContext")))["reviewRating"]!, "ratingExplanation")
        );

    [Fact]
    public async Task A_quote_names_its_speaker_and_has_no_number()
    {
        var review = await ValidAsync(Decided(Some.Quote(), "Misquoted"));
        Assert.Equal("Anna Brandt: We never closed a single school,", (string?)review["claimReviewed"]);
        Assert.Equal("""{"@type":"Person","name":"Anna Brandt"}""", review["itemReviewed"]!["author"]!.ToJsonString());
        Assert.Equal(
            """{"@type":"Rating","alternateName":"Misquoted"}""",
            Without(review["reviewRating"]!, "ratingExplanation")
        );
    }

    [Fact]
    public async Task An_article_of_which_nothing_is_known_has_a_valid_review_too() =>
        await ValidAsync(Decided(Some.Claim(), "False"), Some.Head() with { Meta = new() });

    [Fact]
    public async Task Every_rating_that_ships_gives_a_valid_review()
    {
        foreach (var rating in Ratings.Load(null).Ratings)
        {
            var review = await ValidAsync(
                Decided(rating.Kind == StatementKind.Claim ? Some.Claim() : Some.Quote(), rating.Id)
            );
            Assert.Equal(rating.Order, (int?)review["reviewRating"]!["ratingValue"]);
        }
    }

    [Theory]
    [MemberData(nameof(Removable))]
    public async Task Without_a_required_field_it_is_not_valid(string field)
    {
        var review = await ValidAsync(Decided(Some.Claim(), "False"));
        var (parent, name) = Find(review, field);
        Assert.True(parent.Remove(name));
        Assert.NotEmpty((await SchemaAsync()).Validate(review.ToJsonString()));
    }

    [Theory]
    [MemberData(nameof(Emptiable))]
    public async Task With_an_empty_required_field_it_is_not_valid(string field)
    {
        var review = await ValidAsync(Decided(Some.Claim(), "False"));
        var (parent, name) = Find(review, field);
        parent[name] = parent[name] is JsonObject ? new JsonObject() : "";
        Assert.NotEmpty((await SchemaAsync()).Validate(review.ToJsonString()));
    }

    [Theory]
    [InlineData("url", "/claims/1")]
    [InlineData("url", "javascript:alert(1)")]
    [InlineData("author/url", "desk")]
    [InlineData("datePublished", "yesterday")]
    [InlineData("claimReviewed", "  ")]
    [InlineData("@type", "Review")]
    public async Task With_a_value_that_says_nothing_it_is_not_valid(string field, string value)
    {
        var review = await ValidAsync(Decided(Some.Claim(), "False"));
        var (parent, name) = Find(review, field);
        parent[name] = value;
        Assert.NotEmpty((await SchemaAsync()).Validate(review.ToJsonString()));
    }

    // Whoever adds a requirement to the schema adds its cases here.
    [Fact]
    public async Task Each_field_that_the_schema_requires_is_tried()
    {
        await using var text = SchemaText();
        var schema = (await JsonNode.ParseAsync(text))!;
        Assert.Equal(RequiredBy(schema, "").Order(StringComparer.Ordinal), Fields.Order(StringComparer.Ordinal));

        static IEnumerable<string> RequiredBy(JsonNode schema, string prefix) =>
            (schema["required"]?.AsArray() ?? [])
                .Select(r => prefix + (string)r!)
                .Concat(
                    from property in schema["properties"]?.AsObject() ?? []
                    from inner in RequiredBy(property.Value!, $"{prefix}{property.Key}/")
                    select inner
                );
    }

    [Fact]
    public async Task What_the_host_publishes_is_valid_in_the_page_and_alone()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        await desk.DecideAllAsync(article, task => DeskHost.Approve(task));
        Assert.Equal(202, await desk.PublishAsync(article));

        var report = JsonNode.Parse(await desk.Host.Http.GetStringAsync($"reports/{article}.json"))!;
        var page = new HtmlParser().ParseDocument(await desk.Host.Http.GetStringAsync($"reports/{article}"));
        var inPage = page.QuerySelectorAll("script[type='application/ld+json']")
            .Select(s => JsonNode.Parse(s.TextContent)!.ToJsonString())
            .ToList();
        var alone = new List<string>();
        foreach (var verdict in report["verdicts"]!.AsArray())
            alone.Add(
                JsonNode
                    .Parse(await desk.Host.Http.GetStringAsync($"api/claims/{verdict!["statementId"]}/claimreview"))!
                    .ToJsonString()
            );
        Assert.NotEmpty(alone);
        Assert.Equal(alone, inPage);
        var schema = await SchemaAsync();
        Assert.All(alone, review => Assert.Empty(schema.Validate(review)));
    }

    [Fact]
    public async Task Internal_evidence_and_notes_are_published_nowhere()
    {
        var secret = new Evidence
        {
            Url = new("https://intern.example/secret-link"),
            Title = "secret-title",
            Publisher = "secret-publisher",
            Excerpt = "secret-excerpt",
            Visibility = EvidenceVisibility.Internal,
            Snapshot = new("secret-hash", "secret-blob", Some.Now),
            SnapshotProblem = "secret-problem",
        };
        var decision = Some.Approval() with
        {
            Evidence =
            [
                Some.Evidence() with
                {
                    Snapshot = new("secret-hash", "secret-blob", Some.Now),
                    SnapshotProblem = "secret-problem",
                },
                secret,
            ],
            Note = "secret-note",
            By = "secret-name",
        };
        var blobs = await WriteAsync(Decided(Some.Claim(), decision));
        Assert.Equal(4, blobs.Count); // a page, JSON, a page for the verdict and its ClaimReview
        Assert.All(blobs, blob => Assert.DoesNotContain("secret", blob.Value, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(
            "Final account of the bridge",
            blobs[ReportWriter.PageName(Some.Article, 1)],
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Final account of the bridge",
            blobs[ReportWriter.JsonName(Some.Article, 1)],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task No_word_of_an_article_or_a_person_becomes_markup()
    {
        var evidence = new Evidence
        {
            Url = new("https://e.example/?q=\"><script>alert(2)</script>"),
            Title = Hostile,
            Publisher = Hostile,
            Excerpt = Hostile,
        };
        var linkless = new Evidence { Title = Hostile, Excerpt = Hostile };
        var decision = Some.Approval() with { Explanation = Hostile, Evidence = [evidence, linkless] };
        var statements = new[]
        {
            Decided(Some.Claim() with { Text = Hostile }, decision),
            Decided(Some.Quote() with { Text = Hostile, Speaker = Hostile }, decision with { Rating = "Misquoted" }),
        };
        var head = Some.Head() with
        {
            Meta = Some.Head().Meta with
            {
                Title = Hostile,
                Outlet = Hostile,
                SourceUrl = new("https://c.example/\"onclick=\"x"),
            },
        };
        var blobs = await WriteAsync(
            statements,
            head,
            new(1, "editor", Some.Now, Note: Hostile),
            settings => settings.PublisherName = Hostile
        );

        foreach (var (name, text) in blobs.Where(b => b.Key.EndsWith(".html", StringComparison.Ordinal)))
        {
            var page = new HtmlParser().ParseDocument(text);
            Assert.All(page.Scripts, script => Assert.Equal("application/ld+json", script.Type));
            Assert.Equal(name == ReportWriter.PageName(Some.Article, 1) ? 2 : 1, page.Scripts.Length);
            foreach (var script in page.Scripts)
            {
                var review = JsonNode.Parse(script.TextContent)!;
                Assert.EndsWith(Hostile, (string?)review["claimReviewed"], StringComparison.Ordinal);
                Assert.Equal(Hostile, (string?)review["itemReviewed"]!["appearance"]!["headline"]);
            }

            Assert.All(
                page.All,
                element =>
                    Assert.DoesNotContain(
                        element.Attributes,
                        a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)
                    )
            );
            Assert.All(page.Links, link => Assert.Matches("^(https?://|/)", link.GetAttribute("href")!));
            foreach (
                var where in new[]
                {
                    "title",
                    "h1",
                    ".verdict p",
                    ".evidence a",
                    ".evidence span",
                    ".evidence blockquote",
                }
            )
                Assert.Contains(
                    page.QuerySelectorAll(where),
                    e => e.TextContent.Contains(Hostile, StringComparison.Ordinal)
                );
        }
    }

    [Fact]
    public async Task What_is_retracted_has_no_review_any_more()
    {
        var blobs = await WriteAsync(
            [Decided(Some.Claim(), "False")],
            Some.Head(),
            new(2, "editor", Some.Now, Retraction: true, Note: "The account was forged.")
        );
        Assert.Equal(
            [ReportWriter.PageName(Some.Article, 2), ReportWriter.JsonName(Some.Article, 2)],
            blobs.Keys.Order(StringComparer.Ordinal)
        );
        var page = new HtmlParser().ParseDocument(blobs[ReportWriter.PageName(Some.Article, 2)]);
        Assert.Empty(page.Scripts);
        Assert.Contains(
            "The account was forged.",
            page.QuerySelector(".notice")!.TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_correction_shows_the_old_and_the_new_rating()
    {
        var statement = Decided(Some.Claim(), "False");
        var corrected = statement with
        {
            Verdict = statement.Verdict! with
            {
                Version = 2,
                Change = VerdictChange.Correction,
                PreviousRating = "Mixed",
            },
        };
        var page = new HtmlParser().ParseDocument(
            (await WriteAsync(corrected))[ReportWriter.PageName(Some.Article, 1)]
        );
        Assert.Equal(
            "Correction. The rating was Mixed; it is now False.",
            page.QuerySelector(".verdict .notice")!.TextContent
        );
    }

    [Fact]
    public async Task Evidence_is_shown_with_who_published_it_and_when()
    {
        var page = new HtmlParser().ParseDocument(
            (await WriteAsync(Decided(Some.Claim(), "False")))[ReportWriter.PageName(Some.Article, 1)]
        );
        Assert.Equal(
            "Final account of the bridge, Town of Lenne, 15 January 2025 (first-hand, refutes it)Total: 61,204,000 euros.",
            TextOf(page.QuerySelector(".evidence li")!)
        );
    }

    [Fact]
    public async Task The_page_of_corrections_says_what_changed_when_and_why()
    {
        var site = new Site(new Settings { PublicBaseUrl = new("https://desk.example/") });
        var markup = await PublicMarkup.OfAsync<CorrectionsPage>(
            (
                nameof(CorrectionsPage.Corrections),
                new PublishedArticle[]
                {
                    new(Some.Article, Hostile, 2, VerdictChange.Correction, Hostile, [Hostile], Some.Now),
                }
            ),
            (nameof(CorrectionsPage.Site), site),
            (nameof(CorrectionsPage.Publisher), "Desk")
        );
        var page = new HtmlParser().ParseDocument(markup);
        Assert.Empty(page.Scripts);
        var item = page.QuerySelector(".history > li")!;
        Assert.Equal($"https://desk.example/reports/{Some.Article}", item.QuerySelector("a")!.GetAttribute("href"));
        Assert.StartsWith(
            $"{Hostile}, 2 March 2026: correction. {Hostile}",
            item.TextContent.Trim(),
            StringComparison.Ordinal
        );
        Assert.Equal(Hostile, item.QuerySelector("li")!.TextContent);
    }

    private static Statement Decided(Statement statement, string rating) =>
        Decided(statement, Some.Approval(rating: rating));

    private static Statement Decided(Statement statement, Decision decision) =>
        statement with
        {
            Verdict = Publication.Next(
                null,
                Some.Task(TaskState.Decided) with
                {
                    Decision = decision,
                },
                null,
                new(),
                Some.Now
            ),
        };

    private static async Task<JsonObject> ValidAsync(Statement statement, CaseHead? head = null)
    {
        var blobs = await WriteAsync([statement], head ?? Some.Head(), new(1, "editor", Some.Now));
        var json = blobs[ReportWriter.ClaimReviewName(statement.Id, 1)];
        Assert.Empty((await SchemaAsync()).Validate(json));
        return JsonNode.Parse(json)!.AsObject();
    }

    private static Task<IReadOnlyDictionary<string, string>> WriteAsync(Statement statement) =>
        WriteAsync([statement], Some.Head(), new(1, "editor", Some.Now));

    private static async Task<IReadOnlyDictionary<string, string>> WriteAsync(
        Statement[] statements,
        CaseHead head,
        CasePublication publication,
        Action<Settings>? change = null
    )
    {
        var settings = new Settings { PublicBaseUrl = new("https://desk.example/") };
        change?.Invoke(settings);
        using var folder = new TempFolder();
        await new ReportWriter(
            new FolderBlobs(folder.Path),
            Ratings.Load(null),
            settings,
            new Site(settings)
        ).WriteAsync(head, publication, statements, [publication], CancellationToken.None);
        var reports = folder[Containers.Reports];
        return Directory
            .EnumerateFiles(reports, "*", SearchOption.AllDirectories)
            .ToDictionary(
                file => Path.GetRelativePath(reports, file).Replace('\\', '/'),
                File.ReadAllText,
                StringComparer.Ordinal
            );
    }

    private static async Task<JsonSchema> SchemaAsync()
    {
        await using var text = SchemaText();
        return await JsonSchema.FromJsonAsync(text);
    }

    private static Stream SchemaText() =>
        typeof(ClaimReviewTests).Assembly.GetManifestResourceStream("claimreview.schema.json")!;

    private static (JsonObject Parent, string Name) Find(JsonObject review, string path)
    {
        var parts = path.Split('/');
        return (parts[..^1].Aggregate(review, (at, part) => at[part]!.AsObject()), parts[^1]);
    }

    private static string TextOf(IElement element) =>
        string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Without(JsonNode node, string name)
    {
        var copy = node.DeepClone().AsObject();
        Assert.True(copy.Remove(name));
        return copy.ToJsonString();
    }
}
