using FactCheck.Runtime;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>Ids that are the same when replayed, and on Azure. The expected ones were worked out with Python's uuid.uuid5.</summary>
public sealed class NewGuidTests
{
    public static TheoryData<bool> LiveAndReplayed => [false, true];

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task New_guids_are_version_5_of_instance_time_and_counter(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Guids", async context =>
            {
                var first = context.NewGuid();
                await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                return new[] { first, context.NewGuid() };
            })
            .StartAsync();
        await host.BeginAsync("Guids", id: "golden");
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));

        var guids = (await host.ReadAsync("golden")).ReadOutputAs<Guid[]>()!;

        // Worked out once, by hand, with Python's uuid.uuid5.
        Assert.Equal(Guid.Parse("6cf273be-30c0-575b-abfe-da6a566eee5b"), guids[0]);
        Assert.Equal(Guid.Parse("da30024d-03fb-5908-b173-66100569b937"), guids[1]);
    }

    [Fact]
    public async Task A_sub_orchestration_without_an_id_takes_a_new_guid_and_so_uses_up_a_counter()
    {
        await using var host = await EmbeddedHost.ForTests()
            .AddOrchestrator("Parent", async context =>
            {
                var child = await context.CallSubOrchestratorAsync<string>("Child");
                return new[] { child, context.NewGuid().ToString("N") };
            })
            .AddOrchestrator("Child", context => Task.FromResult(context.InstanceId))
            .StartAsync();

        var ids = (await host.RunAsync("Parent", id: "p")).ReadOutputAs<string[]>()!;

        Assert.Equal("728e3d3f39d0586f937bdd815e0709c7", ids[0]);
        Assert.Equal("b944394a208e5f9593bc929afd9c422e", ids[1]);
    }

    [Theory]
    [InlineData("p", "728e3d3f-39d0-586f-937b-dd815e0709c7")]
    [InlineData("golden", "6cf273be-30c0-575b-abfe-da6a566eee5b")]
    [InlineData("žito-1", "ed643d79-66b4-5e74-a644-c7cc6498a608")]
    public async Task The_first_guid_of_an_instance_is_what_another_implementation_works_out(string instance, string guid)
    {
        await using var host = await EmbeddedHost.ForTests().AddOrchestrator("Guid", context => Task.FromResult(context.NewGuid())).StartAsync();

        Assert.Equal(Guid.Parse(guid), (await host.RunAsync("Guid", id: instance)).ReadOutputAs<Guid>());
    }

    [Theory, MemberData(nameof(LiveAndReplayed))]
    public async Task A_new_execution_counts_from_zero_and_a_time_has_seven_digits(bool evict)
    {
        await using var host = await EmbeddedHost.ForTests().EvictAlways(evict)
            .AddOrchestrator("Anew", async context =>
            {
                var guids = (context.GetInput<Guid[]>() ?? []).Append(context.NewGuid()).ToArray();
                if (guids.Length == 1)
                {
                    await context.CreateTimer(TimeSpan.FromHours(2), CancellationToken.None);
                    context.ContinueAsNew(guids);
                }
                return guids;
            })
            .StartAsync();
        await host.BeginAsync("Anew", id: "anew");
        await host.AdvanceAsync(new TimeSpan(2, 0, 0) + TimeSpan.FromTicks(1_234_567));

        Assert.Equal(
            [Guid.Parse("aff1be70-810c-5ea5-86c1-0c53605685a6"), Guid.Parse("8bacd1fb-9cf4-52e7-b536-cf6ffcca01de")],
            (await host.ReadAsync("anew")).ReadOutputAs<Guid[]>()!);
    }
}
