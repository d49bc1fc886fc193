using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Storage;

/// <summary>The file: schema, owner, writer's statements. Writer's thread, but for <see cref="ReadAsync"/>.</summary>
internal sealed class Database : IDisposable
{
    /// <summary>The log is copied into the file when it has this many pages (16 MB). Pages that many commits write are
    /// copied once; a start reads no more than this.</summary>
    private const int CheckpointPages = 4096;

    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);
    private readonly OwnerLock _owner;
    private readonly SqliteConnection _writer;
    private readonly ReaderPool _readers;
    private readonly long _epoch;
    private LogSync? _log;
    private bool _mayWrite;
    private bool _inTransaction;

    /// <summary>Opens the file, makes or migrates its tables, and becomes its owner.</summary>
    /// <exception cref="FunctionHostException">Owned by another, of a newer release, or not writable.</exception>
    public Database(string path, SynchronousMode synchronous, TimeProvider time)
    {
        Path = System.IO.Path.GetFullPath(path);
        MakeFolder();
        _owner = OwnerLock.Take(Path, time);
        KeepPrivate();
        _writer = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString()
        );
        _readers = new ReaderPool(Path);
        try
        {
            _epoch = Open(synchronous == SynchronousMode.Full);
        }
        catch (SqliteException exception)
        {
            Dispose();
            throw new FunctionHostException($"{Path} can't be opened: {exception.Message}", exception);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>How many commits this class made durable itself; null where SQLite does it, or nobody.</summary>
    public long? Flushes => _log?.Count;

    /// <summary>From here on what is written belongs to one transaction; it begins with the first write.</summary>
    public void Begin() => _mayWrite = true;

    /// <summary>Whether anything was written since <see cref="Begin"/>.</summary>
    public bool HasWritten => _inTransaction;

    /// <summary>Commits, and waits for the disk where that is wanted.</summary>
    /// <param name="written">For tests: called before the disk has confirmed, to fail there as a disk does.</param>
    /// <exception cref="SyncFailedException">The disk may lack it: open the file anew before writing.</exception>
    public void Commit(Action? written = null)
    {
        _mayWrite = false;
        if (!_inTransaction)
            return;
        if (_log is not null)
            _readers.Hold(); // released by Rollback or Dispose when something fails
        Bound("COMMIT", []).ExecuteNonQuery();
        _inTransaction = false;
        try
        {
            written?.Invoke();
            _log?.Flush();
        }
        catch (SyncFailedException failed)
        {
            Distrust();
            _readers.Refuse(failed);
            throw;
        }
        _readers.Release();
    }

    public void Rollback()
    {
        _mayWrite = false;
        if (_inTransaction)
        {
            _inTransaction = false;
            try
            {
                Bound("ROLLBACK", []).ExecuteNonQuery();
            }
            catch (SqliteException)
            {
                // SQLite has rolled back by itself, as it does on a full disk.
            }
        }
        _readers.Release();
    }

    /// <summary>Reads what is committed, on the caller's thread.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read) => _readers.ReadAsync(read);

    public void Dispose()
    {
        if (_inTransaction)
            Rollback();
        foreach (var command in _prepared.Values)
            command.Dispose();
        _prepared.Clear();
        _readers.Dispose();
        _writer.Dispose();
        _log?.Dispose();
        _owner.Dispose();
    }

    /// <summary>Runs a statement with positional parameters <c>$1, $2, …</c>; prepared once.</summary>
    public int Run(string sql, params ReadOnlySpan<object?> values)
    {
        Write();
        return Bound(sql, values).ExecuteNonQuery();
    }

    /// <summary>Runs a statement that returns a value.</summary>
    public object? Insert(string sql, params ReadOnlySpan<object?> values)
    {
        Write();
        return One(sql, values);
    }

    /// <summary>The first value of the first row; null when there is none.</summary>
    public object? One(string sql, params ReadOnlySpan<object?> values) => Bound(sql, values).ExecuteScalar();

    public List<T> All<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        using var reader = Bound(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }

    /// <summary>Begins the transaction, unless it has begun, and makes sure that this is still the owner.</summary>
    /// <exception cref="OwnerLostException">Another process has taken the file.</exception>
    private void Write()
    {
        if (_inTransaction)
            return;
        if (!_mayWrite)
            throw new InvalidOperationException("Nothing is written outside a batch.");
        Bound("BEGIN IMMEDIATE", []).ExecuteNonQuery();
        _inTransaction = true;
        var epoch = Convert.ToInt64(One("SELECT value FROM meta WHERE key = 'epoch'"));
        if (epoch != _epoch)
            throw new OwnerLostException(
                $"{Path} has been taken by another owner (epoch {epoch}; this one's is {_epoch}). Nothing more is written."
            );
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
            _prepared.Add(sql, command = new SqliteCommand(sql, _writer));
        return command;
    }

    private void MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FunctionHostException(
                $"The data directory of {Path} can't be made: {exception.Message}",
                exception
            );
        }
    }

    /// <summary>Makes the file fit to be written by this process alone; the epoch by which it knows that.</summary>
    private long Open(bool full)
    {
        _writer.Open();
        HealAfterFailedSync();
        Execute(
            $"PRAGMA journal_mode=WAL; PRAGMA synchronous={(full ? "FULL" : "NORMAL")}; PRAGMA cache_size=-65536; "
                + $"PRAGMA busy_timeout=5000; PRAGMA wal_autocheckpoint={CheckpointPages};"
        );
        Migrate();
        var epoch = Convert.ToInt64(Scalar("UPDATE meta SET value = value + 1 WHERE key = 'epoch' RETURNING value;"));
        if (full && LogSync.IsSupported)
        {
            // The log exists now: from here on this class synchronises commits; SQLite's checkpoints stay as they are.
            _log = new LogSync(Path + "-wal");
            Execute("PRAGMA synchronous=NORMAL;");
        }
        return epoch;
    }

    /// <summary>A new file is its owner's, as its contents can be secret; SQLite's log gets the same rights.</summary>
    private void KeepPrivate()
    {
        if (OperatingSystem.IsWindows() || File.Exists(Path))
            return;
        using var made = File.Open(
            Path,
            new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
    }

    private string Mark => Path + ".unconfirmed";

    /// <summary>Leaves a note for the next start. What the disk did not confirm may be in the system's cache and read
    /// back as if it were stored, until it is gone.</summary>
    private void Distrust()
    {
        try
        {
            File.WriteAllText(Mark, $"A commit to {System.IO.Path.GetFileName(Path)} was not confirmed by the disk.");
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            // The same disk, most likely: the error is told, and a start on it stops at its first commit.
        }
    }

    /// <summary>After a commit that the disk did not confirm: the log is copied into the file with SQLite's
    /// <c>fsync</c> of both, and all is read and checked before any of it counts. A failure leaves the note.</summary>
    private void HealAfterFailedSync()
    {
        if (!File.Exists(Mark))
            return;
        Execute("PRAGMA synchronous=FULL;");
        if (Scalar("PRAGMA wal_checkpoint(TRUNCATE);") is not 0L || Scalar("PRAGMA integrity_check;") is not "ok")
            throw new FunctionHostException(
                $"{Path} can't be trusted: the disk did not confirm a commit of the last run ({Mark}), and the file "
                    + "can't be checked. Restore it from a copy, or start with another data directory."
            );
        File.Delete(Mark);
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
        using var command = new SqliteCommand(sql, _writer);
        command.ExecuteNonQuery();
    }

    private object? Scalar(string sql)
    {
        using var command = new SqliteCommand(sql, _writer);
        return command.ExecuteScalar();
    }
}

/// <summary>Another process owns the file now; this one must not write.</summary>
internal sealed class OwnerLostException(string message) : Exception(message);
