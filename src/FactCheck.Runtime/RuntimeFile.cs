using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace FactCheck.Runtime;

/// <summary>
/// A host's <c>runtime.db</c>, read beside it or after it has stopped: for support, and for what must be known before it is purged. Nothing is changed,
/// owned or migrated. What it answers has the form of the HTTP management's answers.
/// </summary>
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

    /// <summary>The process whose host runs on the file now; null when none does. What is read then is what it has committed.</summary>
    public string? Owner { get; }

    /// <summary>Blobs that were given up, oldest first.</summary>
    public IReadOnlyList<PoisonBlob> PoisonBlobs => Read(Database.Poisoned).ConvertAll(PoisonBlob.Of);

    /// <summary>Opens the file in a data directory.</summary>
    /// <param name="dataDirectory">The folder that holds <c>runtime.db</c>.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="EmbeddedHostException">It is something else, of a newer release, or can't be read.</exception>
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
            throw new EmbeddedHostException($"{path} can't be read: {exception.Message}", exception);
        }
    }

    /// <summary>Instances by id; each with what it waits for.</summary>
    /// <param name="query">Which, and how many; inputs and outputs are there when it says so.</param>
    public Page<JsonObject> List(OrchestrationQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var filter = new InstanceFilter
        {
            Prefix = query.InstanceIdPrefix,
            CreatedFrom = query.CreatedFrom?.UtcDateTime,
            CreatedTo = query.CreatedTo?.UtcDateTime,
            Statuses = query.Statuses is { } statuses ? [.. statuses] : null,
            After = query.ContinuationToken,
        };
        var (items, next) = Read(connection => InstanceJson.Page(connection, filter, query.PageSize, new(Input: query.FetchInputsAndOutputs, Waits: true)));
        return new(items, next);
    }

    /// <summary>One instance with what it waits for; null when there is none of that id.</summary>
    /// <param name="instanceId">Which.</param>
    /// <param name="history">Also what happened, event by event, with inputs and results.</param>
    public JsonObject? Find(string instanceId, bool history = false) =>
        Read(connection => Database.Select(connection, instanceId, payloads: true) is { } row
            ? InstanceJson.Of(connection, row, new(History: history, HistoryOutput: history, Waits: true))
            : null);

    /// <summary>A blob that was given up, as the HTTP management shows it.</summary>
    public static JsonObject AsJson(PoisonBlob blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return InstanceJson.Of(blob);
    }

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

    /// <summary>
    /// Without a log the file is whole, and is opened as one that nobody changes: SQLite would leave a log and its index behind, which might then belong to
    /// another user than the host's.
    /// </summary>
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
            using var command = copy.CreateCommand();
#pragma warning disable CA2100 // a constant of this assembly
            command.CommandText = step;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
        return copy;
    }

    private static int Version(SqliteConnection connection) => Number(connection, "PRAGMA user_version;");

    private static int Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a constant of this class
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
