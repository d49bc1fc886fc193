using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FactCheck.Host;
using FactCheck.Host.Storage;
using FactCheck.Host.Worker;
using FactCheck.Tests.Host.Triggers;

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>
/// The host's blob triggers on a container of Azure Storage, with a function of the test in the worker's place.
/// </summary>
public sealed class ContainerTriggerTests(Azurite azurite, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly Connection _connection = new();
    private BlobContainerClient _container = null!;
    private BlobHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        var account = await azurite.NewAccountAsync();
        _container = account.CreateBlobServiceClient().GetBlobContainerClient("incoming");
        var watched = new BlobServiceClient(
            account.ConnectionString,
            new BlobClientOptions(BlobClientOptions.ServiceVersion.V2026_06_06)
            {
                Transport = new HttpClientTransport(new HttpClient(_connection)),
                Retry = { MaxRetries = 0 },
            }
        );
        _host = BlobHost.Start(
            functions => functions.AddBlob("Incoming", "incoming/{name}.txt"),
            options => options.BlobService = watched,
            new HostJson { MaxBlobs = 1 }
        );
        await _host.LookAsync(); // makes the container
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
        await _host.LookAsync();
        await _host.RestartAsync();
        await _host.LookAsync();
        Assert.Equal(["Incoming a.txt one", "Incoming deep/down/ä b.txt two"], _host.Sorted);

        await UploadAsync("a.txt", "longer");
        await _host.LookAsync(2);

        Assert.Equal(["Incoming a.txt longer", "Incoming a.txt one", "Incoming deep/down/ä b.txt two"], _host.Sorted);
    }

    // Between being found and being read it became another: what is read is never the new bytes under the old
    // version, and no try is counted.
    [Fact]
    public async Task A_blob_that_is_overwritten_before_it_is_read_runs_once_with_its_last_bytes()
    {
        var version = 0;
        _connection.BeforeRead = async () =>
        {
            if (version < 7)
                await UploadAsync("a.txt", $"version {++version}");
        };
        await UploadAsync("a.txt", "version 0");
        await _host.LookAsync(10);

        Assert.Equal(["Incoming a.txt version 7"], _host.Sorted);
        Assert.Equal(7, version);
        Assert.Empty(_host.Poison);
    }

    [Fact]
    public async Task A_blob_that_is_overwritten_while_it_is_read_is_read_whole_in_one_version_or_not_at_all()
    {
        const int Length = 24 * 1024 * 1024;
        _connection.WhileRead = async () =>
        {
            _connection.WhileRead = null;
            await UploadAsync("large.txt", new string('b', Length));
        };
        await UploadAsync("large.txt", new string('a', Length));
        await _host.LookAsync(3);

        var read = _host.Seen.Select(told => told["Incoming large.txt ".Length..]).ToList();
        Assert.All(
            read,
            text =>
                Assert.True(
                    text.Length == Length && text.Distinct().Count() == 1,
                    $"{text.Length} characters, {new string([.. text.Distinct()])}"
                )
        );
        Assert.Equal('b', read[^1][0]);
        Assert.Null(_connection.WhileRead);
        Assert.Empty(_host.Poison);
    }

    [Fact]
    public async Task Blobs_that_are_deleted_while_they_are_queued_are_done_and_leave_nothing_behind()
    {
        for (var i = 0; i < 20; i++)
            await UploadAsync($"{i:D2}.txt", "x");
        var run = _host.Invoker.Run;
        _host.Invoker.Run = async (call, stop) =>
        {
            await run(call, stop);
            for (var i = 0; i < 20; i++)
                if (!Told(call).Contains($" {i:D2}.txt", StringComparison.Ordinal))
                    await _container.DeleteBlobIfExistsAsync($"{i:D2}.txt", cancellationToken: stop);
        };
        await _host.LookAsync(2);

        Assert.Single(_host.Seen);
        Assert.Empty(_host.Poison);
        Assert.Single(_host.Receipts);
    }

    [Fact]
    public async Task Receipts_of_blobs_that_were_deleted_later_are_forgotten_and_others_are_kept()
    {
        for (var i = 0; i < 20; i++)
            await UploadAsync($"{i:D2}.txt", "x");
        await _host.LookAsync();
        Assert.Equal(20, _host.Receipts.Count);

        for (var i = 1; i < 20; i++)
            await _container.DeleteBlobAsync($"{i:D2}.txt");
        await _host.LookAsync(2);

        Assert.Single(_host.Receipts);
        Assert.Equal(20, _host.Seen.Count);
    }

    [Fact]
    public async Task A_poison_blob_is_listed_after_five_tries_delays_no_other_and_runs_again_when_it_is_overwritten()
    {
        var run = _host.Invoker.Run;
        _host.Invoker.Run = (call, stop) =>
            Told(call) == "Incoming bad.txt x" ? throw FakeInvoker.Failed("bad.txt is bad") : run(call, stop);
        await UploadAsync("bad.txt", "x");
        await UploadAsync("good.txt", "y");
        await _host.LookAsync(2);

        Assert.Equal(5, _host.Invoker.Calls.Count(call => Told(call) == "Incoming bad.txt x"));
        Assert.Equal(["Incoming good.txt y"], _host.Sorted);
        var poison = Assert.Single(_host.Poison);
        Assert.Equal(("Incoming", "incoming", "bad.txt"), (poison.Function, poison.Container, poison.Name));
        Assert.Contains("bad.txt is bad", poison.Error, StringComparison.Ordinal);
        BlobProperties now = await _container.GetBlobClient("bad.txt").GetPropertiesAsync();
        Assert.Equal(now.ETag.ToString("H"), poison.ETag);

        await UploadAsync("bad.txt", "better");
        await _host.LookAsync();
        Assert.Contains("Incoming bad.txt better", _host.Sorted);
        Assert.Empty(_host.Poison);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_storage_that_is_away_while_a_blob_is_read_or_its_function_runs_costs_no_try(bool isRead)
    {
        var cuts = 0;
        var run = _host.Invoker.Run;
        _connection.BeforeRead = () =>
        {
            _connection.IsCut = isRead && ++cuts <= 7;
            return Task.CompletedTask;
        };
        _host.Invoker.Run = (call, stop) =>
        {
            _connection.IsCut = !isRead && ++cuts <= 7;
            return _connection.IsCut
                ? throw FakeInvoker.Failed("The function found no storage either.")
                : run(call, stop);
        };
        await UploadAsync("a.txt", "x");
        for (var look = 0; look < 12; look++)
        {
            await _host.LookAsync();
            _connection.IsCut = false; // back, until it is wanted again
        }

        Assert.Equal(["Incoming a.txt x"], _host.Sorted);
        Assert.Equal(8, cuts);
        Assert.Empty(_host.Poison);
        Assert.Equal(BlobState.Done, Assert.Single(_host.Receipts).State);
    }

    // The goal is that a new blob is found within 2 s in a container of 10,000; of that, one second is the wait
    // between two looks. Steps are counted, time is told.
    [Fact]
    public async Task A_look_at_thousands_of_blobs_takes_a_request_for_each_5_000()
    {
        var many = Limits.IsFull ? 10_000 : 5_001;
        await Parallel.ForAsync(
            0,
            many,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (i, _) => await UploadAsync($"{i:D5}.ignored", "x")
        );
        await _host.LookAsync();
        var start = Stopwatch.GetTimestamp();
        await _host.LookAsync();

        output.WriteLine($"A look at {many:N0} blobs: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
        Assert.Equal(2, _connection.Listings(from: start));
    }

    private static string Told(Invocation call) => BlobHost.Told(call);

    private Task UploadAsync(string name, string text) =>
        _container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(Encoding.UTF8.GetBytes(text)), overwrite: true);

    /// <summary>
    /// The way to the emulator, which can be cut, and where things happen before and while a blob is read.
    /// </summary>
    private sealed class Connection() : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly ConcurrentQueue<long> _listings = new();

        public bool IsCut { get; set; }

        public Func<Task>? BeforeRead { get; set; }

        public Func<Task>? WhileRead { get; set; }

        public int Listings(long from) => _listings.Count(at => at >= from);

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var isListing = request.RequestUri!.Query.Contains("comp=list", StringComparison.Ordinal);
            if (isListing)
                _listings.Enqueue(Stopwatch.GetTimestamp());
            var isRead = request.Method == HttpMethod.Get && !isListing;
            if (isRead && BeforeRead is { } before)
                await before();
            if (IsCut)
                throw new HttpRequestException("The connection is cut.");
            var answer = await base.SendAsync(request, cancellationToken);
            if (isRead && WhileRead is { } meanwhile)
                await meanwhile();
            return answer;
        }
    }
}
