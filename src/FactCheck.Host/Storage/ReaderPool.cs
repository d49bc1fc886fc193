using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Storage;

/// <summary>Connections that read what is committed, on any thread. Readers may see a commit before the disk has it;
/// such an answer waits until the disk does, so that nobody is told what a power cut could take back.</summary>
internal sealed class ReaderPool(string path) : IDisposable
{
    private const int Kept = 16;

    private readonly string _connection = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWrite,
        Pooling = false,
    }.ToString();
    private readonly ConcurrentBag<ReaderConnection> _free = [];
    private TaskCompletionSource? _commit;
    private volatile Exception? _refused;
    private volatile bool _disposed;

    /// <exception cref="SyncFailedException">It may have seen what the disk did not confirm.</exception>
    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read)
    {
        var result = Read(read);
        if (Volatile.Read(ref _commit) is { } commit)
            await commit.Task;
        return _refused is { } refused ? throw new SyncFailedException(refused.Message, refused) : result;
    }

    /// <summary>A commit begins: from now on answers wait. Writer's thread.</summary>
    public void Hold() =>
        Volatile.Write(ref _commit, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>The disk has it, or it was taken back.</summary>
    public void Release() => Interlocked.Exchange(ref _commit, null)?.SetResult();

    /// <summary>The disk did not confirm it: nobody is answered, as what the next start finds is unknown.</summary>
    public void Refuse(Exception reason)
    {
        _refused = reason;
        Release();
    }

    public void Dispose()
    {
        _disposed = true;
        Release();
        while (_free.TryTake(out var connection))
            connection.Dispose();
    }

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_free.TryTake(out var connection))
        {
            connection = new ReaderConnection(_connection);
            connection.Open();
        }
        T result;
        try
        {
            result = read(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        if (_disposed || _free.Count >= Kept)
            connection.Dispose();
        else
            _free.Add(connection);
        return result;
    }
}

/// <summary>A connection that prepares each query once.</summary>
internal sealed class ReaderConnection(string connectionString) : SqliteConnection(connectionString)
{
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    /// <summary>The command of this text, its parameters to be set.</summary>
    public SqliteCommand Prepared(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var command))
            _prepared.Add(sql, command = new SqliteCommand(sql, this));
        return command;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var command in _prepared.Values)
                command.Dispose();
            _prepared.Clear();
        }
        base.Dispose(disposing);
    }
}
