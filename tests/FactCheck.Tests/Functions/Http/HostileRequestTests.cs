using System.Net.Http.Headers;
using System.Text;
using FactCheck.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions.Http;

/// <summary>Bodies that no client of ours sends are refused, and never end in an error of the host's.</summary>
public sealed class HostileRequestTests
{
    [Fact]
    public async Task A_decision_of_a_shape_that_there_is_not_is_refused()
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var task = (await desk.OpenTasksAsync(article))[0];
        var (_, _, etag) = await desk.GetAsync<TaskDetail>(Role.Reviewer, $"api/tasks/{task.Id}");
        string[] bodies =
        [
            "",
            "null",
            "[]",
            "\"Approve\"",
            "{",
            "{\"action\":17}",
            "{\"action\":0}",
            "{\"action\":\"Publish\"}",
            "{\"action\":\"Reject\",\"reason\":9}",
            "{\"action\":\"Approve\",\"rating\":\"True\",\"explanation\":\"x\",\"evidence\":[null]}",
            "{\"action\":\"Approve\",\"rating\":\"True\",\"explanation\":\"x\",\"evidence\":[{\"excerpt\":\"x\",\"kind\":7}]}",
            "{\"action\":\"Approve\",\"rating\":\"True\",\"explanation\":\"x\",\"evidence\":[{\"url\":\"javascript:alert(1)\"}]}",
            "{\"action\":\"Amend\",\"rating\":\"Unproven\",\"explanation\":\"x\","
                + "\"amendment\":{\"span\":{\"start\":2147483647,\"length\":1}}}",
            "{\"action\":\"Amend\",\"rating\":\"Unproven\",\"explanation\":\"x\","
                + "\"amendment\":{\"span\":{\"start\":1,\"length\":2147483647}}}",
            new string('[', 64),
            $"{{\"note\":\"{new string('x', 600_000)}\"}}",
        ];
        foreach (var body in bodies)
            Assert.True(await SendAsync(desk, $"api/tasks/{task.Id}/decisions", body, etag) is 400 or 413 or 422, body);
        Assert.Empty(await desk.Cases.DecisionsAsync(task.Id));
    }

    [Theory]
    [InlineData("{\"kind\":7,\"span\":{\"start\":0,\"length\":30}}")]
    [InlineData("{\"kind\":\"Claim\",\"span\":{\"start\":2147483647,\"length\":1}}")]
    [InlineData("{\"kind\":\"Claim\",\"span\":{\"start\":-1,\"length\":30}}")]
    [InlineData("{\"kind\":\"Claim\",\"span\":{\"start\":0,\"length\":0}}")]
    [InlineData("{\"kind\":\"Claim\"}")]
    [InlineData("{}")]
    public async Task A_statement_of_a_shape_that_there_is_not_is_refused(string body)
    {
        await using var desk = await DeskHost.StartAsync();
        var article = await desk.DropAsync("river.txt", RiverText.A);
        Assert.True(await SendAsync(desk, $"api/articles/{article}/statements", body, null) is 400 or 422, body);
    }

    [Theory]
    [InlineData("purpose", "OwnCpy", 400)]
    [InlineData("purpose", "own copy", 202)]
    [InlineData("purpose", "", 202)]
    [InlineData("published", "03/04/2026", 400)]
    [InlineData("published", "soon", 400)]
    [InlineData("published", "03.04.2026", 202)]
    public async Task A_purpose_that_is_none_and_a_date_that_can_be_two_are_told(string field, string value, int status)
    {
        await using var desk = await DeskHost.StartAsync();
        var (token, _) = await desk
            .Host.Services.GetRequiredService<Tokens>()
            .IssueAsync("ana", Role.Submitter, TimeSpan.FromHours(1));
        using var form = new MultipartFormDataContent
        {
            { new StringContent(value), field },
            { new StringContent(RiverText.A), "file", "river.txt" },
        };
        await form.LoadIntoBufferAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/articles") { Content = form };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

        using var response = await desk.Host.Http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 202, await desk.Cases.FindHeadAsync(ArticleKey.Of("articles", "river.txt")) is not null);
    }

    private static async Task<int> SendAsync(DeskHost desk, string path, string body, string? etag)
    {
        var (token, _) = await desk
            .Host.Services.GetRequiredService<Tokens>()
            .IssueAsync("ana", Role.Reviewer, TimeSpan.FromHours(1));
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (etag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        using var response = await desk.Host.Http.SendAsync(request);
        return (int)response.StatusCode;
    }
}
