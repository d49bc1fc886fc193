using FactCheck.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>Blob functions over a folder.</summary>
public sealed class BlobTests
{
    [Fact]
    public async Task A_new_file_runs_its_functions_once_even_over_a_restart_and_a_new_version_runs_again()
    {
        var seen = new Seen();
        await using var host = await StartAsync(seen);
        Write(host, "articles/a.txt", "one");
        Write(host, "articles/deep/down/b.txt", "two");
        await host.WhenIdleAsync();
        await host.WhenIdleAsync();
        await host.StopAsync();
        await host.StartAsync();
        await host.WhenIdleAsync();
        Assert.Equal(["text a.txt one", "text deep/down/b.txt two"], seen.Sorted("text"));

        Write(host, "articles/a.txt", "longer");
        await host.WhenIdleAsync();

        Assert.Equal(["text a.txt longer", "text a.txt one", "text deep/down/b.txt two"], seen.Sorted("text"));
    }

    [Fact]
    public async Task A_file_is_bound_to_text_bytes_or_a_stream_and_parts_of_its_name_to_parameters()
    {
        var seen = new Seen();
        await using var host = await StartAsync(seen);
        Write(host, "articles/a.tar.gz", "xyz");
        Write(host, "scans/2030/p.1.pdf", "abc");
        await host.WhenIdleAsync();

        Assert.Equal(["text a.tar.gz xyz"], seen.Sorted("text"));
        Assert.Equal(["bytes 2030 p.1 pdf 3"], seen.Sorted("bytes"));
        Assert.Equal(["stream scans/2030/p.1.pdf abc"], seen.Sorted("stream"));
    }

    [Theory]
    [InlineData(".hidden")]
    [InlineData("backup~")]
    [InlineData("upload.tmp")]
    [InlineData("upload.PART")]
    [InlineData(".git/config")]
    public async Task Names_that_mean_not_yet_are_left_alone_until_they_are_renamed(string name)
    {
        var seen = new Seen();
        await using var host = await StartAsync(seen);
        var path = Write(host, "articles/" + name, "x");
        await host.WhenIdleAsync();
        Assert.Empty(seen.Sorted("text"));

        File.Move(path, Path.Combine(host.DataDirectory, "articles", "done.txt"));
        await host.WhenIdleAsync();

        Assert.Equal(["text done.txt x"], seen.Sorted("text"));
    }

    [Fact]
    public async Task A_file_that_is_still_being_written_is_not_read()
    {
        var seen = new Seen();
        await using var host = await StartAsync(seen);
        await using (var writer = new FileStream(Path.Combine(host.DataDirectory, "articles", "slow.txt"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            writer.Write("half"u8);
            writer.Flush();
            await host.WhenIdleAsync();
            Assert.Empty(seen.Sorted("text"));
            writer.Write(" and half"u8);
        }
        await host.WhenIdleAsync();

        Assert.Equal(["text slow.txt half and half"], seen.Sorted("text"));
    }

    [Fact]
    public async Task A_link_that_leads_out_of_the_container_is_not_followed()
    {
        var seen = new Seen();
        await using var host = await StartAsync(seen);
        var secret = Write(host, "outside/secret.txt", "x");
        File.CreateSymbolicLink(Path.Combine(host.DataDirectory, "articles", "link.txt"), secret);
        Directory.CreateSymbolicLink(Path.Combine(host.DataDirectory, "articles", "folder"), Path.GetDirectoryName(secret)!);
        await host.WhenIdleAsync();

        Assert.Empty(seen.Sorted("text"));
    }

    [Fact]
    public async Task A_poison_blob_is_tried_five_times_listed_with_its_reason_and_delays_no_other()
    {
        var seen = new Seen { Poison = "bad.txt" };
        await using var host = await StartAsync(seen, """{ "extensions": { "blobs": { "maxDegreeOfParallelism": 1 } } }""");
        Write(host, "articles/bad.txt", "x");
        Write(host, "articles/good.txt", "y");
        await host.WhenIdleAsync();
        await host.WhenIdleAsync();

        Assert.Equal(5, seen.Sorted("text").Count(line => line.StartsWith("text bad.txt", StringComparison.Ordinal)));
        Assert.True(seen.Lines.ToList().IndexOf("text good.txt y") < seen.Lines.ToList().LastIndexOf("text bad.txt x"));
        var poison = Assert.Single(host.PoisonBlobs);
        Assert.Equal(("BlobTrigger", "Text", "BlockBlob", "articles", "bad.txt", "System.FormatException: bad.txt is bad"), (poison.Type, poison.FunctionId, poison.BlobType, poison.ContainerName, poison.BlobName, poison.Reason));

        seen.Poison = null;
        Write(host, "articles/bad.txt", "better now");
        await host.WhenIdleAsync();
        Assert.Contains("text bad.txt better now", seen.Lines, StringComparer.Ordinal);
        Assert.Empty(host.PoisonBlobs);
    }

    [Fact]
    public async Task Tries_are_counted_over_crashes_so_a_blob_that_ends_the_process_is_given_up()
    {
        var seen = new Seen();
        await using var host = await StartAsync(seen);
        Write(host, "articles/a.txt", "x");
        await host.StopAsync();
        Hosts.Sql(host.DataDirectory, $"INSERT INTO blobs VALUES ('Text', 'articles', 'a.txt', '{ETag(host, "articles/a.txt")}', 0, 4, 0, 'the process died'); SELECT 0");
        seen.Poison = "a.txt";
        await host.StartAsync();
        await host.WhenIdleAsync();

        Assert.Single(seen.Sorted("text"));
        Assert.Single(host.PoisonBlobs);
    }

    [Fact]
    public async Task A_blob_that_is_gone_before_its_turn_is_done()
    {
        var seen = new Seen { Poison = "bad.txt" };
        await using var host = await StartAsync(seen);
        var path = Write(host, "articles/bad.txt", "x");
        seen.OnText = () => File.Delete(path);
        await host.WhenIdleAsync();

        Assert.Single(seen.Sorted("text"));
        Assert.Empty(host.PoisonBlobs);
        Assert.Equal(0, host.Count("blobs"));
    }

    [Fact]
    public async Task A_blob_that_was_given_up_and_removed_is_forgotten_as_are_others_that_are_gone()
    {
        var seen = new Seen { Poison = "bad.txt" };
        await using var host = await StartAsync(seen);
        foreach (var name in (string[])["bad.txt", "a.txt", "b.txt"])
            Write(host, "articles/" + name, "x");
        await host.WhenIdleAsync();
        Assert.Single(host.PoisonBlobs);

        File.Delete(Path.Combine(host.DataDirectory, "articles/bad.txt"));
        File.Delete(Path.Combine(host.DataDirectory, "articles/a.txt"));
        await host.WhenIdleAsync();
        await host.WhenIdleAsync();

        Assert.Empty(host.PoisonBlobs);
        Assert.Equal(1, host.Count("blobs"));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_for_a_while_makes_nothing_run_again()
    {
        var seen = new Seen();
        await using var host = await StartAsync(seen);
        Write(host, "articles/a.txt", "x");
        await host.WhenIdleAsync();
        var (folder, elsewhere) = (Path.Combine(host.DataDirectory, "articles"), Path.Combine(host.DataDirectory, "elsewhere"));

        Directory.Move(folder, elsewhere);
        await host.WhenIdleAsync();
        Directory.Move(elsewhere, folder);
        await host.WhenIdleAsync();

        Assert.Single(seen.Sorted("text"));
    }

    [Fact]
    public async Task A_version_that_comes_while_an_older_one_runs_runs_next()
    {
        var seen = new Seen();
        await using var host = await EmbeddedHost.ForTests().AddFunctions(typeof(BlobFunctions)).ConfigureServices(services => services.AddSingleton(seen))
            .Configure(options => (options.WatchBlobs, options.WatchedInterval) = (true, TimeSpan.FromDays(1))).StartAsync(); // nothing comes of looking again
        seen.OnText = () =>
        {
            seen.OnText = null;
            Write(host, "articles/a.txt", "newer");
            Thread.Sleep(TimeSpan.FromMilliseconds(500)); // the watcher's word comes while this one runs
        };
        Write(host, "articles/a.txt", "x");

        await host.Until(() => seen.Lines.Contains("text a.txt newer", StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_watched_folder_tells_by_itself()
    {
        var seen = new Seen();
        await using var host = await EmbeddedHost.ForTests().AddFunctions(typeof(BlobFunctions)).ConfigureServices(services => services.AddSingleton(seen))
            .Configure(options => options.WatchBlobs = true).StartAsync();
        Write(host, "articles/new/a.txt", "x");

        await host.Until(() => seen.Lines.Contains("text new/a.txt x", StringComparer.Ordinal));
    }

    private static Task<TestHost> StartAsync(Seen seen, string hostJson = "{}") => EmbeddedHost.ForTests()
        .AddFunctions(typeof(BlobFunctions)).ConfigureServices(services => services.AddSingleton(seen)).WithHostJson(hostJson).StartAsync();

    private static string ETag(TestHost host, string name) =>
        new BlobFolder(Path.Combine(host.DataDirectory, name.Split('/')[0]), TimeSpan.Zero, NullLogger.Instance).Find(name.Split('/', 2)[1])!.ETag;

    private static string Write(TestHost host, string name, string text)
    {
        var path = Path.Combine(host.DataDirectory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    internal sealed class Seen
    {
        private readonly List<string> _lines = [];

        public string? Poison { get; set; }

        public Action? OnText { get; set; }

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public void Add(string line)
        {
            lock (_lines)
                _lines.Add(line);
        }

        public IReadOnlyList<string> Sorted(string kind) => [.. Lines.Where(line => line.StartsWith(kind + " ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }
}

internal static class BlobFunctions
{
    [Function("Text")]
    public static void Text([BlobTrigger("articles/{name}")] string text, string name, FunctionContext context)
    {
        var seen = context.InstanceServices.GetRequiredService<BlobTests.Seen>();
        seen.Add($"text {name} {text}");
        seen.OnText?.Invoke();
        if (string.Equals(name, seen.Poison, StringComparison.Ordinal))
            throw new FormatException($"{name} is bad");
    }

    [Function("Bytes")]
    public static Task Bytes([BlobTrigger("scans/{year}/{name}.{ext}", Source = BlobTriggerSource.LogsAndContainerScan)] byte[] bytes, string year, string name, string ext, FunctionContext context)
    {
        context.InstanceServices.GetRequiredService<BlobTests.Seen>().Add($"bytes {year} {name} {ext} {bytes.Length}");
        return Task.CompletedTask;
    }

    [Function("Stream")]
    public static async Task Stream([BlobTrigger("scans/{name}")] Stream stream, FunctionContext context, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream);
        context.InstanceServices.GetRequiredService<BlobTests.Seen>()
            .Add($"stream {context.BindingContext.BindingData["blobTrigger"]} {await reader.ReadToEndAsync(cancellation)}");
    }
}
