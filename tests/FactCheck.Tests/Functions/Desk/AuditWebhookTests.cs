using System.Net;
using System.Text.Json.Nodes;
using FactCheck.Functions.Configuration;
using FactCheck.Functions.Desk;
using FactCheck.Storage.Audit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Tests.Functions.Desk;

/// <summary>Somebody outside keeps how far the audit log went.</summary>
public sealed class AuditWebhookTests
{
    private static readonly AuditPosition End = new("202603.jsonl", 270, "ab12cd34.seal");

    [Fact]
    public async Task It_is_told_where_the_log_ends_and_nothing_of_what_it_says()
    {
        var told = new TaskCompletionSource<string>();
        using var server = new LocalServer(async call =>
        {
            using var reader = new StreamReader(call.Request.InputStream);
            told.TrySetResult(await reader.ReadToEndAsync());
            call.Response.Close();
        });
        using var hook = Hook(server.Address);
        await hook.TellAsync(End, Some.Now, findings: 2, CancellationToken.None);
        var body = JsonNode.Parse(await told.Task)!.AsObject();
        Assert.Equal(["at", "file", "length", "seal", "findings"], body.Select(field => field.Key));
        Assert.Equal((270, "ab12cd34.seal", 2), ((int)body["length"]!, (string)body["seal"]!, (int)body["findings"]!));
    }

    [Fact]
    public async Task Nobody_there_is_no_failure_of_the_desk()
    {
        using var hook = Hook(LocalServer.FreeAddress());
        await hook.TellAsync(End, Some.Now, findings: 0, CancellationToken.None);
        using var refusing = new LocalServer(call =>
        {
            call.Response.StatusCode = (int)HttpStatusCode.InternalServerError;
            call.Response.Close();
            return Task.CompletedTask;
        });
        using var refused = Hook(refusing.Address);
        await refused.TellAsync(End, Some.Now, findings: 0, CancellationToken.None);
    }

    private static AuditWebhook Hook(Uri address) =>
        new(new Settings { Audit = { Webhook = address } }, NullLogger<AuditWebhook>.Instance);
}
