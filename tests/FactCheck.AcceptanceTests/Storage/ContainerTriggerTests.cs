using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FactCheck.Runtime;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>Blob functions over a container of Azure Storage.</summary>
public sealed class ContainerTriggerTests(Azurite azurite, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly Watcher _watcher = new();
    private readonly Connection _connection = new();
    private BlobServiceClient _watched = null!;
    private BlobContainerClient _container = null!;
    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        var account = await azurite.NewAccountAsync();
        _container = account.CreateBlobServiceClient().GetBlobContainerClient("incoming");
        _watched = new(account.ConnectionString, new BlobClientOptions(BlobClientOptions.ServiceVersion.V2026_06_06)
        {
            Transport = new HttpClientTransport(new HttpClient(_connection)),
            Retry = { MaxRetries = 0 },
        });
        _host = await EmbeddedHost.ForTests().AddFunctions(typeof(Incoming)).ConfigureServices(services => services.AddSingleton(_watcher))
            .WithHostJson("""{ "extensions": { "blobs": { "maxDegreeOfParallelism": 1 } } }""")
            .Configure(options => options.BlobService = _watched).StartAsync();
        await _host.WhenIdleAsync(); // makes the container
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _connection.Dispose();
    }

    [Fact]
    public async Task A_new_blob_runs_its_function_once_even_over_a_restart_and_a_new_version_runs_again()
    {
        await UploadAsync("a.txt", "one");
        await UploadAsync("deep/down/ä b.txt", "two");
        await _host.WhenIdleAsync();
        await _host.StopAsync();
        await _host.StartAsync();
        await _host.WhenIdleAsync();
        Assert.Equal(["a.txt one", "deep/down/ä b.txt two"], _watcher.Done.Order(StringComparer.Ordinal));

        await UploadAsync("a.txt", "longer");
        await _host.WhenIdleAsync();
        await _host.WhenIdleAsync();

        Assert.Equal(["a.txt longer", "a.txt one", "deep/down/ä b.txt two"], _watcher.Done.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_blob_is_bound_to_text_bytes_or_a_stream()
    {
        await UploadAsync("a.text", "Störche");
        await UploadAsync("a.bytes", "Störche");
        await _host.WhenIdleAsync();

        Assert.Equal(["a.bytes Störche", "a.text Störche"], _watcher.Done.Order(StringComparer.Ordinal));
    }

    // Between being found and being read it became another: what is read is never the new bytes under the old version, and no try is counted.
    [Fact]
    public async Task A_blob_that_is_overwritten_before_it_is_read_runs_once_with_its_last_bytes()
    {
        var version = 0;
        _watcher.OnStart = async name =>
        {
            if (++version <= 7) await UploadAsync(name, $"version {version}");
        };
        await UploadAsync("a.txt", "version 0");
        for (var look = 0; look < 10; look++) await _host.WhenIdleAsync();

        Assert.Equal(["a.txt version 7"], _watcher.Done);
        Assert.Equal(8, version);
        Assert.Empty(_host.PoisonBlobs);
    }

    [Fact]
    public async Task A_blob_that_is_overwritten_while_it_is_read_is_read_whole_in_one_version_or_not_at_all()
    {
        const int Length = 24 * 1024 * 1024;
        _watcher.OnFirstBytes = async name =>
        {
            _watcher.OnFirstBytes = null;
            await UploadAsync(name, new string('b', Length));
        };
        await UploadAsync("large.txt", new string('a', Length));
        await _host.WhenIdleAsync();
        await _host.WhenIdleAsync();

        Assert.All(_watcher.Read, text => Assert.True(text.Length == Length && text.Distinct().Count() == 1, $"{text.Length} characters, {new string([.. text.Distinct()])}"));
        Assert.Equal('b', _watcher.Read.Last()[0]);
        Assert.Null(_watcher.OnFirstBytes);
        Assert.Empty(_host.PoisonBlobs);
    }

    [Fact]
    public async Task Blobs_that_are_deleted_while_they_are_queued_are_done_and_leave_nothing_behind()
    {
        for (var i = 0; i < 20; i++) await UploadAsync($"{i:D2}.txt", "x");
        _watcher.OnStart = async name =>
        {
            for (var i = 1; i < 20; i++) await _container.DeleteBlobAsync($"{i:D2}.txt");
            _watcher.OnStart = null;
        };
        await _host.WhenIdleAsync();

        Assert.Equal(["00.txt"], _watcher.Started);
        Assert.Equal(["00.txt x"], _watcher.Done);
        Assert.Empty(_host.PoisonBlobs);
        Assert.Equal(1, Receipts());
    }

    [Fact]
    public async Task Receipts_of_blobs_that_were_deleted_later_are_forgotten_and_others_are_kept()
    {
        for (var i = 0; i < 20; i++) await UploadAsync($"{i:D2}.txt", "x");
        await _host.WhenIdleAsync();
        Assert.Equal(20, Receipts());

        for (var i = 1; i < 20; i++) await _container.DeleteBlobAsync($"{i:D2}.txt");
        await _host.WhenIdleAsync();
        await _host.WhenIdleAsync();

        Assert.Equal(1, Receipts());
        Assert.Equal(20, _watcher.Done.Count);
    }

    [Fact]
    public async Task A_poison_blob_is_listed_after_five_tries_delays_no_other_and_runs_again_when_it_is_overwritten()
    {
        _watcher.Poison = "bad.txt";
        await UploadAsync("bad.txt", "x");
        await UploadAsync("good.txt", "y");
        await _host.WhenIdleAsync();
        await _host.WhenIdleAsync();

        Assert.Equal(5, _watcher.Started.Count(name => name == "bad.txt"));
        Assert.Equal(["good.txt y"], _watcher.Done);
        var poison = Assert.Single(_host.PoisonBlobs);
        Assert.Equal(
            ("BlobTrigger", "Incoming", "BlockBlob", "incoming", "bad.txt", "System.FormatException: bad.txt is bad"),
            (poison.Type, poison.FunctionId, poison.BlobType, poison.ContainerName, poison.BlobName, poison.Reason));
        BlobProperties now = await _container.GetBlobClient("bad.txt").GetPropertiesAsync();
        Assert.Equal(now.ETag.ToString("H"), poison.ETag);

        _watcher.Poison = null;
        await UploadAsync("bad.txt", "better");
        await _host.WhenIdleAsync();
        Assert.Contains("bad.txt better", _watcher.Done);
        Assert.Empty(_host.PoisonBlobs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_storage_that_is_away_while_a_function_runs_costs_no_try(bool failsByItself)
    {
        var tries = 0;
        _watcher.OnStart = _ =>
        {
            _connection.IsCut = ++tries <= 7;
            if (tries == 8) throw new FormatException("Once it is its own fault: that counts, as the first.");
            return failsByItself && _connection.IsCut ? throw new InvalidOperationException("The function found no storage either.") : Task.CompletedTask;
        };
        await UploadAsync("a.txt", "x");
        for (var look = 0; look < 10; look++)
        {
            await _host.WhenIdleAsync();
            _connection.IsCut = false; // back, until the function runs again
        }

        Assert.Equal(["a.txt x"], _watcher.Done);
        Assert.Equal(9, tries);
        Assert.Empty(_host.PoisonBlobs);
    }

    // The goal is that a new blob is found within 2 s in a container of 10,000; of that, one second is the wait between two looks. Steps are counted, time is told.
    [Fact]
    public async Task A_look_at_10_000_blobs_takes_two_requests()
    {
        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await UploadAsync($"{i:D5}.ignored", ""));
        await _host.WhenIdleAsync();
        var start = Stopwatch.GetTimestamp();
        await _host.WhenIdleAsync();
        var taken = Stopwatch.GetElapsedTime(start);

        output.WriteLine($"A look at 10,000 blobs: {taken.TotalMilliseconds:0} ms");
        Assert.Equal(2, _connection.Listings(from: start));
        Assert.True(taken < TimeSpan.FromSeconds(10), $"{taken}");
    }

    private Task UploadAsync(string name, string text) => _container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(Encoding.UTF8.GetBytes(text)), overwrite: true);

    private long Receipts()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_host.DataDirectory, "runtime.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM blobs";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>The way to the emulator, which can be cut.</summary>
    private sealed class Connection() : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly ConcurrentQueue<long> _listings = new();

        public bool IsCut { get; set; }

        public int Listings(long from) => _listings.Count(at => at >= from);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Query.Contains("comp=list", StringComparison.Ordinal)) _listings.Enqueue(Stopwatch.GetTimestamp());
            return IsCut ? throw new HttpRequestException("The connection is cut.") : base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>What the functions saw, and what happens meanwhile.</summary>
    internal sealed class Watcher
    {
        public ConcurrentQueue<string> Started { get; } = new();

        public ConcurrentQueue<string> Read { get; } = new();

        public ConcurrentQueue<string> Done { get; } = new();

        public string? Poison { get; set; }

        public Func<string, Task>? OnStart { get; set; }

        public Func<string, Task>? OnFirstBytes { get; set; }

        public async Task SeeAsync(string name, Func<Task<string>> read)
        {
            Started.Enqueue(name);
            if (OnStart is { } start) await start(name);
            var text = await read();
            Read.Enqueue(text);
            if (name == Poison) throw new FormatException($"{name} is bad");
            Done.Enqueue($"{name} {text}");
        }
    }
}

internal static class Incoming
{
    [Function("Incoming")]
    public static Task Text([BlobTrigger("incoming/{name}.txt")] Stream content, string name, FunctionContext context)
    {
        var watcher = context.InstanceServices.GetRequiredService<ContainerTriggerTests.Watcher>();
        return watcher.SeeAsync($"{name}.txt", ReadAsync);

        async Task<string> ReadAsync()
        {
            using var bytes = new MemoryStream();
            var buffer = new byte[1024];
            for (int read; (read = await content.ReadAsync(buffer)) > 0;)
            {
                bytes.Write(buffer, 0, read);
                if (watcher.OnFirstBytes is { } meanwhile) await meanwhile($"{name}.txt");
            }

            return Encoding.UTF8.GetString(bytes.ToArray());
        }
    }

    [Function("AsText")]
    public static Task AsText([BlobTrigger("incoming/{name}.text")] string content, string name, FunctionContext context) =>
        context.InstanceServices.GetRequiredService<ContainerTriggerTests.Watcher>().SeeAsync($"{name}.text", () => Task.FromResult(content));

    [Function("AsBytes")]
    public static Task AsBytes([BlobTrigger("incoming/{name}.bytes")] byte[] content, string name, FunctionContext context) =>
        context.InstanceServices.GetRequiredService<ContainerTriggerTests.Watcher>().SeeAsync($"{name}.bytes", () => Task.FromResult(Encoding.UTF8.GetString(content)));
}
