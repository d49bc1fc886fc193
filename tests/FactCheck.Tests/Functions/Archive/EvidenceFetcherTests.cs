using System.Text;
using System.Text.RegularExpressions;
using FactCheck.Functions.Archive;
using FactCheck.Functions.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace FactCheck.Tests.Functions.Archive;

/// <summary>How far a link is followed that a stranger may have chosen.</summary>
public sealed class EvidenceFetcherTests : IAsyncLifetime
{
    private const string OnlyWeb = "Only http and https addresses without a user name are fetched.";

    private readonly Settings _settings = new()
    {
        Evidence =
        {
            AllowPrivateAddresses = true,
            MaxRedirects = 2,
            MaxBytes = 100_000,
        },
    };
    private readonly EvidenceFetcher _fetcher;
    private readonly WebApplication _site;

    public EvidenceFetcherTests()
    {
        _fetcher = new(_settings);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0", "http://127.0.0.1:0");
        _site = builder.Build();
        _site.Run(AnswerAsync);
    }

    public async ValueTask InitializeAsync() => await _site.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _fetcher.Dispose();
        await _site.DisposeAsync();
    }

    [Theory]
    [InlineData("redirects/0", null)]
    [InlineData("redirects/2", null)]
    [InlineData("redirects/3", "More than 2 redirects.")]
    [InlineData("to?ftp://example.org/", OnlyWeb)]
    [InlineData("to?file:///etc/passwd", OnlyWeb)]
    [InlineData("to?data:text/plain,a", OnlyWeb)]
    [InlineData("300", "It answers 300 Multiple Choices.")] // to nowhere
    [InlineData("404", "It answers 404 Not Found.")]
    [InlineData("299", null)]
    [InlineData("bytes/100000", null)]
    [InlineData("bytes/100001", "It has more than 100,000 bytes.")]
    public async Task A_link_is_followed_so_far_and_no_farther(string path, string? problem)
    {
        var page = await FetchAsync(path);
        Assert.Equal((problem, problem is null), (page.Problem, page.Content is not null));
    }

    [Theory]
    [InlineData("text/html", "page.html")]
    [InlineData("text/plain; charset=utf-8", "page.txt")]
    [InlineData("text/markdown", "page.txt")]
    [InlineData("application/pdf", "page.html")]
    public async Task What_comes_is_kept_whole_and_named_by_its_type(string type, string name)
    {
        var page = await FetchAsync($"type?{type}");
        Assert.Equal((type, name), (Encoding.UTF8.GetString(page.Content!), page.FileName));
    }

    [Theory]
    [InlineData("ftp://example.org/")]
    [InlineData("https://example.org@evil.example/")]
    [InlineData("/here")]
    public async Task Other_schemes_are_not_begun_with(string link) =>
        Assert.Equal(OnlyWeb, (await _fetcher.FetchAsync(new(link, UriKind.RelativeOrAbsolute), default)).Problem);

    [Theory]
    [InlineData("http://127.0.0.1:1/", "127.0.0.1 leads to no public address.")]
    [InlineData("http://localhost:1/", "localhost leads to no public address.")]
    [InlineData("http://[::1]:1/", "* leads to no public address.")]
    [InlineData("http://[::ffff:10.0.0.1]/", "* leads to no public address.")]
    [InlineData("https://169.254.169.254/", "169.254.169.254 leads to no public address.")]
    public async Task A_private_address_is_not_called(string link, string problem)
    {
        _settings.Evidence.AllowPrivateAddresses = false;
        Matches(problem, (await _fetcher.FetchAsync(new(link), default)).Problem);
    }

    [Fact]
    public async Task Each_redirects_address_is_looked_at_again()
    {
        // The test's only addresses are private, so the desk learns better while the first one answers.
        var page = await FetchAsync($"strict?{_site.Urls.Last()}/redirects/0");
        Matches("127.0.0.1 leads to no public address.", page.Problem);
    }

    [Fact]
    public async Task A_site_that_does_not_answer_is_a_problem_and_a_desk_that_stops_is_none()
    {
        _settings.Evidence.Timeout = TimeSpan.FromMilliseconds(200);
        Assert.Equal("No answer within 0 seconds.", (await FetchAsync("never")).Problem);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _fetcher.FetchAsync(At("never"), stop.Token));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var query = Uri.UnescapeDataString(context.Request.QueryString.Value!.TrimStart('?'));
        switch (context.Request.Path.Value!.Split('/')[1..])
        {
            case ["redirects", "0"]:
                break;
            case ["redirects", var left]:
                context.Response.Redirect($"{int.Parse(left) - 1}");
                break;
            case ["to"]:
                context.Response.Redirect(query);
                break;
            case ["strict"]:
                _settings.Evidence.AllowPrivateAddresses = false;
                context.Response.Redirect(query);
                break;
            case ["bytes", var count]:
                await context.Response.Body.WriteAsync(new byte[int.Parse(count)]);
                break;
            case ["type"]:
                context.Response.ContentType = query;
                await context.Response.WriteAsync(query);
                break;
            case ["never"]:
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
            case [var status]:
                context.Response.StatusCode = int.Parse(status);
                break;
        }
    }

    private static void Matches(string expected, string? problem) =>
        Assert.Matches($"^{Regex.Escape(expected).Replace(@"\*", ".+", StringComparison.Ordinal)}$", problem);

    private Uri At(string path) => new($"{_site.Urls.First()}/{path}");

    private Task<FetchedPage> FetchAsync(string path) => _fetcher.FetchAsync(At(path), default);
}
