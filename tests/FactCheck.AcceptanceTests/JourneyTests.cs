using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace FactCheck.AcceptanceTests;

/// <summary>
/// What a desk does over HTTP, from the upload to the correction; on Azure's host where that is at hand.
/// </summary>
public sealed class JourneyTests(DeskAtHand shared) : IClassFixture<DeskAtHand>
{
    private readonly HostedDesk _desk = shared.Desk;

    [Fact]
    public async Task An_upload_is_reviewed_published_and_read_by_the_public()
    {
        var (submitter, reviewer, editor) = (
            await _desk.SubmitterAsync(),
            await _desk.ReviewerAsync(),
            await _desk.EditorAsync()
        );
        var accepted = await submitter.UploadAsync("journey.txt", Texts.Ferry);
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        var id = accepted.Json.Text("id");
        Assert.Equal($"/api/articles/{id}", accepted.Headers["Location"]);
        await _desk.UntilAsync("journey.txt", found => found.Text("stage") == "Reviewing");

        var queue = await QueueAsync(reviewer, id);
        Assert.Equal(
            queue.OrderByDescending(t => t.Number("priority")).Select(t => t.Text("id")),
            queue.Select(t => t.Text("id"))
        );
        await Limits.UntilAsync(
            Limits.Check,
            async () =>
                (await WholeQueueAsync(reviewer)).Count(t => t.Text("articleId") == id) == queue.Count ? queue : null,
            () => "all of them in the queue of all articles"
        );

        var early = await editor.PostAsync($"api/articles/{id}/publication", new { });
        Assert.Equal(HttpStatusCode.Conflict, early.Status);
        Assert.Contains(
            $"{queue.Count} of its tasks are still open",
            early.Json.Text("detail"),
            StringComparison.Ordinal
        );
        Assert.Equal(HttpStatusCode.NotFound, (await _desk.Anybody.GetAsync($"reports/{id}")).Status);

        var claim = queue.First(t => t.Text("kind") == "Claim");
        var taken = await Desk.DecideAsync(
            reviewer,
            claim.Text("id"),
            new
            {
                action = "Approve",
                rating = "MostlyTrue",
                explanation = "The port's figures agree but for a rounding.",
                evidence = new object[]
                {
                    new
                    {
                        title = "Traffic report 2023",
                        publisher = "Port of Ostmoor",
                        excerpt = "182,014 passengers",
                        stance = "Supports",
                        kind = "Primary",
                    },
                    new
                    {
                        title = "SECRET-NOTE",
                        excerpt = "SECRET-WORDS",
                        visibility = "Internal",
                    },
                },
            }
        );
        Assert.True(taken.Status == HttpStatusCode.OK, taken.ToString());
        Assert.Equal("Decided", taken.Json["task"]!.Text("state"));
        var rejected = queue.First(t => t.Text("kind") == "Quote");
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await Desk.DecideAsync(reviewer, rejected.Text("id"), new { action = "Reject", reason = "NotWorthIt" })
            ).Status
        );
        await Desk.DecideAllAsync(reviewer, (await Desk.FindAsync(editor, "journey.txt"))!);
        Assert.Equal("Ready", (await Desk.FindAsync(editor, "journey.txt"))!["article"]!.Text("stage"));

        var published = await _desk.PublishAsync("journey.txt");

        Assert.Equal("Published", published["article"]!.Text("stage"));
        var report = await AssertReportAsync(id, claim.Text("statementId"), queue.Count - 1);
        Assert.DoesNotContain(report.List("verdicts"), v => v.Text("statementId") == rejected.Text("statementId"));
        await AssertFeedsAsync(id);
        var found = (await submitter.GetAsync("api/claims?q=182%2C000%20passengers%20ferry")).Json.List("items");
        Assert.Equal(
            "MostlyTrue",
            found.Single(c => c.Text("statementId") == claim.Text("statementId")).Text("rating")
        );
        var audit = await _desk.AuditAsync(id);
        Assert.Equal(
            ["arrived", "selected", .. Enumerable.Repeat("decided", queue.Count), "asked to publish", "published"],
            audit
        );
        Assert.Empty(await QueueAsync(reviewer, id, "state=Open"));
    }

    [Fact]
    public async Task A_form_hands_in_a_file_with_what_is_known_of_it()
    {
        var submitter = await _desk.SubmitterAsync();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(Encoding.UTF8.GetBytes(Texts.Short)), "file", "by-form.txt" },
            { new StringContent("The Ostmoor Courier"), "outlet" },
        };

        var accepted = await submitter.SendAsync(HttpMethod.Post, "api/articles", form);
        var empty = await submitter.SendAsync(
            HttpMethod.Post,
            "api/articles",
            new MultipartFormDataContent { { new StringContent("The Ostmoor Courier"), "outlet" } }
        );

        Assert.True(accepted.Status == HttpStatusCode.Accepted, accepted.ToString());
        Assert.Equal("by-form.txt", accepted.Json.Text("name"));
        Assert.Equal(HttpStatusCode.BadRequest, empty.Status);
        var article = await _desk.UntilAsync("by-form.txt", found => found.Text("stage") == "Reviewing");
        Assert.Equal("The Ostmoor Courier", article["meta"]!.Text("outlet"));
        Assert.Equal(1, article["article"]!.Number("run"));
    }

    [Fact]
    public async Task A_task_tells_a_reviewer_what_there_is_to_know()
    {
        var article = await _desk.DropAsync("telling.txt", Texts.Ferry);
        var reviewer = await _desk.ReviewerAsync();
        var quote = Desk.OpenTasks(article).First(t => t.Text("kind") == "Quote" && t["speaker"] is not null);

        var answer = await reviewer.GetAsync($"api/tasks/{quote.Text("id")}");

        var (task, statement) = (answer.Json, answer.Json["statement"]!);
        var span = statement["span"]!;
        Assert.Equal(statement.Text("text"), task.Text("text").Substring(span.Number("start"), span.Number("length")));
        Assert.Equal("Iveta Brandsma", statement.Text("speaker"));
        Assert.NotEmpty(statement.Text("speakerReason"));
        Assert.NotEmpty(task["why"]!.AsArray());
        Assert.NotEmpty(statement.List("reasons"));
        Assert.Contains(task.List("ratings"), r => r.Text("id") == "Misquoted");
        Assert.DoesNotContain(task.List("ratings"), r => r.Text("id") == "MostlyTrue");
        Assert.Equal(task["task"]!.Text("eTag"), answer.Headers["ETag"]);
    }

    [Fact]
    public async Task A_task_that_somebody_else_holds_says_who_and_until_when()
    {
        var task = await OneTaskAsync("held.txt");
        var (reviewer, other) = (await _desk.ReviewerAsync(), await _desk.OtherReviewerAsync());
        var held = await reviewer.PutAsync($"api/tasks/{task}/lease", null);
        Assert.Equal(HttpStatusCode.OK, held.Status);

        var lease = await other.PutAsync($"api/tasks/{task}/lease", null);
        var decision = await other.PostAsync(
            $"api/tasks/{task}/decisions",
            Desk.Unproven(held.Json),
            ("If-Match", held.Headers["ETag"])
        );

        Assert.All(
            [lease, decision],
            refused =>
            {
                Assert.Equal(HttpStatusCode.Conflict, refused.Status);
                Assert.Equal("application/problem+json", refused.ContentType);
                Assert.Equal("Rasmus", refused.Json.Text("holder"));
                Assert.Equal(held.Json["lease"]!.Text("until"), refused.Json.Text("until"));
            }
        );
        Assert.Equal(HttpStatusCode.NoContent, (await reviewer.DeleteAsync($"api/tasks/{task}/lease")).Status);
        Assert.Equal(HttpStatusCode.OK, (await other.PutAsync($"api/tasks/{task}/lease", null)).Status);
    }

    [Fact]
    public async Task A_decision_needs_the_version_that_its_maker_saw()
    {
        var task = await OneTaskAsync("versions.txt");
        var reviewer = await _desk.ReviewerAsync();
        var seen = await reviewer.GetAsync($"api/tasks/{task}");
        var decision = Desk.Unproven(seen.Json["task"]!);

        var without = await reviewer.PostAsync($"api/tasks/{task}/decisions", decision);
        Assert.Equal((HttpStatusCode)428, without.Status);

        var leased = await reviewer.PutAsync($"api/tasks/{task}/lease", null);
        Assert.NotEqual(seen.Headers["ETag"], leased.Headers["ETag"]);
        var stale = await reviewer.PostAsync(
            $"api/tasks/{task}/decisions",
            decision,
            ("If-Match", seen.Headers["ETag"])
        );
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        Assert.Equal("InProgress", (await reviewer.GetAsync($"api/tasks/{task}")).Json["task"]!.Text("state"));

        var taken = await reviewer.PostAsync(
            $"api/tasks/{task}/decisions",
            decision,
            ("If-Match", leased.Headers["ETag"])
        );
        Assert.Equal(HttpStatusCode.OK, taken.Status);

        var closed = await reviewer.PostAsync(
            $"api/tasks/{task}/decisions",
            decision,
            ("If-Match", leased.Headers["ETag"])
        );
        Assert.Equal(HttpStatusCode.Conflict, closed.Status);
        Assert.Contains("closed", closed.Json.Text("detail"), StringComparison.Ordinal);
        Assert.Single((await reviewer.GetAsync($"api/tasks/{task}")).Json.List("history"));
    }

    [Fact]
    public async Task What_is_no_decision_at_all_is_refused()
    {
        var task = await OneTaskAsync("nonsense.txt");
        var reviewer = await _desk.ReviewerAsync();
        var path = $"api/tasks/{task}/decisions";

        var noJson = await reviewer.SendAsync(
            HttpMethod.Post,
            path,
            new StringContent("action=Approve", Encoding.UTF8, "application/x-www-form-urlencoded"),
            ("If-Match", "\"1\"")
        );
        var broken = await reviewer.SendAsync(
            HttpMethod.Post,
            path,
            new StringContent("{ \"action\": ", Encoding.UTF8, "application/json"),
            ("If-Match", "\"1\"")
        );
        var unknown = await reviewer.PostAsync(path, new { action = "Burn" }, ("If-Match", "\"1\""));
        var nothing = await reviewer.PostAsync(
            $"api/tasks/{task}0/decisions",
            new { action = "Reject" },
            ("If-Match", "\"1\"")
        );

        Assert.Equal(
            [415, 400, 400, 404],
            [(int)noJson.Status, (int)broken.Status, (int)unknown.Status, (int)nothing.Status]
        );
        Assert.Contains("$.action", unknown.Json.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_idempotency_key_gets_the_first_answer_and_decides_once()
    {
        var task = await OneTaskAsync("twice.txt");
        var reviewer = await _desk.ReviewerAsync();
        var leased = await reviewer.PutAsync($"api/tasks/{task}/lease", null);
        (string, string)[] headers = [("If-Match", leased.Headers["ETag"]), ("Idempotency-Key", "a-key")];

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ => reviewer.PostAsync($"api/tasks/{task}/decisions", Desk.Unproven(leased.Json), headers))
        );
        var later = await reviewer.PostAsync($"api/tasks/{task}/decisions", Desk.Unproven(leased.Json), headers);
        var other = await reviewer.PostAsync(
            $"api/tasks/{task}/decisions",
            new { action = "Reject", reason = "NotAClaim" },
            headers
        );

        Assert.All(
            [.. answers, later],
            answer =>
            {
                Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
                Assert.Equal(later.Text, answer.Text);
            }
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal(["Idempotency-Key"], other.Fields);
        Assert.Single((await reviewer.GetAsync($"api/tasks/{task}")).Json.List("history"));
    }

    [Fact]
    public async Task Of_two_reviewers_at_once_one_decides()
    {
        var task = await OneTaskAsync("race.txt");
        var (reviewer, other) = (await _desk.ReviewerAsync(), await _desk.OtherReviewerAsync());
        var seen = await reviewer.GetAsync($"api/tasks/{task}");

        var answers = await Task.WhenAll(
            new[] { reviewer, other, reviewer, other }.Select(r =>
                r.PostAsync(
                    $"api/tasks/{task}/decisions",
                    Desk.Unproven(seen.Json["task"]!),
                    ("If-Match", seen.Headers["ETag"])
                )
            )
        );

        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers, a => Assert.Contains((int)a.Status, (int[])[200, 409, 412]));
        Assert.Single((await reviewer.GetAsync($"api/tasks/{task}")).Json.List("history"));
    }

    [Fact]
    public async Task A_reviewer_adds_what_was_missed_and_it_holds_up_the_publication()
    {
        var article = await _desk.DropAsync("added.txt", Texts.Short);
        var (reviewer, editor) = (await _desk.ReviewerAsync(), await _desk.EditorAsync());
        var id = article["article"]!.Text("id");
        await Desk.DecideAllAsync(reviewer, article);
        var start = article.Text("text").IndexOf("its quay walls", StringComparison.Ordinal);

        var outside = await reviewer.PostAsync(
            $"api/articles/{id}/statements",
            new { kind = "Claim", span = new { start = 10_000, length = 5 } }
        );
        var added = await reviewer.PostAsync(
            $"api/articles/{id}/statements",
            new { kind = "Claim", span = new { start, length = "its quay walls".Length } }
        );
        var twice = await reviewer.PostAsync(
            $"api/articles/{id}/statements",
            new { kind = "Claim", span = new { start, length = "its quay walls".Length } }
        );

        Assert.Equal(HttpStatusCode.UnprocessableEntity, outside.Status);
        Assert.Equal(["span"], outside.Fields);
        Assert.Equal(HttpStatusCode.Created, added.Status);
        Assert.Equal("Added", added.Json.Text("origin"));
        Assert.Equal(HttpStatusCode.Conflict, twice.Status);
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await editor.PostAsync($"api/articles/{id}/publication", new { })).Status
        );
        Assert.Equal(HttpStatusCode.OK, (await reviewer.GetAsync(added.Headers["Location"].TrimStart('/'))).Status);
    }

    [Fact]
    public async Task A_reader_reports_an_error_to_the_editors()
    {
        var article = await _desk.DropAsync("reader.txt", Texts.Short);
        var (editor, id) = (await _desk.EditorAsync(), article["article"]!.Text("id"));
        var report = new
        {
            id,
            message = "The quay walls were paid for in 2022.",
            contact = "reader@example.org",
        };
        var early = await _desk.Anybody.PostAsync("api/corrections", report);
        Assert.Equal(["id"], early.Fields);
        await Desk.DecideAllAsync(await _desk.ReviewerAsync(), article);
        await _desk.PublishAsync("reader.txt");

        Assert.Equal(HttpStatusCode.Accepted, (await _desk.Anybody.PostAsync("api/corrections", report)).Status);

        var waiting = (await editor.GetAsync("api/corrections")).Json.List("items");
        Assert.Equal(report.message, waiting.Single(r => r.Text("about") == id).Text("message"));
    }

    // The tasks of an article that has the same few each time.
    private async Task<string> OneTaskAsync(string name) =>
        Desk.OpenTasks(await _desk.DropAsync(name, Texts.Short)).First(t => t.Text("kind") == "Claim").Text("id");

    private static async Task<IReadOnlyList<JsonNode>> QueueAsync(
        Caller reviewer,
        string article,
        string filter = ""
    ) => (await reviewer.GetAsync($"api/tasks?article={article}&{filter}")).Json.List("items");

    private static async Task<IReadOnlyList<JsonNode>> WholeQueueAsync(Caller reviewer)
    {
        var all = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = (
                await reviewer.GetAsync($"api/tasks{(cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}")}")
            ).Json;
            all.AddRange(page.List("items"));
            cursor = (string?)page["cursor"];
        } while (cursor is not null);
        return all;
    }

    private async Task<JsonNode> AssertReportAsync(string id, string statement, int verdicts)
    {
        var page = await _desk.Anybody.GetAsync($"reports/{id}");
        var json = await _desk.Anybody.GetAsync($"reports/{id}.json");
        var claim = await _desk.Anybody.GetAsync($"claims/{statement}");
        var review = await _desk.Anybody.GetAsync($"api/claims/{statement}/claimreview");
        Assert.Equal(
            ["text/html", "application/json", "text/html", "application/ld+json"],
            [page.ContentType, json.ContentType, claim.ContentType, review.ContentType]
        );
        Assert.All(
            [page, json, claim, review],
            answer =>
            {
                Assert.Equal(HttpStatusCode.OK, answer.Status);
                Assert.DoesNotContain("SECRET-", answer.Text, StringComparison.Ordinal);
                Assert.DoesNotContain("Rasmus", answer.Text, StringComparison.Ordinal);
            }
        );
        Assert.All(
            [page, json, claim],
            answer => Assert.Contains("Traffic report 2023", answer.Text, StringComparison.Ordinal)
        );
        Assert.Equal(verdicts, json.Json.List("verdicts").Count);
        Assert.Contains("Mostly true", page.Text, StringComparison.Ordinal);
        Assert.Equal("ClaimReview", review.Json.Text("@type"));
        Assert.Equal(
            ("Mostly true", 4, 5, 1),
            (
                review.Json["reviewRating"]!.Text("alternateName"),
                review.Json["reviewRating"]!.Number("ratingValue"),
                review.Json["reviewRating"]!.Number("bestRating"),
                review.Json["reviewRating"]!.Number("worstRating")
            )
        );
        Assert.Equal(new Uri(_desk.Address, $"claims/{statement}").ToString(), review.Json.Text("url"));
        return json.Json;
    }

    private async Task AssertFeedsAsync(string id)
    {
        var url = new Uri(_desk.Address, $"reports/{id}").ToString();
        var json = await Limits.UntilAsync(
            Limits.Publish,
            async () =>
                (await _desk.Anybody.GetAsync("feed.json"))
                    .Json.List("items")
                    .FirstOrDefault(i => i.Text("url") == url),
            () => "the article in the feed"
        );
        Assert.Equal("Fact check: Ferry line to the islands to close", json.Text("title"));
        var xml = await _desk.Anybody.GetAsync("feed.xml");
        XNamespace atom = "http://www.w3.org/2005/Atom";
        Assert.Single(
            XDocument.Parse(xml.Text).Descendants(atom + "entry"),
            e => e.Element(atom + "link")!.Attribute("href")!.Value == url
        );
        Assert.Equal("application/atom+xml", xml.ContentType);
    }
}
