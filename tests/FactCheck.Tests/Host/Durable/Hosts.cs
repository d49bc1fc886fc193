using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Short ways to say what most tests of the runtime do.</summary>
internal static class Hosts
{
    /// <summary>A host whose instances wait for "go", or end at once.</summary>
    public static Task<TestHub> WaitingAsync() =>
        TestHub
            .ForTests()
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .AddOrchestrator("Quick", context => Task.FromResult(context.GetInput<int>()))
            .StartAsync();

    /// <summary>Starts an orchestration, waits until nothing goes on, and returns what became of it.</summary>
    public static async Task<OrchestrationMetadata> RunAsync(
        this TestHub host,
        string orchestrator,
        object? input = null,
        string? id = null
    ) => await host.ReadAsync(await host.BeginAsync(orchestrator, input, id));

    /// <summary>Starts an orchestration and waits until nothing goes on.</summary>
    public static async Task<string> BeginAsync(
        this TestHub host,
        string orchestrator,
        object? input = null,
        string? id = null
    )
    {
        var instance = await host.Client.ScheduleNewOrchestrationInstanceAsync(
            orchestrator,
            input,
            new StartOrchestrationOptions(id),
            CancellationToken.None
        );
        await host.WhenIdleAsync();
        return instance;
    }

    /// <summary>Sends an event and waits until nothing goes on.</summary>
    public static async Task SendAsync(this TestHub host, string instance, string name, object? payload = null)
    {
        await host.Client.RaiseEventAsync(instance, name, payload);
        await host.WhenIdleAsync();
    }

    /// <summary>All that is known of an instance.</summary>
    public static async Task<OrchestrationMetadata> ReadAsync(this TestHub host, string instance) =>
        await host.Client.GetInstanceAsync(instance, getInputsAndOutputs: true)
        ?? throw new InvalidOperationException($"There is no {instance}.");

    /// <summary>What an instance returned; an error that says why it did not.</summary>
    public static async Task<T?> OutputAsync<T>(this TestHub host, string instance)
    {
        var ended = await host.ReadAsync(instance);
        return ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed
            ? ended.ReadOutputAs<T>()
            : throw new InvalidOperationException(
                $"{instance} is {ended.RuntimeStatus}: {ended.FailureDetails?.ErrorType} {ended.FailureDetails?.ErrorMessage}"
            );
    }

    /// <summary>All instances that match, by id.</summary>
    public static async Task<IReadOnlyList<OrchestrationMetadata>> ListAsync(
        this DurableTaskClient client,
        OrchestrationQuery? filter = null
    )
    {
        var found = new List<OrchestrationMetadata>();
        await foreach (var instance in client.GetAllInstancesAsync(filter))
            found.Add(instance);
        return found;
    }

    /// <summary>Waits, in real time, for something that no one signals; for as long as a stuck machine may
    /// take.</summary>
    public static async Task Until(this TestHub host, Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            if (i > 3000)
                throw new TimeoutException($"It never came to be, in {host.DataDirectory}.");
            await Task.Delay(10);
        }
    }

    /// <summary>Rows of a table of the file.</summary>
    public static long Count(this TestHub host, string table) =>
        Sql(host.DataDirectory, $"SELECT COUNT(*) FROM {table}");

    /// <summary>One number out of the file.</summary>
    public static long Sql(string dataDirectory, string sql)
    {
        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(dataDirectory, "runtime.db")};Pooling=False"
        );
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar());
    }

    public static TestHubBuilder LoggingTo(this TestHubBuilder builder, ListLog log) =>
        builder.ConfigureServices(services => services.AddSingleton<ILoggerProvider>(log));
}

/// <summary>Keeps what a whole host logs.</summary>
internal sealed class ListLog : ILoggerProvider
{
    private readonly LogLines<ListLog> _log = new();

    public IReadOnlyList<string> Of(LogLevel level) =>
        [
            .. _log
                .Lines.Where(line => line.StartsWith($"{level}: ", StringComparison.Ordinal))
                .Select(line => line[$"{level}: ".Length..]),
        ];

    public ILogger CreateLogger(string categoryName) => _log;

    public void Dispose() { }
}

/// <summary>A clock that a test sets, even back; its timers never fire.</summary>
internal sealed class SettableTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Never();

    private sealed class Never : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
