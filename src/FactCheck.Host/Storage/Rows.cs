using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Storage;

/// <content>Values and rows. Those with a connection run on the caller's thread.</content>
internal sealed partial class Database
{
    public static DateTime Time(long ticks) => new(ticks, DateTimeKind.Utc);

    private static string? Text(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>All rows of a query; one of the pool's connections prepares it once.</summary>
    private static List<T> Rows<T>(
        SqliteConnection connection,
        string sql,
        List<object?> values,
        Func<SqliteDataReader, T> row
    )
    {
        using var own = connection is ReaderConnection ? null : connection.CreateCommand();
        var command = own ?? ((ReaderConnection)connection).Prepared(sql);
        if (own is not null)
        {
#pragma warning disable CA2100 // built of constants and parameter numbers; values are parameters
            own.CommandText = sql;
#pragma warning restore CA2100
        }
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
