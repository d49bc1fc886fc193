using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace FactCheck.AcceptanceTests;

/// <summary>What a person is told when a host can't start, and what it leaves for others to read.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_second_host_on_the_same_data_is_told_who_has_it()
    {
        await using var desk = await Desk.OpenAsync();

        var (exitCode, output) = await HostProcess.RunAsync(desk.Data, "serve");

        Assert.Equal(1, exitCode);
        Assert.Contains($"process {desk.Host.Id} ", output, StringComparison.Ordinal);
        Assert.Contains(desk.Data.Path, output, StringComparison.Ordinal);
        AssertIsASentence(output);
        Assert.Equal(HttpStatusCode.OK, (await desk.Anybody.GetAsync("health/ready")).Status);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var data = new DataFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}/");

        var (exitCode, output) = await HostProcess.RunAsync(data.Path, address, Limits.Verb, "serve");

        Assert.NotEqual(0, exitCode);
        Assert.Contains(address.Port.ToString(), output, StringComparison.Ordinal);
        Assert.Contains("in use", output, StringComparison.OrdinalIgnoreCase);
        AssertIsASentence(output);
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_is_named()
    {
        using var data = new DataFolder();
        var file = Path.Combine(data.Path, "file");
        await File.WriteAllTextAsync(file, "");

        var (exitCode, output) = await HostProcess.RunAsync(file, LocalServer.FreeAddress(), Limits.Verb, "serve");

        Assert.NotEqual(0, exitCode);
        Assert.Contains(file, output, StringComparison.Ordinal);
        AssertIsASentence(output);
    }

    [Fact]
    public async Task Too_few_files_that_may_be_open_are_told_in_a_sentence_before_the_worker_dies_of_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit is read as on Linux.");
        using var data = new DataFolder();
        string[] serve =
        [
            Subprocess.Dotnet,
            CommandLine.Path,
            "serve",
            "--data",
            data.Path,
            "--urls",
            LocalServer.FreeAddress().AbsoluteUri,
        ];

        var ran = await Subprocess.RunAsync("sh", ["-c", "ulimit -n 256 && exec \"$@\"", "sh", .. serve], Limits.Verb);

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("256 files", ran.Error, StringComparison.Ordinal);
        Assert.Contains("ulimit -n", ran.Error, StringComparison.Ordinal);
        AssertIsASentence(ran.Said);
    }

    [Theory]
    [InlineData("Edda", "King")]
    [InlineData("Edda", "Host")]
    [InlineData("Edda\n", "Editor")]
    [InlineData("host", "Editor")]
    public async Task Nobody_signs_in_under_a_name_or_role_that_cannot_be(string name, string role)
    {
        using var data = new DataFolder();
        var (exitCode, output) = await HostProcess.RunAsync(data, "sign-in", name, role);

        Assert.NotEqual(0, exitCode);
        Assert.DoesNotContain("#code=", output, StringComparison.Ordinal);
        AssertIsASentence(output);
    }

    [Fact]
    public async Task A_host_that_is_asked_to_stop_stops_and_goes_on_later()
    {
        await using var desk = await Desk.OpenAsync();
        var editor = await desk.EditorAsync();
        await desk.DropAsync("ferry.txt", Texts.Ferry);

        Assert.Equal(0, await desk.Host.StopAsync());
        await desk.StartAgainAsync();

        Assert.Equal("Reviewing", (await Desk.FindAsync(editor, "ferry.txt"))!["article"]!.Text("stage"));
    }

    [Fact, UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_of_the_data_can_read_the_signing_key()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.EditorAsync();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(desk.Data.Path, "keys", "signing.key"))
        );
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.Combine(desk.Data.Path, "keys"))
        );
    }

    [Theory, UnsupportedOSPlatform("windows")]
    [InlineData("serve")]
    [InlineData("sign-in", "Edda", "Editor")]
    public async Task A_data_folder_that_is_made_is_its_owners_alone(params string[] verb)
    {
        using var data = new DataFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var folder = Path.Combine(data.Path, "made");

        await HostProcess.RunAsync(
            folder,
            new Uri($"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}/"),
            Limits.Verb,
            verb
        );

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(folder)
        );
    }

    private static void AssertIsASentence(string output)
    {
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", output, StringComparison.Ordinal);
    }
}
