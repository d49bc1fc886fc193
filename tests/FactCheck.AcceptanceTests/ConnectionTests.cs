using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FactCheck.AcceptanceTests;

/// <summary>Whoever opens connections and says nothing keeps nobody out.</summary>
public sealed class ConnectionTests
{
    private const int Slow = 20;

    // The worker alone needs 370: the runtime keeps each assembly open, twice.
    private const int Descriptors = 512;
    private const int Idle = 600;

    // This process opens as many itself, and has a limit, too.
    private const int ManyIdle = 20_000;
    private const int Own = 2_000;

    [Fact]
    public Task Idle_connections_without_end_do_not_stop_a_host_with_few_descriptors()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no ulimit.");
        return OpenAsync(Idle, $"-n {Descriptors}");
    }

    /// <summary>With FACTCHECK_FULL=1 twenty thousand, or as many as this process may have; else a tenth.</summary>
    [Fact]
    public async Task Thousands_of_idle_connections_do_not_stop_a_host()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit is read as on Linux.");
        var limit = (await Subprocess.RunAsync("sh", ["-c", "ulimit -Hn"], Limits.Verb)).Output.Trim();
        var most = int.TryParse(limit, out var descriptors) ? Math.Min(ManyIdle, descriptors - Own) : ManyIdle;
        Assert.SkipUnless(most >= 2_000, $"This process may have {limit} descriptors only.");
        await OpenAsync(Limits.IsFull ? most : most / 10, limit: null);
    }

    [Fact]
    public async Task Who_sends_headers_or_a_body_too_slowly_is_cut_off_and_keeps_nobody_waiting()
    {
        using var data = new DataFolder();
        await using var host = await HostProcess.ServeAsync(data);
        var editor = await host.SignInAsync("Edda", "Editor");
        const string Headers = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
        var body =
            "POST /api/articles?name=slow.txt HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + $"{editor.Token}\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\n";
        var slow = Enumerable.Range(0, Slow).Select(i => DripAsync(host, i % 2 == 0 ? Headers : body)).ToList();

        Assert.Equal(HttpStatusCode.Accepted, (await editor.UploadAsync("quick.txt", Texts.Short)).Status);
        var answers = await Task.WhenAll(slow).WaitAsync(Limits.Many);

        Assert.All(
            answers,
            answer =>
                Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer)
        );
        Assert.Contains(answers, answer => answer.Length > 0);
        Assert.Equal(HttpStatusCode.OK, (await editor.GetAsync("health/ready")).Status);
        Assert.Null(await Desk.FindAsync(editor, "slow.txt"));
    }

    /// <summary>
    /// Sends a beginning, and a letter at a time, until the host has enough of it; its answer, empty when it gave
    /// none.
    /// </summary>
    private static async Task<string> DripAsync(HostProcess host, string beginning)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning));
        var buffer = new byte[4096];
        var answer = stream.ReadAsync(buffer).AsTask();
        try
        {
            while (await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(250))) != answer)
                await stream.WriteAsync("x"u8.ToArray());
            return Encoding.ASCII.GetString(buffer, 0, await answer);
        }
        catch (IOException)
        {
            return ""; // it was cut off
        }
    }

    private static async Task OpenAsync(int count, string? limit)
    {
        using var data = new DataFolder();
        await using var host = await HostProcess.ServeAsync(data, limit: limit);
        var editor = await host.SignInAsync("Edda", "Editor");
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var client = new TcpClient();
                idle.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
                // Half of them begin to ask, and never end.
                if (i % 2 == 0)
                    await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n"u8.ToArray());
                if (i % (count / 12) == 0)
                    Assert.Equal(HttpStatusCode.OK, (await editor.GetAsync("api/articles")).Status);
            }

            for (var i = 0; i < 20; i++)
                Assert.Equal(
                    HttpStatusCode.Accepted,
                    (await editor.UploadAsync($"article-{i}.txt", $"{Texts.Short}\nIt is {i} metres long.\n")).Status
                );
            await Limits.UntilAsync(
                Limits.Check,
                async () =>
                    await Desk.FindAsync(editor, "article-19.txt") is { } last
                    && last["article"]!.Text("stage") == "Reviewing"
                        ? last
                        : null,
                () => host.Output
            );
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
