using FactCheck.Host;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Inputs, outputs and events: how big, how stored, and what cannot be read or written.</summary>
public sealed class PayloadTests
{
    [Fact]
    public async Task A_payload_of_9_MB_goes_all_the_way_and_one_of_11_is_named()
    {
        await using var host = await TestHub.ForTests()
            .AddOrchestrator("Echo", context => context.CallActivityAsync<string>("Echo", context.GetInput<string>()))
            .AddOrchestrator("Grow", context => context.CallActivityAsync<string>("Grow"))
            .AddActivity<string, string>("Echo", Task.FromResult)
            .AddActivity<object, string>("Grow", _ => Task.FromResult(new string('x', 11 * 1024 * 1024)))
            .StartAsync();
        var text = new string('x', 9 * 1024 * 1024);

        Assert.Equal(text, (await host.RunAsync("Echo", text)).ReadOutputAs<string>());
        Assert.Contains("The output of activity 'Grow' is 11,534,338 bytes as JSON; the most is 10,485,760.", (await host.RunAsync("Grow")).FailureDetails!.InnerFailure!.ErrorMessage, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Echo", new string('x', 11 * 1024 * 1024), CancellationToken.None));
        Assert.StartsWith("The input of 'Echo'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_is_stored_once_and_the_history_does_not_hold_it()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", new string('x', 100_000), id: "w");
        await host.SendAsync("w", "go", "done");

        Assert.Equal((2L, 1L), (host.Count("payloads"), Hosts.Sql(host.DataDirectory, "SELECT COUNT(*) FROM payloads WHERE length(data) > 100000")));
        Assert.InRange(Hosts.Sql(host.DataDirectory, "SELECT SUM(length(data)) FROM history"), 1, 1000);
    }
}
