using System.Text.Json.Nodes;
using FactCheck.Host.Storage;
using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Durable;

/// <summary>A host's <c>runtime.db</c>, read while it runs or after it has stopped: for support, and before a purge.
/// Nothing is changed, owned or migrated. Answers have the form of the HTTP management's.</summary>
public sealed class RuntimeFile : IDisposable
{
    private readonly string _path;
    private SqliteConnection _connection;
    private bool _immutable;

    private RuntimeFile(string path)
    {
        _path = path;
        (_connection, _immutable) = Open(path);
        Owner = OwnerLock.FindOwner(path);
    }

    /// <summary>The process whose host runs on the file; null for none. What it has committed is read.</summary>
    public string? Owner { get; }

    /// <summary>Blobs that were given up, oldest first.</summary>
    public IReadOnlyList<JsonObject> PoisonBlobs => Read(TriggerRows.Poisoned).ConvertAll(InstanceJson.Of);

    /// <summary>What waits in all instances: activities without an answer, timers to come, unread messages.</summary>
    public (int Activities, int Timers, int Messages) Outbox =>
        Read(connection =>
            (
                Number(connection, "SELECT COUNT(*) FROM activities;"),
                Number(connection, "SELECT COUNT(*) FROM timers;"),
                Number(connection, "SELECT COUNT(*) FROM inbox;")
            )
        );

    /// <summary>Opens <c>runtime.db</c> in a data directory.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="FunctionHostException">It is something else, of a newer release, or can't be read.</exception>
    public static RuntimeFile OpenRead(string dataDirectory)
    {
        var path = Path.GetFullPath(Path.Combine(dataDirectory, "runtime.db"));
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{dataDirectory}' holds no runtime.db.", path);
        try
        {
            return new(path);
        }
        catch (SqliteException exception)
        {
            throw new FunctionHostException($"{path} can't be read: {exception.Message}", exception);
        }
    }

    /// <summary>Instances by id, with inputs and outputs, each with what it waits for; and where the next page begins,
    /// null on the last.</summary>
    /// <param name="prefix">Of their ids; null for any.</param>
    /// <param name="after">Where the page before said that this one begins; null for the first.</param>
    public (IReadOnlyList<JsonObject> Items, string? Next) List(
        string? prefix,
        DateTimeOffset? createdFrom,
        IReadOnlyCollection<InstanceStatus>? statuses,
        int size,
        string? after
    )
    {
        var filter = new InstanceFilter
        {
            Prefix = prefix,
            CreatedFrom = createdFrom?.UtcDateTime,
            Statuses = statuses is null ? null : [.. statuses],
            After = after,
        };
        return Read(connection => InstanceJson.Page(connection, filter, size, new(Waits: true)));
    }

    /// <summary>One instance with what it waits for; null when there is none of that id.</summary>
    /// <param name="history">Also what happened, event by event, with inputs and results.</param>
    public JsonObject? Find(string instanceId, bool history = false) =>
        Read(connection =>
            InstanceQueries.Select(connection, instanceId, payloads: true) is { } row
                ? InstanceJson.Of(connection, row, new(History: history, HistoryOutput: history, Waits: true))
                : null
        );

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>A host that starts meanwhile begins a log; then what was read is read again with it.</summary>
    private T Read<T>(Func<SqliteConnection, T> read)
    {
        if (!_immutable)
            return read(_connection);
        try
        {
            var result = read(_connection);
            if (!File.Exists(_path + "-wal"))
                return result;
        }
        catch (SqliteException) when (File.Exists(_path + "-wal"))
        {
            // Pages of before and after.
        }
        _connection.Dispose();
        (_connection, _immutable) = Open(_path);
        return read(_connection);
    }

    /// <summary>Without a log the file is whole, and is opened as one that nobody changes: SQLite would leave a log and
    /// its index behind, which might then belong to another user than the host's.</summary>
    private static (SqliteConnection Connection, bool IsImmutable) Open(string path)
    {
        var immutable = !File.Exists(path + "-wal");
        var source = new SqliteConnectionStringBuilder
        {
            DataSource = immutable ? new Uri(path).AbsoluteUri + "?immutable=1" : path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        };
        var connection = new SqliteConnection(source.ToString());
        try
        {
            connection.Open();
            return (Current(connection, path), immutable);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The file as this release's tables: itself, or a copy that was migrated.</summary>
    private static SqliteConnection Current(SqliteConnection connection, string path)
    {
        if (Schema.IsCurrent(Version(connection), Number(connection, "PRAGMA application_id;"), path))
            return connection;
        var copy = new SqliteConnection("Data Source=;Pooling=False"); // a temporary file that SQLite deletes
        copy.Open();
        connection.BackupDatabase(copy);
        connection.Dispose();
        foreach (var step in Schema.Steps.Skip(Version(copy)))
        {
            using var command = new SqliteCommand(step, copy);
            command.ExecuteNonQuery();
        }
        return copy;
    }

    private static int Version(SqliteConnection connection) => Number(connection, "PRAGMA user_version;");

    private static int Number(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        return Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
