using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using FactCheck.Host;
using FactCheck.Host.Storage;
using FactCheck.Host.Worker;
using FactCheck.Host.Worker.Rpc;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Host.Triggers;

/// <summary>The host's own file without the engine: writes that come together are one commit.</summary>
internal sealed class TestStore : IRuntimeStore, IAsyncDisposable
{
    private readonly Database _database;
    private readonly Channel<(Action<Database> Write, TaskCompletionSource Done)> _writes = Channel.CreateUnbounded<(
        Action<Database> Write,
        TaskCompletionSource Done
    )>();

    private readonly Task _writer;
    private int _writesAsked;

    public TestStore(string folder, FakeTimeProvider time, SynchronousMode synchronous = SynchronousMode.Normal)
    {
        Time = time;
        _database = new Database(Path.Combine(folder, "runtime.db"), synchronous, time);
        _writer = Task.Run(WriteAllAsync);
    }

    public TimeProvider Time { get; }

    public IdleTracker Idle { get; } = new();

    public int Commits { get; private set; }

    /// <summary>While set, nothing can be written.</summary>
    public Exception? Fault { get; set; }

    /// <summary>The process dies at this write, counted from 1: nothing is stored any more.</summary>
    public int? CrashAt { get; set; }

    /// <summary>Whether that write itself was stored, though nobody heard of it.</summary>
    public bool IsCrashStored { get; set; }

    public bool HasCrashed => Volatile.Read(ref _writesAsked) >= CrashAt;

    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read) => _database.ReadAsync(read);

    public async Task WriteAsync(string what, Action<Database> write)
    {
        if (Fault is { } fault)
            throw fault;
        var number = Interlocked.Increment(ref _writesAsked);
        if (number > CrashAt || (number == CrashAt && !IsCrashStored))
            throw new IOException("the process has died");
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _writes.Writer.WriteAsync((write, done));
        await done.Task;
        if (number == CrashAt)
            throw new IOException("the process has died");
    }

    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _writer;
        _database.Dispose();
    }

    private async Task WriteAllAsync()
    {
        while (await _writes.Reader.WaitToReadAsync())
        {
            var written = new List<TaskCompletionSource>();
            _database.Begin();
            while (written.Count < 1000 && _writes.Reader.TryRead(out var next))
            {
                next.Write(_database);
                written.Add(next.Done);
            }
            _database.Commit();
            Commits++;
            written.ForEach(done => done.SetResult());
        }
    }
}

/// <summary>Functions as a worker would list them, and what became of calls.</summary>
internal sealed class FakeInvoker : IFunctionInvoker
{
    public List<HostedFunction> All { get; } = [];

    public IReadOnlyList<HostedFunction> Functions => All;

    public int Generation { get; set; } = 1;

    public ConcurrentQueue<Invocation> Calls { get; } = new();

    public Func<Invocation, CancellationToken, Task> Run { get; set; } = (_, _) => Task.CompletedTask;

    public async Task<TypedData?> InvokeAsync(Invocation invocation, CancellationToken cancellation)
    {
        Calls.Enqueue(invocation);
        await Run(invocation, cancellation);
        return null;
    }

    public static FunctionFailedException Failed(string message) =>
        new(
            "Text",
            new RpcException
            {
                Type = "System.FormatException",
                Message = message,
                IsUserException = true,
            }
        );

    public void AddBlob(string name, string path, string? dataType = "String", string more = "") =>
        Add(
            name,
            $$"""{"name":"blob","type":"blobTrigger","direction":"In","properties":{"supportsDeferredBinding":"True"}"""
                + $$""","path":"{{path}}"{{(dataType is null ? "" : $",\"dataType\":\"{dataType}\"")}}{{more}}}"""
        );

    public void AddTimer(string name, string schedule, string more = "") =>
        Add(name, $$"""{"name":"timer","type":"timerTrigger","direction":"In","schedule":"{{schedule}}"{{more}}}""");

    private void Add(string name, string binding) => All.Add(new(name, name, JsonNode.Parse(binding)!.AsObject(), []));
}
