using FactCheck.Host.Durable.Protocol;
using Grpc.Core;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Inputs, outputs and events: how big, and how stored.</summary>
public sealed class PayloadTests
{
    [Fact]
    public async Task A_payload_of_9_MB_goes_all_the_way_and_what_is_over_ten_million_characters_is_refused()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator("Echo", context => context.CallActivityAsync<string>("Echo", context.GetInput<string>()))
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .AddActivity<string, string>("Echo", Task.FromResult)
            .StartAsync();
        var text = new string('x', 9 * 1024 * 1024);
        await host.BeginAsync("Wait", id: "w");

        Assert.Equal(text, (await host.RunAsync("Echo", text)).ReadOutputAs<string>());
        var most = new string('x', Refusals.MostCharacters - 1); // its quotes make it one too many
        var start = await Assert.ThrowsAsync<ArgumentException>(() =>
            host.Client.ScheduleNewOrchestrationInstanceAsync("Echo", most, CancellationToken.None)
        );
        Assert.Equal(
            "The input has 10,485,761 characters; the most is 10,485,760. Store it, and pass its id.",
            start.Message
        );
        foreach (
            var refused in new Func<Task>[]
            {
                () => host.Client.RaiseEventAsync("w", "go", most),
                () => host.Client.TerminateInstanceAsync("w", most),
            }
        )
        {
            var error = await Assert.ThrowsAsync<RpcException>(refused);
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.Contains(
                "has 10,485,761 characters; the most is 10,485,760.",
                error.Status.Detail,
                StringComparison.Ordinal
            );
        }
        Assert.Equal(
            (OrchestrationRuntimeStatus.Running, 2),
            ((await host.ReadAsync("w")).RuntimeStatus, host.Count("instances"))
        );
    }

    [Fact]
    public async Task An_input_is_stored_once_and_the_history_does_not_hold_it()
    {
        await using var host = await Hosts.WaitingAsync();
        await host.BeginAsync("Wait", new string('x', 100_000), id: "w");
        await host.SendAsync("w", "go", "done");

        Assert.Equal(
            (2L, 1L),
            (
                host.Count("payloads"),
                Hosts.Sql(host.DataDirectory, "SELECT COUNT(*) FROM payloads WHERE length(data) > 100000")
            )
        );
        Assert.InRange(Hosts.Sql(host.DataDirectory, "SELECT SUM(length(data)) FROM history"), 1, 1000);
        Assert.Equal(
            100_002,
            (await host.HistoryAsync("w")).Single(one => one.ExecutionStarted is not null).ExecutionStarted.Input.Length
        );
    }
}
