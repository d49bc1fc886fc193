using FactCheck.Host;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Xunit;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Versions of orchestrations.</summary>
public sealed class VersionTests
{
    [Fact]
    public async Task The_version_is_the_hosts_default_unless_it_is_given()
    {
        await using var host = await TestHub.ForTests()
            .WithHostJson("""{ "version": "2.0", "extensions": { "durableTask": { "defaultVersion": "1.2.0" } } }""")
            .AddOrchestrator("Version", context => Task.FromResult($"{context.Version} {Math.Sign(context.CompareVersionTo("1.10.0"))} {Math.Sign(context.CompareVersionTo("1.2"))}"))
            .StartAsync();

        Assert.Equal("1.2.0 -1 1", (await host.RunAsync("Version")).ReadOutputAs<string>());
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Version", new StartOrchestrationOptions { Version = "2.0" });
        await host.WhenIdleAsync();
        Assert.Equal("2.0 1 1", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "1.0", -1)]
    [InlineData("1.0", "", 1)]
    [InlineData("1.0", "1.0", 0)]
    [InlineData("1.9", "1.10", -1)]
    [InlineData("2.0", "1.10.3", 1)]
    [InlineData("b", "a", 1)]
    public async Task Versions_compare_as_numbers_where_they_are_and_none_is_the_oldest(string mine, string other, int sign)
    {
        await using var host = await TestHub.ForTests().AddOrchestrator("Version", context => Task.FromResult(Math.Sign(context.CompareVersionTo(other)))).StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Version", new StartOrchestrationOptions("v") { Version = mine });
        await host.WhenIdleAsync();

        Assert.Equal(sign, (await host.ReadAsync("v")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task A_child_has_the_default_version_unless_its_call_names_one()
    {
        await using var host = await TestHub.ForTests()
            .WithHostJson("""{ "version": "2.0", "extensions": { "durableTask": { "defaultVersion": "1.2" } } }""")
            .AddOrchestrator("Parent", async context => string.Join(' ', await Task.WhenAll(
                context.CallSubOrchestratorAsync<string>("Child"), context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions { Version = "3.0" }))))
            .AddOrchestrator("Child", context => Task.FromResult(context.Version))
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Parent", new StartOrchestrationOptions("p") { Version = "9.0" });
        await host.WhenIdleAsync();

        Assert.Equal("1.2 3.0", (await host.ReadAsync("p")).ReadOutputAs<string>());
    }
}
