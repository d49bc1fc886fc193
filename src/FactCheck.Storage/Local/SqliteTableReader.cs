using Microsoft.Data.Sqlite;

namespace FactCheck.Storage.Local;

/// <summary>One reading connection. Used by one thread at a time.</summary>
internal sealed class SqliteTableReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _list;

    /// <param name="connection">Its own from now on.</param>
    public SqliteTableReader(SqliteConnection connection)
    {
        _connection = connection;
        using (var queryOnly = _connection.CreateCommand())
        {
            queryOnly.CommandText = "PRAGMA query_only = 1";
            queryOnly.ExecuteNonQuery();
        }

        _find = _connection.Prepare(
            "SELECT key, json, etag FROM rows WHERE tbl = $tbl AND partition = $partition AND key = $key"
        );
        _list = _connection.Prepare(
            """
            SELECT key, json, etag FROM rows
            WHERE tbl = $tbl AND partition = $partition AND key >= $from AND key <> $after
            ORDER BY key LIMIT $most
            """
        );
    }

    public TableRow? Find(string table, string partition, string key)
    {
        using var found = _find.With(("$tbl", table), ("$partition", partition), ("$key", key)).ExecuteReader();
        return found.Read() ? Row(found) : null;
    }

    /// <summary>One statement is one snapshot: no transaction is ever seen by half.</summary>
    public IReadOnlyList<TableRow> List(
        string table,
        string partition,
        string prefix,
        string? after,
        int most,
        CancellationToken cancellation
    )
    {
        var from = string.CompareOrdinal(after, prefix) > 0 ? after! : prefix;
        var rows = new List<TableRow>();
        using var found = _list
            .With(("$tbl", table), ("$partition", partition), ("$from", from), ("$after", after ?? ""), ("$most", most))
            .ExecuteReader();
        while (found.Read() && Row(found) is var row && row.Key.StartsWith(prefix, StringComparison.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add(row);
        }

        return rows;
    }

    public IReadOnlyList<string> Partitions(string table)
    {
        using var list = _connection.Prepare("SELECT DISTINCT partition FROM rows WHERE tbl = $tbl ORDER BY partition");
        using var found = list.With(("$tbl", table)).ExecuteReader();
        var partitions = new List<string>();
        while (found.Read())
            partitions.Add(found.GetString(0));
        return partitions;
    }

    public void Dispose()
    {
        _find.Dispose();
        _list.Dispose();
        _connection.Dispose();
    }

    private static TableRow Row(SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), SqliteTables.ETag(row.GetInt64(2)));
}
