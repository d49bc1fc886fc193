using System.Net;
using System.Runtime.Versioning;

namespace FactCheck.AcceptanceTests;

/// <summary>A disk that is full, and one that can't be written.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DiskTests
{
    [Fact]
    public async Task A_full_disk_refuses_what_it_cannot_keep_and_everything_goes_on_when_there_is_room()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A disk of its own is mounted as on Linux.");
        using var place = new DataFolder();
        await using var disk = await SmallDisk.MountAsync(Path.Combine(place.Path, "disk"), "size=16m");
        var data = Path.Combine(place.Path, "disk", "data");
        Directory.CreateDirectory(Path.Combine(data, "articles"));
        // Without a disk of its own, files that may not grow are as good; then room is made by a start without that
        // limit.
        await using var host = await HostProcess.ServeAsync(data, limit: disk is null ? "-f 600" : null);
        var editor = await host.SignInAsync("Edda", "Editor");
        Assert.Equal(HttpStatusCode.Accepted, (await editor.UploadAsync("before.txt", Texts.Short)).Status);
        if (disk is not null)
            disk.Fill();

        var accepted = new List<string> { "before.txt" };
        var refused = 0;
        for (var i = 0; refused < 3; i++)
        {
            Assert.True(i < 2_000, "the disk never refuses");
            var (name, answer) = (
                $"article-{i}.txt",
                await editor.UploadAsync(
                    $"article-{i}.txt",
                    $"{Texts.Ferry}\nIt is {i} metres long.\n{new string('x', 10_000)}\n"
                )
            );
            if (answer.Status == HttpStatusCode.Accepted)
                accepted.Add(name);
            else
                Assert.InRange((int)answer.Status, 500, 599);
            if (answer.Status != HttpStatusCode.Accepted)
            {
                refused++;
                Assert.Equal("application/problem+json", answer.ContentType);
                Assert.DoesNotContain("   at ", answer.Text, StringComparison.Ordinal);
            }
        }

        disk?.MakeRoom();
        var again = host.HasExited || disk is null ? await RestartAsync() : null;
        await using var next = again;
        var caller = again is null ? editor : new Caller(again.Address, editor.Token);
        await Limits.UntilAsync(
            Limits.Back,
            async () =>
                (await caller.UploadAsync("after.txt", Texts.Short)).Status == HttpStatusCode.Accepted
                    ? "accepted"
                    : null,
            () => (again ?? host).Output
        );
        accepted.Add("after.txt");
        foreach (var name in accepted)
            await Limits.UntilAsync(
                Limits.Back,
                async () =>
                    await Desk.FindAsync(caller, name) is { } found && found["article"]!.Text("stage") == "Reviewing"
                        ? found
                        : null,
                () => $"{name}\n{(again ?? host).Output}"
            );

        async Task<HostProcess> RestartAsync()
        {
            if (!host.HasExited)
                await host.StopAsync();
            return await HostProcess.ServeAsync(data);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named_in_a_sentence()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A disk of its own is mounted as on Linux.");
        using var place = new DataFolder();
        var folder = Path.Combine(place.Path, "disk");
        await using var disk = await SmallDisk.MountAsync(folder, "size=1m,ro");
        if (disk is null)
        {
            Assert.SkipWhen(
                Environment.IsPrivilegedProcess,
                "needs the right to mount a small disk: root may write everywhere else"
            );
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        foreach (var data in (string[])[folder, Path.Combine(folder, "below")])
        {
            var (exitCode, output) = await HostProcess.RunAsync(data, LocalServer.FreeAddress(), Limits.Verb, "serve");
            Assert.Equal(1, exitCode);
            Assert.Contains(folder, output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        }
    }

    /// <summary>A disk in memory, where this process may mount one.</summary>
    private sealed class SmallDisk : IAsyncDisposable
    {
        private readonly string _folder;

        private SmallDisk(string folder) => _folder = folder;

        private string Filler => Path.Combine(_folder, "filler");

        /// <summary>Null where it may not.</summary>
        public static async Task<SmallDisk?> MountAsync(string folder, string options)
        {
            Directory.CreateDirectory(folder);
            if (!Environment.IsPrivilegedProcess)
                return null;
            return
                (
                    await Subprocess.RunAsync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], Limits.Verb)
                ).ExitCode == 0
                ? new(folder)
                : null;
        }

        public void Fill()
        {
            using var filler = new FileStream(Filler, FileMode.CreateNew);
            var block = new byte[64 * 1024];
            try
            {
                while (true)
                {
                    filler.Write(block);
                    filler.Flush();
                }
            }
            catch (IOException)
            {
                // It is full.
            }
        }

        public void MakeRoom() => File.Delete(Filler);

        // What still writes there, writes into nowhere.
        public async ValueTask DisposeAsync() => await Subprocess.RunAsync("umount", ["-l", _folder], Limits.Verb);
    }
}
