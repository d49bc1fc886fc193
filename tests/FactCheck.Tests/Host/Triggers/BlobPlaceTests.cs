using System.Runtime.InteropServices;
using FactCheck.Host.Triggers;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Tests.Host.Triggers;

/// <summary>What is found in a watched folder that is no upload, and folders that come and go.</summary>
public sealed class BlobPlaceTests
{
    private const ulong ZeroDevice = (1 << 8) | 5; // /dev/zero

    [Theory]
    [InlineData(".hidden")]
    [InlineData("backup~")]
    [InlineData("upload.tmp")]
    [InlineData("upload.PART")]
    [InlineData(".git/config")]
    [InlineData("~$memo.docx")]
    [InlineData("page.html.crdownload")]
    [InlineData("page.download")]
    [InlineData(".DS_Store")]
    [InlineData("Thumbs.db")]
    [InlineData("Desktop.ini")]
    [InlineData("Icon\r")]
    public async Task Names_that_mean_not_yet_or_no_upload_are_left_alone_until_they_are_renamed(string name)
    {
        await using var host = BlobHost.Start();
        var path = host.Write("articles/" + name, "x");
        await host.LookAsync(2);
        Assert.Empty(host.Seen);

        File.Move(path, Path.Combine(host.Articles, "done.txt"));
        await host.LookAsync(2);

        Assert.Equal(["Text done.txt x"], host.Sorted);
    }

    [Fact]
    public async Task An_empty_file_is_left_until_it_has_content()
    {
        await using var host = BlobHost.Start();
        host.Write("articles/a.txt", "");
        await host.LookAsync(2);
        Assert.Empty(host.Seen);

        host.Write("articles/a.txt", "x");
        await host.LookAsync(2);

        Assert.Equal(["Text a.txt x"], host.Sorted);
        Assert.Empty(host.Log.Lines);
    }

    [Fact]
    public async Task A_blob_that_was_given_up_and_removed_is_forgotten_as_are_others_that_are_gone()
    {
        await using var host = BlobHost.Start();
        host.Invoker.Run = (call, _) =>
            call.Metadata["name"].String == "bad.txt" ? throw FakeInvoker.Failed("bad") : Task.CompletedTask;
        foreach (var name in (string[])["bad.txt", "a.txt", "b.txt"])
            host.Write("articles/" + name, "x");
        await host.LookAsync();
        Assert.Single(host.Poison);

        File.Delete(Path.Combine(host.Articles, "bad.txt"));
        File.Delete(Path.Combine(host.Articles, "a.txt"));
        await host.LookAsync(2);

        Assert.Empty(host.Poison);
        Assert.Single(host.Receipts);

        File.Delete(Path.Combine(host.Articles, "b.txt"));
        await host.LookAsync();

        Assert.Empty(host.Receipts);
    }

    [Fact]
    public async Task An_empty_mount_in_place_of_the_folder_forgets_nothing()
    {
        await using var host = BlobHost.Start();
        host.Write("articles/a.txt", "x");
        host.Write("articles/b.txt", "y");
        await host.LookAsync(2);

        Directory.Move(host.Articles, host.Articles + "2");
        Directory.CreateDirectory(host.Articles);
        await host.LookAsync(2);
        host.Write("articles/c.txt", "z"); // somebody takes it for the folder
        await host.LookAsync(2);
        await host.RestartAsync();
        await host.LookAsync(2);
        Assert.Equal(3, host.Receipts.Count);
        Assert.Single(
            host.Log.Lines,
            line => line.Contains("does not look like what was watched before: 0 of 2", StringComparison.Ordinal)
        );
        Directory.Delete(host.Articles, recursive: true);
        Directory.Move(host.Articles + "2", host.Articles);
        await host.LookAsync(2);

        Assert.Equal(["Text a.txt x", "Text b.txt y", "Text c.txt z"], host.Sorted);
        Assert.Equal(2, host.Receipts.Count);
    }

    [Fact]
    public async Task A_mount_that_came_after_the_first_start_is_known_again_too()
    {
        await using var host = BlobHost.Start();
        await host.LookAsync(2); // the empty folder that the mount will hide
        Directory.Move(host.Articles, host.Articles + "0");
        host.Write("articles/a.txt", "x");
        await host.LookAsync(2);

        Directory.Move(host.Articles, host.Articles + "1");
        Directory.Move(host.Articles + "0", host.Articles);
        await host.LookAsync(2);
        Directory.Move(host.Articles, host.Articles + "0");
        Directory.Move(host.Articles + "1", host.Articles);
        await host.LookAsync(2);

        Assert.Equal(["Text a.txt x"], host.Sorted);
    }

    [Fact]
    public async Task A_folder_of_a_former_release_or_from_a_backup_without_hidden_files_is_known_by_its_files()
    {
        await using var host = BlobHost.Start();
        foreach (var name in (string[])["a.txt", "b.txt", "c.txt"])
            host.Write("articles/" + name, "x");
        await host.LookAsync(2);
        foreach (var mark in Directory.GetFiles(host.Articles, ".*"))
            File.Delete(mark);

        File.Delete(Path.Combine(host.Articles, "a.txt"));
        await host.LookAsync();

        Assert.Equal(2, host.Receipts.Count);
        Assert.Single(Directory.GetFiles(host.Articles, ".*"));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_for_a_while_makes_nothing_run_again_and_says_so()
    {
        await using var host = BlobHost.Start();
        host.Write("articles/a.txt", "x");
        await host.LookAsync();
        Assert.Empty(host.Triggers.Problems);

        Directory.Move(host.Articles, host.Articles + "2");
        await host.LookAsync(2);
        Assert.Equal([$"{host.Articles} can't be reached: the folder is not there"], host.Triggers.Problems);
        Directory.Move(host.Articles + "2", host.Articles);
        await host.LookAsync(2);

        Assert.Empty(host.Triggers.Problems);
        Assert.Equal(["Text a.txt x"], host.Sorted);
        Assert.Equal(2, host.Log.Lines.Count); // away, and back
    }

    [Fact]
    public async Task A_folder_that_goes_while_a_blob_is_queued_costs_no_try_and_forgets_nothing()
    {
        await using var host = BlobHost.Start();
        host.Write("articles/a.txt", "x");
        await host.LookAsync();
        host.Write("articles/a.txt", "longer");
        host.Invoker.Run = (_, _) =>
        {
            Directory.Move(host.Articles, host.Articles + "2");
            Directory.CreateDirectory(host.Articles);
            throw FakeInvoker.Failed("no");
        };
        await host.LookAsync();

        Assert.Single(host.Receipts);
    }

    [Fact]
    public async Task Pipes_sockets_devices_links_and_locked_files_are_named_once_and_hold_up_nobody()
    {
        if (!OperatingSystem.IsLinux())
            return; // no named pipes
        await using var host = BlobHost.Start();
        Assert.Equal(0, MakePipe(Path.Combine(host.Articles, "pipe.txt"), 0x1B6));
        // A device that never ends; only root may make one, and not everywhere.
        var isDevice = MakeNode(Path.Combine(host.Articles, "device.txt"), 0x21B6, ZeroDevice) == 0;
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified
        );
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(host.Articles, "socket.txt")));
        File.CreateSymbolicLink(Path.Combine(host.Articles, "dangling.txt"), "/nowhere/at/all");
        var outside = host.Write("outside/secret.txt", "x");
        File.CreateSymbolicLink(Path.Combine(host.Articles, "outside.txt"), outside);
        Directory.CreateSymbolicLink(Path.Combine(host.Articles, "folder"), Path.GetDirectoryName(outside)!);
        Directory.CreateSymbolicLink(Path.Combine(host.Articles, "circle"), host.Articles);
        host.Write("articles/locked.txt", "x");
        using var locked = new FileStream(
            Path.Combine(host.Articles, "locked.txt"),
            FileMode.Open,
            FileAccess.Read,
            FileShare.None
        );
        host.Write("articles/good.txt", "x");
        var start = System.Diagnostics.Stopwatch.StartNew();
        await host.LookAsync(3);

        Assert.True(start.Elapsed < TimeSpan.FromSeconds(5));
        Assert.Equal(["Text good.txt x"], host.Sorted);
        foreach (
            var (name, why) in ((string, string)[])
                [
                    ("pipe.txt", "named pipe"),
                    ("socket.txt", "socket"),
                    ("dangling.txt", "link"),
                    ("outside.txt", "link"),
                    ("folder", "link"),
                    ("circle", "link"),
                ]
        )
            Assert.Single(
                host.Log.Lines,
                line =>
                    line.Contains($" {name} in ", StringComparison.Ordinal)
                    && line.Contains(why, StringComparison.Ordinal)
            );
        Assert.Equal(
            isDevice,
            host.Log.Lines.Any(line =>
                line.Contains(" device.txt in ", StringComparison.Ordinal)
                && line.Contains("it is a device", StringComparison.Ordinal)
            )
        );
        Assert.Empty(host.Triggers.Problems);

        locked.Dispose();
        await host.LookAsync();
        Assert.Equal(["Text good.txt x", "Text locked.txt x"], host.Sorted);
    }

    [Fact]
    public async Task A_file_or_folder_that_is_not_for_us_is_named_and_hides_no_other()
    {
        if (!OperatingSystem.IsLinux())
            return; // no file modes
        await using var host = BlobHost.Start();
        host.Write("articles/secret.txt", "x");
        host.Write("articles/closed/a.txt", "x");
        host.Write("articles/good.txt", "x");
        File.SetUnixFileMode(Path.Combine(host.Articles, "secret.txt"), UnixFileMode.None);
        File.SetUnixFileMode(Path.Combine(host.Articles, "closed"), UnixFileMode.None);
        await host.LookAsync(2);
        File.SetUnixFileMode(
            Path.Combine(host.Articles, "closed"),
            UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite
        );

        Assert.Contains("Text good.txt x", host.Seen, StringComparer.Ordinal);
        // Nothing is closed to root.
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Equal(["Text good.txt x"], host.Sorted);
            Assert.Equal(2, host.Log.Lines.Count);
        }
    }

    [Fact]
    public async Task A_call_that_does_not_come_back_holds_up_only_its_own_file()
    {
        var calls = new FileCalls(TimeSpan.FromMilliseconds(200));
        using var leave = new ManualResetEventSlim();
        await Assert.ThrowsAsync<TimeoutException>(() =>
            calls.RunAsync("stuck", () => leave.Wait(TimeSpan.FromMinutes(1)))
        );

        // at once: it is not asked a second time
        await Assert.ThrowsAsync<TimeoutException>(() => calls.RunAsync("stuck", () => true));
        Assert.True(await calls.RunAsync("other", () => true));

        leave.Set();
        for (var i = 0; i < 100; i++)
        {
            try
            {
                Assert.True(await calls.RunAsync("stuck", () => true));
                return;
            }
            catch (TimeoutException) when (i < 99)
            {
                await Task.Delay(20); // it is on its way back
            }
        }
    }

    [Fact]
    public async Task A_file_that_is_overwritten_while_it_is_read_is_not_sent()
    {
        using var folder = new TempFolder();
        using var source = new BlobFolder(folder.Path, TimeSpan.FromSeconds(10), NullLogger.Instance);
        var path = folder["a.txt"];
        await File.WriteAllTextAsync(path, "one");
        var blob = (await source.FindAsync("a.txt", default))!.Blob;
        await File.WriteAllTextAsync(path, "longer");

        await Assert.ThrowsAsync<IOException>(() => source.ReadAsync(blob, default));

        await File.WriteAllTextAsync(path, "one");
        File.SetLastWriteTimeUtc(path, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        blob = (await source.FindAsync("a.txt", default))!.Blob;
        Assert.Equal("one"u8.ToArray(), (await source.ReadAsync(blob, default)).ToArray());
    }

    [Fact]
    public async Task Files_that_are_overwritten_all_the_time_run_once_with_each_version_that_was_whole_and_last_with_the_last()
    {
        await using var host = BlobHost.Start(configure: options =>
            (options.WatchBlobs, options.WatchedInterval) = (true, TimeSpan.FromMilliseconds(100))
        );
        for (var i = 0; i < 50; i++)
        {
            host.Write("articles/a.txt", new string((char)('a' + (i % 26)), 100_000 + i));
            await Task.Delay(i % 7 * 5);
        }
        var last = new string((char)('a' + (49 % 26)), 100_049);

        await host.UntilAsync(() => host.Seen.Contains("Text a.txt " + last, StringComparer.Ordinal));

        Assert.All(host.Seen, line => Assert.Single(line["Text a.txt ".Length..].Distinct()));
        Assert.Empty(host.Poison);
    }

    [DllImport("libc", EntryPoint = "mknod", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeNode([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode, ulong device);

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
