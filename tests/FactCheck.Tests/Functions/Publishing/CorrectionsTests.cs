using System.Text.Json;
using FactCheck.Functions.Access;
using FactCheck.Functions.Http;
using FactCheck.Functions.Publishing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Tests.Functions.Publishing;

/// <summary>What readers may report, and about what.</summary>
public sealed class CorrectionsTests : IDisposable
{
    private readonly BareDesk _desk = new();
    private readonly PublicGate _gate = new(
        new() { Public = new() { RequestsPerHour = 3 } },
        NullLogger<PublicGate>.Instance
    );
    private readonly CorrectionRequests _requests;
    private readonly Corrections _corrections;

    public CorrectionsTests()
    {
        _requests = new(_desk.Tables, _desk.Time);
        _corrections = new(_desk.Cases, new(_desk.Cases, null!), _requests, _gate);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _desk.Dispose();
    }

    [Theory]
    [InlineData(9, 0, "message")]
    [InlineData(10, 200, "")]
    [InlineData(20, 0, "message", ' ')]
    [InlineData(20, 0, "message", '\u200B')]
    [InlineData(2_000, 0, "")]
    [InlineData(2_001, 201, "message contact")]
    public async Task A_report_says_what_is_wrong_in_some_words(
        int message,
        int contact,
        string problems,
        char says = 'a'
    )
    {
        await _desk.MakeAsync(Some.Head() with { PublicationDone = 1 });
        Assert.Equal(problems, await ReportAsync(Some.Article, message, contact, says));
        Assert.Equal(problems.Length == 0 ? 1 : 0, (await _requests.ListAsync(null, 10, default)).Items.Count);
    }

    [Theory]
    [InlineData("article", 1, true)]
    [InlineData("article", 0, false)]
    [InlineData("verdict", 1, true)]
    [InlineData("verdict", 0, false)]
    [InlineData("statement", 1, false)]
    [InlineData("nothing", 1, false)]
    [InlineData(null, 1, false)]
    public async Task It_is_about_something_published(string? about, int published, bool isTaken)
    {
        var (verdict, candidate) = (Some.Claim() with { Verdict = Some.Verdict() }, Some.Quote());
        await _desk.MakeAsync(
            Some.Head() with
            {
                PublicationDone = published,
            },
            change => change.Put(verdict).Put(candidate)
        );
        var id = about switch
        {
            "article" => Some.Article,
            "verdict" => verdict.Id,
            "statement" => candidate.Id,
            _ => about,
        };
        Assert.Equal(isTaken ? "" : "id", await ReportAsync(id));
    }

    [Fact]
    public async Task Reports_are_read_newest_first_in_pages_and_a_stranger_sends_some_an_hour()
    {
        await _desk.MakeAsync(Some.Head() with { PublicationDone = 1 });
        foreach (var length in new[] { 10, 11, 12 })
        {
            Assert.Equal("", await ReportAsync(Some.Article, length));
            _desk.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("too many", await ReportAsync(Some.Article));
        var page = await _requests.ListAsync(null, 2, default);
        Assert.Equal([12, 11], page.Items.Select(r => r.Message.Length));
        var rest = await _requests.ListAsync(page.Cursor, 2, default);
        Assert.Equal((10, null), (Assert.Single(rest.Items).Message.Length, rest.Cursor));
    }

    private async Task<string> ReportAsync(string? id, int message = 10, int contact = 0, char says = 'a')
    {
        var report = new NewCorrectionRequest(id, new(says, message), new('b', contact));
        var request = BareDesk.Request();
        request.ContentType = "application/json";
        request.Body = new MemoryStream(
            JsonSerializer.SerializeToUtf8Bytes(report, HttpJson.Default.NewCorrectionRequest)
        );
        var answer = (await _corrections.PostCorrection(request, default)).Result;
        return answer switch
        {
            IStatusCodeHttpResult { StatusCode: StatusCodes.Status202Accepted } => "",
            Incomplete => string.Join(' ', (await BareDesk.ReadAsync<Problem>(answer)).Errors!.Keys),
            TooMany => "too many",
            _ => $"{answer}",
        };
    }
}
