using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace FactCheck.Storage.Local;

/// <summary>Looks through a database file, which another program may have open.</summary>
internal static class SqliteCheck
{
    private const int StepsBetweenLooks = 1_000;

    /// <summary>Whether all of it was looked at, and the first thing that is wrong; null where nothing is.</summary>
    public static (bool IsWhole, string? Problem) Look(string path, TimeSpan limit)
    {
        var end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        try
        {
            using var connection = SqliteTables.Connect(path, SqliteOpenMode.ReadWrite);
            sqlite3_progress_handler(
                connection.Handle,
                StepsBetweenLooks,
                _ => Environment.TickCount64 > end ? 1 : 0,
                null
            );
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            var said = (string)check.ExecuteScalar()!;
            return (true, said == "ok" ? null : said.ReplaceLineEndings(" "));
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLITE_INTERRUPT)
        {
            return (false, null);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLITE_CORRUPT or SQLITE_NOTADB)
        {
            return (true, e.SqliteErrorCode == SQLITE_NOTADB ? "it is no SQLite file" : "its pages can't be read");
        }
    }

    /// <summary>Copies a database that may be in use, as it is at one moment.</summary>
    /// <exception cref="DamagedDeskException">It can't be read.</exception>
    public static void Copy(string from, string to)
    {
        using (new FileStream(to, LocalFiles.NewFile(FileMode.CreateNew))) { }
        try
        {
            using var source = SqliteTables.Connect(from, SqliteOpenMode.ReadWrite);
            using var target = SqliteTables.Connect(to);
            source.BackupDatabase(target);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLITE_CORRUPT or SQLITE_NOTADB)
        {
            throw new DamagedDeskException($"'{from}' is damaged and can't be copied: {e.Message}", e);
        }
    }
}
