using System.Net;
using System.Net.Sockets;
using Xunit;

namespace FactCheck.AcceptanceTests;

/// <summary>Whoever opens connections and says nothing keeps nobody out.</summary>
public sealed class ConnectionTests
{
    // The worker alone needs 370: the runtime keeps each assembly open, twice.
    private const int Descriptors = 512;
    private const int Idle = 600;

    [Fact]
    public async Task Idle_connections_without_end_do_not_stop_a_host_with_few_descriptors()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no ulimit.");
        using var data = new DataFolder();
        await using var host = await HostProcess.ServeAsync(data, limit: $"-n {Descriptors}");
        var editor = await host.SignInAsync("Edda", "Editor");
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Idle; i++)
            {
                var client = new TcpClient();
                idle.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
                // Half of them begin to ask, and never end.
                if (i % 2 == 0) await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n"u8.ToArray());
                if (i % 50 == 0) Assert.Equal(HttpStatusCode.OK, (await editor.GetAsync("api/articles")).Status);
            }

            for (var i = 0; i < 20; i++) Assert.Equal(HttpStatusCode.Accepted, (await editor.UploadAsync($"article-{i}.txt", $"{Texts.Short}\nIt is {i} metres long.\n")).Status);
            await Limits.UntilAsync(Limits.Check, async () => await Desk.FindAsync(editor, "article-19.txt") is { } last && last["article"]!.Text("stage") == "Reviewing" ? last : null, () => host.Output);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            Assert.Fail($"{exception.Message} after {idle.Count} connections\n{host.Output}");
        }
        finally
        {
            idle.ForEach(client => client.Dispose());
        }

        Assert.Equal(HttpStatusCode.OK, (await editor.GetAsync("health/ready")).Status);
    }
}
