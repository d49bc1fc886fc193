using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions;

/// <summary>
/// The desk's tables, with something that happens just before a commit: another person, or a failure.
/// </summary>
internal sealed class InterruptedTables(ITableStore? inner = null) : ITableStore, IDisposable
{
    private ITableStore? _inner = inner;
    private int _lists;

    /// <summary>How often rows were listed.</summary>
    public int Lists => _lists;

    /// <summary>Runs before each commit; what it throws the commit throws.</summary>
    public Func<string, IReadOnlyCollection<RowChange>, Task>? Before { get; set; }

    /// <summary>Runs after each commit.</summary>
    public Func<Task>? After { get; set; }

    public void Under(TestHostOptions options) =>
        options.Services.Add(services =>
        {
            var real = services.Last(service => service.ServiceType == typeof(ITableStore)).ImplementationFactory!;
            services.AddSingleton<ITableStore>(provider =>
            {
                _inner = (ITableStore)real(provider);
                return this;
            });
        });

    /// <summary>Does something once, before the first commit that fits.</summary>
    public void Once(Func<string, IReadOnlyCollection<RowChange>, bool> fits, Func<Task> act) =>
        Before = async (table, changes) =>
        {
            if (!fits(table, changes))
                return;
            Before = null;
            await act();
        };

    /// <summary>Changes a row of the queue behind its back.</summary>
    public Task UnderneathAsync(RowChange change) => _inner!.CommitAsync("queue", "open|main|0", [change]);

    public Task<TableRow?> FindAsync(
        string table,
        string partition,
        string key,
        CancellationToken cancellation = default
    ) => _inner!.FindAsync(table, partition, key, cancellation);

    public Task<IReadOnlyList<TableRow>> ListAsync(
        string table,
        string partition,
        string prefix = "",
        string? after = null,
        int most = int.MaxValue,
        CancellationToken cancellation = default
    )
    {
        Interlocked.Increment(ref _lists);
        return _inner!.ListAsync(table, partition, prefix, after, most, cancellation);
    }

    public async Task<IReadOnlyDictionary<string, string>> CommitAsync(
        string table,
        string partition,
        IReadOnlyCollection<RowChange> changes,
        CancellationToken cancellation = default
    )
    {
        if (Before is { } before)
            await before(table, changes);
        var etags = await _inner!.CommitAsync(table, partition, changes, cancellation);
        if (After is { } after)
            await after();
        return etags;
    }

    public void Dispose() => (_inner as IDisposable)?.Dispose();
}
