using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace FactCheck.Storage.Local;

/// <summary>The writing connection. Used by one thread at a time.</summary>
internal sealed class SqliteTableWriter : IDisposable
{
    private const string Row = "tbl = $tbl AND partition = $partition AND key = $key";

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _replace;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _deleteIf;
    private readonly SqliteCommand _latest;
    private readonly SqliteCommand _keepLatest;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _mark;
    private readonly SqliteCommand _keep;
    private readonly SqliteCommand _undo;
    private long _version;

    /// <summary>Takes an open connection of the latest schema, which belongs to the writer from now on.</summary>
    public SqliteTableWriter(SqliteConnection connection)
    {
        _connection = connection;
        const string Insert =
            "INSERT INTO rows (tbl, partition, key, json, etag) VALUES ($tbl, $partition, $key, $json, $new) ON CONFLICT DO ";
        _insert = connection.Prepare(Insert + "NOTHING");
        _put = connection.Prepare(Insert + "UPDATE SET json = excluded.json, etag = excluded.etag");
        _replace = connection.Prepare($"UPDATE rows SET json = $json, etag = $new WHERE {Row} AND etag = $old");
        _delete = connection.Prepare($"DELETE FROM rows WHERE {Row}");
        _deleteIf = connection.Prepare($"DELETE FROM rows WHERE {Row} AND etag = $old");
        _latest = connection.Prepare("SELECT latest FROM version");
        _keepLatest = connection.Prepare("UPDATE version SET latest = $latest");
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
        _mark = connection.Prepare("SAVEPOINT one");
        _keep = connection.Prepare("RELEASE one");
        _undo = connection.Prepare("ROLLBACK TO one");
    }

    /// <summary>Transactions of a batch reach the disk together.</summary>
    public void Begin()
    {
        _begin.ExecuteNonQuery();
        _version = (long)_latest.ExecuteScalar()!;
    }

    /// <summary>Makes one transaction's changes, all or none. Returns the new ETags.</summary>
    /// <exception cref="RowConflictException">A row was not as a change wanted it; the batch can go on.</exception>
    public Dictionary<string, string> Apply(string table, string partition, IReadOnlyCollection<RowChange> changes)
    {
        var etags = new Dictionary<string, string>(StringComparer.Ordinal);
        _mark.ExecuteNonQuery();
        foreach (var change in changes)
        {
            if (!Apply(table, partition, change, ++_version))
            {
                _undo.ExecuteNonQuery();
                _keep.ExecuteNonQuery();
                throw new RowConflictException(table, partition, change.Key);
            }

            if (change is not RowChange.Delete)
                etags.Add(change.Key, SqliteTables.ETag(_version));
        }

        _keep.ExecuteNonQuery();
        return etags;
    }

    public void Commit()
    {
        _keepLatest.With(("$latest", _version)).ExecuteNonQuery();
        _commit.ExecuteNonQuery();
    }

    public void Rollback()
    {
        // A full disk or an I/O error has ended the transaction already.
        if (sqlite3_get_autocommit(_connection.Handle) != 0)
            return;
        using var rollback = _connection.CreateCommand();
        rollback.CommandText = "ROLLBACK";
        rollback.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (
            var command in (SqliteCommand[])
                [
                    _insert,
                    _replace,
                    _put,
                    _delete,
                    _deleteIf,
                    _latest,
                    _keepLatest,
                    _begin,
                    _commit,
                    _mark,
                    _keep,
                    _undo,
                ]
        )
            command.Dispose();
        _connection.Dispose();
    }

    private bool Apply(string table, string partition, RowChange change, long version)
    {
        SqliteCommand To(SqliteCommand command, params ReadOnlySpan<(string, object)> more) =>
            command.With(("$tbl", table), ("$partition", partition), ("$key", change.Key)).With(more);

        switch (change)
        {
            case RowChange.Insert(_, var json):
                return To(_insert, ("$json", json), ("$new", version)).ExecuteNonQuery() == 1;
            case RowChange.Put(_, var json):
                return To(_put, ("$json", json), ("$new", version)).ExecuteNonQuery() == 1;
            case RowChange.Replace(_, var json, var etag):
                return SqliteTables.Version(etag) is { } expected
                    && To(_replace, ("$json", json), ("$new", version), ("$old", expected)).ExecuteNonQuery() == 1;
            case RowChange.Delete(_, null):
                To(_delete).ExecuteNonQuery();
                return true;
            case RowChange.Delete(_, { } etag):
                return SqliteTables.Version(etag) is { } last && To(_deleteIf, ("$old", last)).ExecuteNonQuery() == 1;
            default:
                throw new ArgumentException($"Unknown change {change.GetType()}.", nameof(change));
        }
    }
}
