using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace FactCheck.Runtime;

/// <summary>
/// A host's <c>runtime.db</c>, read beside it or after it has stopped: for support, and for what must be known before it is purged. Nothing is changed,
/// owned or migrated. What it answers has the form of the HTTP management's answers.
/// </summary>
public sealed class RuntimeFile : IDisposable
{
    private readonly SqliteConnection _connection;

    private RuntimeFile(SqliteConnection connection, string? owner) => (_connection, Owner) = (connection, owner);

    /// <summary>The process whose host runs on the file now; null when none does. What is read then is what it has committed.</summary>
    public string? Owner { get; }

    /// <summary>Blobs that were given up, oldest first.</summary>
    public IReadOnlyList<PoisonBlob> PoisonBlobs => Database.Poisoned(_connection).ConvertAll(PoisonBlob.Of);

    /// <summary>Opens the file in a data directory.</summary>
    /// <param name="dataDirectory">The folder that holds <c>runtime.db</c>.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="EmbeddedHostException">It is something else, of a newer release, or can't be read.</exception>
    public static RuntimeFile OpenRead(string dataDirectory)
    {
        var path = Path.GetFullPath(Path.Combine(dataDirectory, "runtime.db"));
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{dataDirectory}' holds no runtime.db.", path);
        SqliteConnection? connection = null;
        try
        {
            connection = Open(path);
            return new(Current(connection, path), OwnerLock.FindOwner(path));
        }
        catch (SqliteException exception)
        {
            connection?.Dispose();
            throw new EmbeddedHostException($"{path} can't be read: {exception.Message}", exception);
        }
        catch
        {
            connection?.Dispose();
            throw;
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
        var (items, next) = InstanceJson.Page(_connection, filter, query.PageSize, new(Input: query.FetchInputsAndOutputs, Waits: true));
        return new(items, next);
    }

    /// <summary>One instance with what it waits for; null when there is none of that id.</summary>
    /// <param name="instanceId">Which.</param>
    /// <param name="history">Also what happened, event by event, with inputs and results.</param>
    public JsonObject? Find(string instanceId, bool history = false) =>
        Database.Select(_connection, instanceId, payloads: true) is { } row ? InstanceJson.Of(_connection, row, new(History: history, HistoryOutput: history, Waits: true)) : null;

    /// <summary>A blob that was given up, as the HTTP management shows it.</summary>
    public static JsonObject AsJson(PoisonBlob blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return InstanceJson.Of(blob);
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static SqliteConnection Open(string path)
    {
        var readOnly = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        var connection = new SqliteConnection(readOnly.ToString());
        try
        {
            connection.Open();
            Version(connection);
            return connection;
        }
        catch (SqliteException) when (!File.Exists(path + "-wal"))
        {
            // A place where nothing can be written, so not even the log's index; without a log the file is whole and nobody changes it.
            connection.Dispose();
        }
        readOnly.DataSource = new Uri(path).AbsoluteUri + "?immutable=1";
        connection = new SqliteConnection(readOnly.ToString());
        connection.Open();
        return connection;
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
