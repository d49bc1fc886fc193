namespace FactCheck.Tests.Host.Durable;

/// <summary>What an orchestrator tells of itself.</summary>
public sealed class CustomStatusTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Fact]
    public async Task A_custom_status_is_seen_at_once_and_kept_until_the_end()
    {
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Status",
                async context =>
                {
                    context.SetCustomStatus(new { Step = 1 });
                    await context.WaitForExternalEvent<object>("go");
                }
            )
            .StartAsync();
        var id = await host.BeginAsync("Status");
        Assert.Equal("""{"Step":1}""", (await host.ReadAsync(id)).SerializedCustomStatus);

        await host.SendAsync(id, "go");

        Assert.Equal("""{"Step":1}""", (await host.ReadAsync(id)).SerializedCustomStatus);
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_custom_status_is_replaced_taken_away_and_kept_over_failure_and_termination(bool evict)
    {
        await using var host = await TestHub
            .ForTests()
            .ReplayAlways(evict)
            .AddOrchestrator(
                "Status",
                async context =>
                {
                    context.SetCustomStatus("one");
                    context.SetCustomStatus("two");
                    await context.WaitForExternalEvent<object>("go");
                    context.SetCustomStatus(context.GetInput<string>());
                    throw new FormatException();
                }
            )
            .StartAsync();
        await host.BeginAsync("Status", "three", id: "a");
        await host.BeginAsync("Status", id: "b");
        await host.BeginAsync("Status", id: "c");
        Assert.Equal("two", (await host.ReadAsync("a")).ReadCustomStatusAs<string>());
        await host.SendAsync("a", "go");
        await host.SendAsync("b", "go");
        await host.Client.TerminateInstanceAsync("c");

        Assert.Equal(
            ("three", null, "two"),
            (
                (await host.ReadAsync("a")).ReadCustomStatusAs<string>(),
                (await host.ReadAsync("b")).SerializedCustomStatus,
                (await host.ReadAsync("c")).ReadCustomStatusAs<string>()
            )
        );
    }
}
