using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Storage;

/// <summary>Values and rows.</summary>
internal static class Rows
{
    public static DateTime Time(long ticks) => new(ticks, DateTimeKind.Utc);

    public static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>All rows of a query, on the caller's thread; one of the pool's connections prepares it once.</summary>
    public static List<T> Of<T>(
        SqliteConnection connection,
        string sql,
        List<object?> values,
        Func<SqliteDataReader, T> row
    )
    {
        using var own = connection is ReaderConnection ? null : new SqliteCommand(sql, connection);
        var command = own ?? ((ReaderConnection)connection).Prepared(sql);
        command.Parameters.Clear();
        for (var i = 0; i < values.Count; i++)
            command.Parameters.AddWithValue("$" + (i + 1), values[i] ?? DBNull.Value);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }
}
