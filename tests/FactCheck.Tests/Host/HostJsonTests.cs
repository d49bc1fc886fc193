using FactCheck.Host;

namespace FactCheck.Tests.Host;

public sealed class HostJsonTests
{
    [Fact]
    public void What_it_says_is_read_and_an_unknown_key_is_named_with_the_nearest_known_one()
    {
        var host = HostJson.Parse(
            """
            {
              // comments are allowed, as on Azure
              "version": "2.0",
              "functionTimeout": "00:10:00",
              "logging": { "logLevel": { "anything": "Trace" } },
              "extensions": {
                "http": { "routePrefix": "", "routePrefx": "x" },
                "blobs": { "maxDegreeOfParallelism": 4, "poisonBlobThreshold": 3 },
                "durableTask": {
                  "maxConcurrentActivityFunctions": 8, "maxConcurrentOrchestratorFunctions": 8,
                  "defaultVersion": "1.0", "storageProvider": { "type": "azure" }
                }
              },
              "functionTimeOuts": "1"
            }
            """
        );

        Assert.Equal(
            ("", TimeSpan.FromMinutes(10), 4, 3, 8, "1.0"),
            (
                host.RoutePrefix,
                host.FunctionTimeout,
                host.MaxBlobs,
                host.PoisonBlobThreshold,
                host.MaxActivities,
                host.DefaultVersion
            )
        );
        Assert.Equal(
            [
                "host.json: 'extensions.http.routePrefx' is not known; did you mean 'extensions.http.routePrefix'?",
                "host.json: 'functionTimeOuts' is not known; did you mean 'functionTimeout'?",
            ],
            host.Warnings
        );
        Assert.Null(HostJson.Parse("""{ "functionTimeout": "-1" }""").FunctionTimeout);
        Assert.Equal("api", HostJson.Parse("{}").RoutePrefix);
    }

    [Theory]
    [InlineData("""{ "extensions": { "blobs": { "maxDegreeOfParallelism": 0 } } }""")]
    [InlineData("not json")]
    [InlineData("[]")]
    public void One_that_cannot_be_meant_is_refused_with_its_path(string text)
    {
        using var folder = new TempFolder();
        var path = folder["host.json"];
        File.WriteAllText(path, text);

        Assert.StartsWith(
            $"{path} can't be read: ",
            Assert.Throws<FunctionHostException>(() => HostJson.Read("/nowhere/host.json", path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_apps_own_has_no_unknown_keys() =>
        Assert.Empty(HostJson.Read(Path.Combine(AppContext.BaseDirectory, "host.json")).Warnings);
}
