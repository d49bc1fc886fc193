namespace FactCheck.Tests.Host.Durable;

/// <summary>Versions of orchestrations.</summary>
public sealed class VersionTests
{
    [Fact]
    public async Task The_version_is_the_hosts_default_unless_it_is_given()
    {
        await using var host = await TestHub
            .ForTests()
            .WithHostJson("""{ "version": "2.0", "extensions": { "durableTask": { "defaultVersion": "1.2.0" } } }""")
            .AddOrchestrator(
                "Version",
                context =>
                    Task.FromResult(
                        $"{context.Version} {Math.Sign(context.CompareVersionTo("1.10.0"))} {Math.Sign(context.CompareVersionTo("1.2"))}"
                    )
            )
            .StartAsync();

        Assert.Equal("1.2.0 -1 1", (await host.RunAsync("Version")).ReadOutputAs<string>());
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Version",
            new StartOrchestrationOptions { Version = "2.0" }
        );
        await host.WhenIdleAsync();
        Assert.Equal("2.0 1 1", (await host.ReadAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_child_has_the_default_version_unless_its_call_names_one()
    {
        await using var host = await TestHub
            .ForTests()
            .WithHostJson("""{ "version": "2.0", "extensions": { "durableTask": { "defaultVersion": "1.2" } } }""")
            .AddOrchestrator(
                "Parent",
                async context =>
                    string.Join(
                        ' ',
                        await Task.WhenAll(
                            context.CallSubOrchestratorAsync<string>("Child"),
                            context.CallSubOrchestratorAsync<string>(
                                "Child",
                                new SubOrchestrationOptions { Version = "3.0" }
                            )
                        )
                    )
            )
            .AddOrchestrator("Child", context => Task.FromResult(context.Version))
            .StartAsync();
        await host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Parent",
            new StartOrchestrationOptions("p") { Version = "9.0" }
        );
        await host.WhenIdleAsync();

        Assert.Equal("1.2 3.0", (await host.ReadAsync("p")).ReadOutputAs<string>());
    }
}
