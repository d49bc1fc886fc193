using System.Text;
using FactCheck.Host;
using FactCheck.Host.Storage;
using FactCheck.Host.Triggers;
using FactCheck.Host.Worker;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Host.Triggers;

/// <summary>Blob triggers over a data folder of their own, with a function <c>Text</c> for <c>articles/{name}</c>
/// unless others are named.</summary>
internal sealed class BlobHost : IAsyncDisposable
{
    private readonly Action<FunctionHostOptions> _configure;
    private readonly HostJson _host;
    private readonly bool _isQuick;

    private BlobHost(Action<FunctionHostOptions> configure, HostJson host, bool isQuick)
    {
        _configure = configure;
        _host = host;
        _isQuick = isQuick;
        Invoker.Run = (call, _) =>
        {
            Seen.Enqueue(Told(call));
            return Task.CompletedTask;
        };
    }

    public string Data { get; private set; } = Directory.CreateTempSubdirectory("triggers-test-").FullName;

    public string Articles => Path.Combine(Data, "articles");

    public FakeInvoker Invoker { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public LogLines<BlobTriggers> Log { get; } = new();

    public TestStore Store { get; private set; } = null!;

    public BlobTriggers Triggers { get; private set; } = null!;

    /// <summary>What functions were called with: name of the function, of the blob, and its text.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Seen { get; } = new();

    public IReadOnlyList<string> Sorted => [.. Seen.Order(StringComparer.Ordinal)];

    public List<BlobReceipt> Receipts => Store.ReadAsync(TriggerRows.Receipts).GetAwaiter().GetResult();

    public List<BlobReceipt> Poison => Store.ReadAsync(TriggerRows.Poisoned).GetAwaiter().GetResult();

    public static BlobHost Start(
        Action<FakeInvoker>? functions = null,
        Action<FunctionHostOptions>? configure = null,
        HostJson? host = null,
        bool isQuick = true
    )
    {
        var made = new BlobHost(configure ?? (_ => { }), host ?? new(), isQuick);
        if (functions is null)
            made.Invoker.AddBlob("Text", "articles/{name}");
        else
            functions(made.Invoker);
        made.StartUp();
        return made;
    }

    public static string Told(Invocation call) =>
        $"{call.Function.Name} {call.Metadata["BlobTrigger"].String.Split('/', 2)[1]} {call.Input.Bytes.ToStringUtf8()}".TrimEnd();

    public void StartUp()
    {
        Store = new(Data, Time, _isQuick ? SynchronousMode.Normal : SynchronousMode.Full);
        var options = new FunctionHostOptions
        {
            AppDirectory = Data,
            DataDirectory = Data,
            WatchBlobs = false,
        };
        _configure(options);
        Triggers = new BlobTriggers(Store, Invoker, _host, options, Log);
        Triggers.Start();
    }

    public async Task StopAsync()
    {
        await Triggers.StopAsync(TimeSpan.FromSeconds(5));
        await Triggers.DisposeAsync();
        await Store.DisposeAsync();
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        StartUp();
    }

    /// <summary>Starts again on the same data, in a folder of another name.</summary>
    public async Task MoveAsync()
    {
        await StopAsync();
        Directory.Move(Data, Data + "-moved");
        Data += "-moved";
        StartUp();
    }

    /// <summary>Looks, and waits until what was found is done.</summary>
    public async Task LookAsync(int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            await Triggers.LookOnceAsync();
            await Store.Idle.WhenIdleAsync(TimeSpan.FromSeconds(60));
        }
    }

    public async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1500 && !condition(); i++)
            await Task.Delay(20);
        if (!condition())
            throw new TimeoutException(
                $"It did not come to that. Seen: {string.Join("; ", Sorted)}. Logged: {string.Join("; ", Log.Lines)}"
            );
    }

    public string Write(string name, string text)
    {
        var path = Path.Combine(Data, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Data, recursive: true);
    }
}
