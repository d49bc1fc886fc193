using FactCheck.Cli.Operate;
using FactCheck.Cli.Terminal;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FactCheck.Tests.Cli.Operate;

/// <summary>What the verbs do that start a host, as far as no host is needed for it.</summary>
public sealed class HostVerbTests
{
    [Theory]
    [InlineData("http://127.0.0.1:7072", "http://127.0.0.1:7072/")]
    [InlineData("http://*:7072;https://desk.example.org", "http://localhost:7072/")]
    [InlineData("http://0.0.0.0:80/", "http://localhost/")]
    [InlineData("http://[::]:7072", "http://localhost:7072/")]
    [InlineData("https://desk.example.org", "https://desk.example.org/")]
    public void A_link_names_an_address_that_a_browser_opens(string urls, string address) =>
        Assert.Equal(address, HostAddress.FirstOf(urls).ToString());

    [Fact]
    public void A_link_names_what_was_asked_for_or_the_running_host_or_the_usual_place()
    {
        using var folder = new TempFolder();
        Assert.Equal(new(new("http://127.0.0.1:7071/"), IsKnown: false), HostAddress.Of(null, folder.Path));

        File.WriteAllText(Path.Combine(folder.Path, HostAddress.FileName), "http://127.0.0.1:40123/\n");
        Assert.Equal(new(new("http://127.0.0.1:40123/"), IsKnown: true), HostAddress.Of(null, folder.Path));
        Assert.Equal(
            new(new("http://127.0.0.1:8080/"), IsKnown: true),
            HostAddress.Of("http://127.0.0.1:8080", folder.Path)
        );

        File.WriteAllText(Path.Combine(folder.Path, HostAddress.FileName), "");
        Assert.False(HostAddress.Of(null, folder.Path).IsKnown);
    }

    [Fact]
    public async Task A_sign_in_link_says_what_it_is_good_for()
    {
        using var temporary = new TempFolder();
        var data = Path.Combine(temporary.Path, "desk");

        var first = await Typed.RunAsync("sign-in", "ana", "Reviewer", "--data", data);
        var second = await Typed.RunAsync("sign-in", "ana", "Reviewer", "--data", data);
        await File.WriteAllTextAsync(Path.Combine(data, HostAddress.FileName), "http://127.0.0.1:40123/");
        var running = await Typed.RunAsync("sign-in", "ana", "Reviewer", "--data", data);
        var named = await Typed.RunAsync(
            "sign-in",
            "ana",
            "Reviewer",
            "--data",
            data,
            "--urls",
            "https://desk.example.org"
        );

        Assert.Contains("A new, empty data folder was made", first.Error, StringComparison.Ordinal);
        Assert.Contains("No host runs on", second.Error, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:7071/#code=", second.Output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Done, ""), (running.ExitCode, running.Error));
        Assert.Contains("page:   http://127.0.0.1:40123/#code=", running.Output, StringComparison.Ordinal);
        Assert.Contains("curl -s http://127.0.0.1:40123/api/token", running.Output, StringComparison.Ordinal);
        Assert.Contains("page:   https://desk.example.org/#code=", named.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_of_a_host_is_made_once_is_its_owners_and_comes_as_header_query_or_token()
    {
        using var folder = new TempFolder();
        var key = HostKey.ReadOrMake(folder.Path);
        var text = File.ReadAllText(key.File);

        Assert.Equal(Path.Combine(folder.Path, "keys", "host.key"), key.File);
        HostKey.ReadOrMake(folder.Path);
        Assert.Equal(text, File.ReadAllText(key.File));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key.File));
        Assert.True(key.Opens(Request(r => r.Headers["x-functions-key"] = text)));
        Assert.True(key.Opens(Request(r => r.QueryString = new($"?code={text}"))));
        Assert.True(key.Opens(Request(r => r.Headers.Authorization = $"Bearer {text}")));
        Assert.False(key.Opens(Request(_ => { })));
        Assert.False(key.Opens(Request(r => r.Headers["x-functions-key"] = text[1..])));
        Assert.False(key.Opens(Request(r => r.Headers.Authorization = $"Basic {text}")));

        File.WriteAllText(key.File, "short");
        Assert.Throws<CommandException>(() => HostKey.ReadOrMake(folder.Path));
    }

    [Fact]
    public void An_entry_of_the_log_is_a_line_and_its_traces_are_for_those_who_ask()
    {
        var at = new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Local);
        const string Sent =
            "PutArticle failed\nSystem.FormatException: no date\n   at A.B(C)\n --- End of inner exception\n "
            + "  at D.E()";

        Assert.Equal(
            "03:04:05 fail  PutArticle failed System.FormatException: no date",
            HostLog.Text(at, LogLevel.Error, Sent, null, verbose: false)
        );
        Assert.Equal($"03:04:05 fail  {Sent}", HostLog.Text(at, LogLevel.Error, Sent, null, verbose: true));
        Assert.Equal(
            "03:04:05 warn  it went wrong FormatException: no date",
            HostLog.Text(at, LogLevel.Warning, "it went wrong", new FormatException("no date"), verbose: false)
        );
    }

    private static HttpRequest Request(Action<HttpRequest> with)
    {
        var request = new DefaultHttpContext().Request;
        with(request);
        return request;
    }
}
