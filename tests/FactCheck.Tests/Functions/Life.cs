using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Functions;

/// <summary>
/// Whether a process that is played within the test's own still lives: after its end its code may run on, but it
/// stores nothing any more.
/// </summary>
internal sealed class Life
{
    private volatile bool _isOver;

    public void End() => _isOver = true;

    /// <summary>Puts itself before the desk's stores.</summary>
    public void Guard(IServiceCollection services)
    {
        var (tables, blobs) = (FactoryOf<ITableStore>(services), FactoryOf<IBlobStore>(services));
        services.AddSingleton<ITableStore>(provider => new Tables(this, tables(provider)));
        services.AddSingleton<IBlobStore>(provider => new Blobs(this, blobs(provider)));
    }

    private static Func<IServiceProvider, T> FactoryOf<T>(IServiceCollection services)
    {
        var factory = services.Last(service => service.ServiceType == typeof(T)).ImplementationFactory!;
        return provider => (T)factory(provider);
    }

    private void Check()
    {
        if (_isOver)
            throw new IOException("This process has ended.");
    }

    private sealed class Tables(Life life, ITableStore inner) : ITableStore, IDisposable
    {
        public Task<TableRow?> FindAsync(
            string table,
            string partition,
            string key,
            CancellationToken cancellation = default
        ) => inner.FindAsync(table, partition, key, cancellation);

        public Task<IReadOnlyList<TableRow>> ListAsync(
            string table,
            string partition,
            string prefix = "",
            string? after = null,
            int most = int.MaxValue,
            CancellationToken cancellation = default
        ) => inner.ListAsync(table, partition, prefix, after, most, cancellation);

        public Task<IReadOnlyDictionary<string, string>> CommitAsync(
            string table,
            string partition,
            IReadOnlyCollection<RowChange> changes,
            CancellationToken cancellation = default
        )
        {
            life.Check();
            return inner.CommitAsync(table, partition, changes, cancellation);
        }

        public void Dispose() => (inner as IDisposable)?.Dispose();
    }

    private sealed class Blobs(Life life, IBlobStore inner) : IBlobStore
    {
        public Task<BlobInfo?> FindAsync(string container, string name, CancellationToken cancellation = default) =>
            inner.FindAsync(container, name, cancellation);

        public Task<(byte[] Content, string ETag)?> ReadAsync(
            string container,
            string name,
            CancellationToken cancellation = default
        ) => inner.ReadAsync(container, name, cancellation);

        public Task<string> WriteAsync(
            string container,
            string name,
            ReadOnlyMemory<byte> content,
            string contentType,
            IReadOnlyDictionary<string, string>? metadata = null,
            CancellationToken cancellation = default
        )
        {
            life.Check();
            return inner.WriteAsync(container, name, content, contentType, metadata, cancellation);
        }

        public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellation = default)
        {
            life.Check();
            return inner.DeleteAsync(container, name, cancellation);
        }

        public IAsyncEnumerable<BlobInfo> ListAsync(
            string container,
            string prefix = "",
            CancellationToken cancellation = default
        ) => inner.ListAsync(container, prefix, cancellation);
    }
}
