using Microsoft.Data.Sqlite;

namespace FactCheck.Runtime;

/// <summary>The file: opening, schema, owner, and the writer's statements. Used by the writer's thread, but for <see cref="Read"/>.</summary>
internal sealed partial class Database : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);
    private readonly OwnerLock _owner;
    private readonly SqliteConnection _writer;
    private readonly string _readers;
    private readonly long _epoch;
    private SqliteTransaction? _transaction;

    /// <summary>Opens the file, makes or migrates its tables, and becomes its owner.</summary>
    /// <exception cref="EmbeddedHostException">It has another owner, is of a newer release, or can't be written.</exception>
    public Database(string path, SynchronousMode synchronous, TimeProvider time)
    {
        Path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedHostException($"The data directory of {Path} can't be made: {exception.Message}", exception);
        }
        _owner = OwnerLock.Take(Path, time);
        _writer = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        _readers = new SqliteConnectionStringBuilder { DataSource = Path, Mode = SqliteOpenMode.ReadWrite, Pooling = true }.ToString();
        try
        {
            _writer.Open();
            Execute($"PRAGMA journal_mode=WAL; PRAGMA synchronous={(synchronous == SynchronousMode.Full ? "FULL" : "NORMAL")}; PRAGMA cache_size=-65536; PRAGMA busy_timeout=5000;");
            Migrate();
            _epoch = Convert.ToInt64(Scalar("UPDATE meta SET value = value + 1 WHERE key = 'epoch' RETURNING value;"));
        }
        catch (SqliteException exception)
        {
            Dispose();
            throw new EmbeddedHostException($"{Path} can't be opened: {exception.Message}", exception);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>Begins a transaction and makes sure that this is still the owner.</summary>
    /// <exception cref="OwnerLostException">Another process has taken the file.</exception>
    public void Begin()
    {
        _transaction = _writer.BeginTransaction(deferred: false);
        var epoch = Convert.ToInt64(Prepared("SELECT value FROM meta WHERE key = 'epoch'").ExecuteScalar());
        if (epoch != _epoch)
            throw new OwnerLostException($"{Path} has been taken by another owner (epoch {epoch}; this one's is {_epoch}). Nothing more is written.");
    }

    public void Commit()
    {
        _transaction!.Commit();
        _transaction.Dispose();
        _transaction = null;
    }

    public void Rollback()
    {
        try
        {
            _transaction?.Dispose(); // rolls back
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, as it does on a full disk.
        }
        _transaction = null;
    }

    /// <summary>Reads what is committed, on the caller's thread.</summary>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        using var connection = new SqliteConnection(_readers);
        connection.Open();
        return read(connection);
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
            command.Dispose();
        _prepared.Clear();
        Rollback();
        _writer.Dispose();
        using (var reader = new SqliteConnection(_readers))
            SqliteConnection.ClearPool(reader);
        _owner.Dispose();
    }

    /// <summary>Runs a statement with positional parameters <c>$1, $2, …</c>; prepared once.</summary>
    public int Run(string sql, params ReadOnlySpan<object?> values) => Bound(sql, values).ExecuteNonQuery();

    /// <summary>The first value of the first row; null when there is none.</summary>
    public object? One(string sql, params ReadOnlySpan<object?> values) => Bound(sql, values).ExecuteScalar();

    /// <summary>All rows.</summary>
    public List<T> All<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        using var reader = Bound(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }

    private SqliteCommand Bound(string sql, ReadOnlySpan<object?> values)
    {
        var command = Prepared(sql);
        while (command.Parameters.Count < values.Length)
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + (command.Parameters.Count + 1) });
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    private SqliteCommand Prepared(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = _writer.CreateCommand();
#pragma warning disable CA2100 // every statement is a constant of this assembly
            command.CommandText = sql;
#pragma warning restore CA2100
            _prepared.Add(sql, command);
        }
        command.Transaction = _transaction;
        return command;
    }

    private void Migrate()
    {
        var version = Convert.ToInt32(Scalar("PRAGMA user_version;"));
        var application = Convert.ToInt32(Scalar("PRAGMA application_id;"));
        if (Schema.IsCurrent(version, application, Path))
            return;
        Execute("BEGIN IMMEDIATE;");
        foreach (var step in Schema.Steps.Skip(version))
            Execute(step);
        Execute($"PRAGMA application_id={Schema.ApplicationId}; PRAGMA user_version={Schema.Version}; COMMIT;");
    }

    private void Execute(string sql)
    {
        using var command = Text(sql);
        command.ExecuteNonQuery();
    }

    private object? Scalar(string sql)
    {
        using var command = Text(sql);
        return command.ExecuteScalar();
    }

    private SqliteCommand Text(string sql)
    {
        var command = _writer.CreateCommand();
#pragma warning disable CA2100 // every statement is a constant of this assembly
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}

/// <summary>Another process owns the file now; this one must not write.</summary>
internal sealed class OwnerLostException : Exception
{
    public OwnerLostException() { }

    public OwnerLostException(string message)
        : base(message)
    {
    }

    public OwnerLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
