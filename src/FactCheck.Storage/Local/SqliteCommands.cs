using Microsoft.Data.Sqlite;

namespace FactCheck.Storage.Local;

/// <summary>Statements that are prepared once and run with other values each time.</summary>
internal static class SqliteCommands
{
    public static SqliteCommand Prepare(this SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        // Constant SQL of this assembly; values are parameters.
        command.CommandText = sql;
        return command;
    }

    public static SqliteCommand With(
        this SqliteCommand command,
        params ReadOnlySpan<(string Name, object Value)> values
    )
    {
        foreach (var (name, value) in values)
        {
            var at = command.Parameters.IndexOf(name);
            if (at < 0)
                command.Parameters.AddWithValue(name, value);
            else
                command.Parameters[at].Value = value;
        }

        return command;
    }
}
