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
    public async Task Input_and_output_that_cannot_be_read_or_written_fail_by_name()
    {
        await using var host = await TestHub.ForTests()
            .AddOrchestrator("In", context => Task.FromResult(context.GetInput<int>()))
            .AddOrchestrator("Out", _ => Task.FromResult(new Cycle()))
            .AddOrchestrator("Act", context => context.CallActivityAsync("Number", "text"))
            .AddActivity<int, int>("Number", Task.FromResult)
            .StartAsync();

        Assert.Equal(typeof(System.Text.Json.JsonException).FullName, (await host.RunAsync("In", "text")).FailureDetails!.ErrorType);
        Assert.Equal(typeof(System.Text.Json.JsonException).FullName, (await host.RunAsync("Out")).FailureDetails!.ErrorType);
        Assert.Equal(typeof(System.Text.Json.JsonException).FullName, (await host.RunAsync("Act")).FailureDetails!.InnerFailure!.ErrorType);
    }

    [Fact]
    public async Task Payloads_of_50_MB_are_named_wherever_they_come_from_and_nothing_is_stored_of_them()
    {
        var big = new string('x', 50 * 1024 * 1024);
        await using var host = await TestHub.ForTests()
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .AddOrchestrator("Out", _ => Task.FromResult(big))
            .AddOrchestrator("In", context => context.CallActivityAsync("Echo", big))
            .AddOrchestrator("Child", context => context.CallSubOrchestratorAsync("Wait", big))
            .AddOrchestrator("Send", context =>
            {
                context.SendEvent("w", "go", big);
                return Task.CompletedTask;
            })
            .AddOrchestrator("Anew", context =>
            {
                context.ContinueAsNew(big);
                return Task.CompletedTask;
            })
            .AddActivity<string, string>("Echo", Task.FromResult)
            .StartAsync();
        await host.BeginAsync("Wait", id: "w");

        Assert.StartsWith("Event 'go' to w is 52,428,802 bytes as JSON; the most is 10,485,760", (await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RaiseEventAsync("w", "go", big))).Message, StringComparison.Ordinal);
        Assert.StartsWith("The output of w is 52,428,802 bytes", (await Assert.ThrowsAsync<ArgumentException>(() => host.Client.TerminateInstanceAsync("w", big))).Message, StringComparison.Ordinal);
        foreach (var (orchestrator, error) in new[]
        {
            ("Out", "The output of Out-1 is"), ("In", "The input of activity 'Echo' is"), ("Child", "The input of sub-orchestration 'Wait' is"), ("Send", "Event 'go' to w is"), ("Anew", "The new input of Anew-1 is"),
        })
        {
            var failure = (await host.RunAsync(orchestrator, id: orchestrator + "-1")).FailureDetails!;
            Assert.StartsWith($"{error} 52,428,802 bytes as JSON; the most is 10,485,760. Store it and pass its id.", failure.ErrorMessage, StringComparison.Ordinal);
        }
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("w")).RuntimeStatus);
        Assert.InRange(new FileInfo(Path.Combine(host.DataDirectory, "runtime.db")).Length, 0, 1024 * 1024);
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

    [Fact]
    public async Task What_azure_may_refuse_is_done_with_a_warning()
    {
        var log = new ListLog();
        var big = new string('x', 1024 * 1024);
        await using var host = await TestHub.ForTests().LoggingTo(log)
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .AddOrchestrator("Echo", async context => (await context.CallActivityAsync<string>("Echo", context.GetInput<string>()))[..1])
            .AddActivity<string, string>("Echo", Task.FromResult)
            .StartAsync();
        var id = new string('i', 101);
        await host.BeginAsync("Wait", id: id);
        await host.BeginAsync("Wait", id: id[1..]);
        await host.SendAsync(id, "go", big);
        await host.RunAsync("Echo", big);

        Assert.Equal(
            [
                $"Instance id {id} has over 100 characters; Azure refuses that", "The payload of event 'go' is over 1,048,576 bytes; Azure may refuse that", "The output of 'Wait' is over 1,048,576 bytes; Azure may refuse that",
                "The input of 'Echo' is over 1,048,576 bytes; Azure may refuse that", "The input of activity 'Echo' is over 1,048,576 bytes; Azure may refuse that", "The output of activity 'Echo' is over 1,048,576 bytes; Azure may refuse that",
            ],
            log.Of(LogLevel.Warning));
        Assert.Equal(big, (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task What_cannot_be_written_as_json_is_an_error_at_the_call_and_changes_nothing()
    {
        await using var host = await TestHub.ForTests()
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .AddOrchestrator("Calls", async context =>
            {
                foreach (var call in new Func<Task>[] { () => context.CallActivityAsync("Echo", new Cycle()), () => context.CallSubOrchestratorAsync("Wait", new Cycle()) })
                    await Assert.ThrowsAsync<System.Text.Json.JsonException>(call);
                Assert.Throws<System.Text.Json.JsonException>(() => context.SendEvent("w", "go", new Cycle()));
                Assert.Throws<System.Text.Json.JsonException>(() => context.SetCustomStatus(new Cycle()));
                return await context.CallActivityAsync<string>("Echo", "goes on");
            })
            .AddOrchestrator("Result", context => context.CallActivityAsync("Cycle"))
            .AddActivity<string, string>("Echo", Task.FromResult)
            .AddActivity<object?, Cycle>("Cycle", _ => Task.FromResult(new Cycle()))
            .StartAsync();
        await host.BeginAsync("Wait", id: "w");

        Assert.Equal("goes on", (await host.RunAsync("Calls")).ReadOutputAs<string>());
        Assert.Equal(typeof(System.Text.Json.JsonException).FullName, (await host.RunAsync("Result")).FailureDetails!.InnerFailure!.ErrorType);
        await Assert.ThrowsAsync<System.Text.Json.JsonException>(() => host.Client.RaiseEventAsync("w", "go", new Cycle()));
        await Assert.ThrowsAsync<System.Text.Json.JsonException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new Cycle(), CancellationToken.None));
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.ReadAsync("w")).RuntimeStatus);
    }

    private sealed class Cycle
    {
        public Cycle Self => this;
    }
}
