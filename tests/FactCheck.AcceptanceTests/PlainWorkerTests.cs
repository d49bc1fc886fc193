using System.Net;
using System.Reflection;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Grpc;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.AcceptanceTests;

/// <summary>
/// <c>factcheck host run --durable-only</c> is the backend of Microsoft's own worker and client, over the death of
/// either side.
/// </summary>
public sealed class PlainWorkerTests
{
    private const string Instances = "runtime/webhooks/durabletask/instances";
    private static readonly string Worker = typeof(PlainWorkerTests)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "SampleWorker")
        .Value!;

    [Fact]
    public async Task What_was_acknowledged_is_done_though_the_host_is_killed_and_its_workers_hang_or_are_killed()
    {
        using var data = new DataFolder();
        var address = LocalServer.FreeAddress();
        await using var worker = Start(address); // before there is a host
        var first = await HostProcess.RunDurableAsync(data, address);
        await using (first)
        {
            await using var client = Client(address);
            Assert.Equal(
                "Hello, Ada!",
                await ResultAsync(client, await client.ScheduleNewOrchestrationInstanceAsync("Hello", "Ada"))
            );
            var anybody = new Caller(address);
            Assert.Contains("\"workers\":1", (await anybody.GetAsync("runtime/health")).Text, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Forbidden, (await anybody.GetAsync(Instances)).Status);
            var key = (await File.ReadAllTextAsync(Path.Combine(data.Path, "keys", "host.key"))).Trim();
            Assert.Contains(
                "Hello, Ada!",
                (await anybody.GetAsync(Instances, ("x-functions-key", key))).Text,
                StringComparison.Ordinal
            );

            await Subprocess.SignalAsync(worker.Id, "STOP"); // it answers no sign of life, and its connection stands
            await using var second = Start(address);
            await Limits.UntilAsync(
                Limits.Start,
                async () =>
                    (await anybody.GetAsync("runtime/health")).Text is var health
                    && health.Contains("\"workers\":2", StringComparison.Ordinal)
                        ? health
                        : null,
                () => second.Said
            );
            var hung = new List<string>();
            for (var i = 0; i < 20; i++)
                hung.Add(await client.ScheduleNewOrchestrationInstanceAsync("Hello", $"{i}"));
            for (var i = 0; i < hung.Count; i++)
                Assert.Equal($"Hello, {i}!", await ResultAsync(client, hung[i])); // half of them were the hanging one's
            await second.KillAsync();
            for (var i = 0; i < 20; i++)
                await client.ScheduleNewOrchestrationInstanceAsync(
                    "Hello",
                    $"{i}",
                    new StartOrchestrationOptions($"k{i}")
                );
            await first.KillAsync();
        }
        await using var next = await HostProcess.RunDurableAsync(data, address);
        await using var again = Client(address);
        await Subprocess.SignalAsync(worker.Id, "CONT");

        for (var i = 0; i < 20; i++)
            Assert.Equal($"Hello, {i}!", await ResultAsync(again, $"k{i}"));
        Assert.Equal(0, await next.StopAsync());
    }

    [Fact]
    public async Task The_worker_of_the_docs_is_the_one_that_is_tested()
    {
        var program = await File.ReadAllTextAsync(Repository.PathOf("tests", "SampleWorker", "Program.cs"));
        var docs = await File.ReadAllTextAsync(Repository.PathOf("docs", "host.md"));

        Assert.Contains($"```csharp\n{program}```\n", docs, StringComparison.Ordinal);
        Assert.InRange(program.TrimEnd().Split('\n').Length, 1, 10);
    }

    [Fact]
    public async Task It_does_not_listen_where_other_machines_reach_it()
    {
        using var data = new DataFolder();
        var (exitCode, output) = await HostProcess.RunAsync(
            data.Path,
            new("http://0.0.0.0:4001/"),
            Limits.Verb,
            "host",
            "run",
            "--durable-only"
        );

        Assert.Equal(1, exitCode);
        Assert.Contains("it is on the loopback only", output, StringComparison.Ordinal);
    }

    private static Subprocess Start(Uri backend) => Subprocess.Start(Subprocess.Dotnet, [Worker, backend.ToString()]);

    private static GrpcDurableTaskClient Client(Uri backend) =>
        new("tests", new GrpcDurableTaskClientOptions { Address = backend.ToString() }, NullLogger.Instance);

    private static async Task<string?> ResultAsync(DurableTaskClient client, string instance)
    {
        using var limit = new CancellationTokenSource(Limits.Many);
        return (
            await client.WaitForInstanceCompletionAsync(instance, getInputsAndOutputs: true, limit.Token)
        ).ReadOutputAs<string>();
    }
}
