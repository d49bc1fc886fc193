using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using FactCheck.Storage.Rules;
using Microsoft.Data.Sqlite;

namespace FactCheck.Storage.Local;

/// <summary>Tables in one SQLite file (<c>desk.db</c>). A commit is on the disk before it returns; those that arrive
/// together share one flush. Processes take turns writing, each waiting up to 30 seconds for another.</summary>
public sealed class SqliteTables : ITableStore, IAsyncDisposable, IDisposable
{
    // More would make the first caller wait longer than the shared flush saves.
    private const int MaxBatch = 64;
    private const int BusySeconds = 30;

    private readonly string _path;
    private readonly Func<SqliteConnection> _connect;
    private readonly SqliteTableWriter? _writer;
    private readonly ConcurrentBag<SqliteTableReader> _readers = [];
    private readonly Channel<Waiting> _queue = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });
    private readonly Task _writing;
    private volatile bool _disposed;

    /// <summary>Opens the file, made with mode 0600 (its folder 0700) when missing, and brings it up to date.</summary>
    /// <exception cref="InvalidDataException">The file is of a newer release, or not one of ours.</exception>
    /// <exception cref="IOException">The folder can't be written to, or another process locks the file.</exception>
    public SqliteTables(string path)
    {
        _path = Path.GetFullPath(path);
        _connect = () => Connect(_path);
        LocalFiles.CreateFolder(Path.GetDirectoryName(_path)!);
        // SQLite gives the files it makes beside this one (-wal, -shm) the same mode.
        using (new FileStream(_path, LocalFiles.NewFile(FileMode.OpenOrCreate))) { }

        var connection = Connect(_path);
        try
        {
            SqliteSchema.Upgrade(connection, _path, SqliteSchema.Steps);
            _writer = new(connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw Explained(e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        _writing = Task.Run(() => WriteAsync(_writer));
    }

    private SqliteTables(string path, Func<SqliteConnection> connect)
    {
        (_path, _connect, _writing) = (path, connect, Task.CompletedTask);
        try
        {
            using var connection = connect();
            SqliteSchema.Refuse(connection, path, SqliteSchema.Steps.Count);
        }
        catch (SqliteException e)
        {
            throw Explained(e);
        }
    }

    /// <summary>Opens a file as it is, of whatever release, to be read only: nothing of it is changed.</summary>
    /// <exception cref="InvalidDataException">The file is of a newer release, or not one of ours.</exception>
    /// <exception cref="IOException">It can't be opened.</exception>
    public static SqliteTables OpenToRead(string path)
    {
        var file = Path.GetFullPath(path);
        return new(file, () => SqliteCheck.Open(file));
    }

    /// <inheritdoc/>
    public Task<TableRow?> FindAsync(
        string table,
        string partition,
        string key,
        CancellationToken cancellation = default
    )
    {
        TableRules.CheckTable(table);
        if (!TableRules.IsKey(partition) || !TableRules.IsKey(key))
            return Task.FromResult<TableRow?>(null);
        return Read(reader => reader.Find(table, partition, key), cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<TableRow>> ListAsync(
        string table,
        string partition,
        string prefix = "",
        string? after = null,
        int most = int.MaxValue,
        CancellationToken cancellation = default
    )
    {
        TableRules.CheckTable(table);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        if (most == 0 || !TableRules.IsKey(partition))
            return Task.FromResult<IReadOnlyList<TableRow>>([]);
        return Read(reader => reader.List(table, partition, prefix, after, most, cancellation), cancellation);
    }

    /// <summary>Every partition that has rows, in ordinal order, whatever the lists beside a table say.</summary>
    public Task<IReadOnlyList<string>> PartitionsAsync(string table, CancellationToken cancellation = default)
    {
        TableRules.CheckTable(table);
        return Read(reader => reader.Partitions(table), cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, string>> CommitAsync(
        string table,
        string partition,
        IReadOnlyCollection<RowChange> changes,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(changes);
        TableRules.CheckTransaction(table, partition, changes);
        if (_writer is null)
            throw new InvalidOperationException($"'{_path}' was opened to be read.");
        var waiting = new Waiting(table, partition, [.. changes], cancellation);
        ObjectDisposedException.ThrowIf(!_queue.Writer.TryWrite(waiting), this);
        return waiting.Done.Task;
    }

    /// <summary>Finishes the commits under way and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        if (!_queue.Writer.TryComplete())
            return;
        await _writing;
        CloseReaders();
        _writer?.Dispose();
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    internal static SqliteConnection Connect(string path, SqliteOpenMode mode = SqliteOpenMode.ReadWriteCreate)
    {
        // Readers are pooled here, prepared; a second pool underneath would keep the file open after disposal.
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = mode,
                Pooling = false,
                DefaultTimeout = BusySeconds,
            }.ToString()
        );
        connection.Open();
        return connection;
    }

    internal static string ETag(long version) => $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    // Null for an ETag that no row of this store can have.
    internal static long? Version(string etag) =>
        long.TryParse(etag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && ETag(version) == etag
            ? version
            : null;

    private Task<T> Read<T>(Func<SqliteTableReader, T> read, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            if (!_readers.TryTake(out var reader))
                reader = new(_connect());
            try
            {
                return Task.FromResult(read(reader));
            }
            finally
            {
                _readers.Add(reader);
                // Disposal may have emptied the bag while this one was out.
                if (_disposed)
                    CloseReaders();
            }
        }
        catch (SqliteException e)
        {
            throw Explained(e);
        }
    }

    private void CloseReaders()
    {
        while (_readers.TryTake(out var reader))
            reader.Dispose();
    }

    private async Task WriteAsync(SqliteTableWriter writer)
    {
        var batch = new List<Waiting>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var waiting))
                batch.Add(waiting);
            Write(writer, batch);
        }
    }

    private void Write(SqliteTableWriter writer, List<Waiting> batch)
    {
        try
        {
            writer.Begin();
            foreach (var waiting in batch)
                waiting.Try(writer);
            writer.Commit();
        }
        // Whatever it is, those who wait must hear of it, and the next batch must be written.
        catch (Exception e)
        {
            Fail(writer, batch, e is SqliteException sqlite ? Explained(sqlite) : e);
            return;
        }

        foreach (var waiting in batch)
            waiting.Tell();
    }

    private static void Fail(SqliteTableWriter writer, List<Waiting> batch, Exception why)
    {
        try
        {
            writer.Rollback();
        }
        catch (SqliteException e)
        {
            why = new AggregateException(why, e);
        }

        foreach (var waiting in batch)
            waiting.Done.TrySetException(why);
    }

    private IOException Explained(SqliteException e) =>
        new(
            e.SqliteErrorCode switch
            {
                SQLitePCL.raw.SQLITE_BUSY => $"Another process kept '{_path}' locked for {BusySeconds} seconds.",
                SQLitePCL.raw.SQLITE_FULL => $"There is no room left for '{_path}'.",
                SQLitePCL.raw.SQLITE_CORRUPT => $"'{_path}' is damaged.",
                _ => $"'{_path}': {e.Message}",
            },
            e
        );

    private sealed class Waiting(
        string table,
        string partition,
        IReadOnlyCollection<RowChange> changes,
        CancellationToken cancellation
    )
    {
        private IReadOnlyDictionary<string, string>? _etags;
        private Exception? _conflict;

        // Continuations run elsewhere, or a caller's code would run on the thread that writes.
        public TaskCompletionSource<IReadOnlyDictionary<string, string>> Done { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The caller hears of the changes when the batch is on the disk.</summary>
        public void Try(SqliteTableWriter writer)
        {
            if (cancellation.IsCancellationRequested)
                return;
            try
            {
                _etags = writer.Apply(table, partition, changes);
            }
            catch (RowConflictException conflict)
            {
                _conflict = conflict;
            }
        }

        public void Tell()
        {
            if (_conflict is not null)
                Done.TrySetException(_conflict);
            else if (_etags is not null)
                Done.TrySetResult(_etags);
            else
                Done.TrySetCanceled(cancellation);
        }
    }
}
