using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace FactCheck.Storage.Local;

/// <summary>Looks through a database file, which another program may have open.</summary>
internal static class SqliteCheck
{
    private const int StepsBetweenLooks = 1_000;

    /// <summary>Whether all of it was looked at, and the first thing that is wrong; null where nothing is.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public static (bool IsWhole, string? Problem) Look(string path, TimeSpan limit)
    {
        var end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        try
        {
            using var connection = Open(path);
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
        catch (SqliteException e)
        {
            throw new IOException($"'{path}' can't be looked through: {Why(e)}.", e);
        }
    }

    /// <summary>Opens a file to be read. What another program left in the log beside it stays there when it is closed: as
    /// long as something is in doubt, nothing is changed.</summary>
    public static SqliteConnection Open(string path)
    {
        var hasLog = new FileInfo($"{path}-wal") is { Exists: true, Length: > 0 };
        var connection = SqliteTables.Connect(path, SqliteOpenMode.ReadWrite);
        if (hasLog)
            sqlite3_db_config(connection.Handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        return connection;
    }

    /// <summary>Copies a database that may be in use, as it is at one moment.</summary>
    /// <exception cref="DamagedDeskException">It is damaged.</exception>
    /// <exception cref="IOException">It can't be opened, or there is no room.</exception>
    public static void Copy(string from, string to)
    {
        using (new FileStream(to, LocalFiles.NewFile(FileMode.CreateNew))) { }
        try
        {
            using var source = Open(from);
            using var target = SqliteTables.Connect(to);
            source.BackupDatabase(target);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLITE_CORRUPT or SQLITE_NOTADB)
        {
            throw new DamagedDeskException($"'{from}' is damaged and can't be copied: {e.Message}", e);
        }
        catch (SqliteException e)
        {
            throw new IOException($"'{from}' can't be copied to '{to}': {Why(e)}.", e);
        }
    }

    private static string Why(SqliteException e) =>
        e.SqliteErrorCode switch
        {
            SQLITE_CANTOPEN => "it, or the files that SQLite keeps beside it, can't be opened or made",
            SQLITE_READONLY => "it, or its folder, can't be written to",
            SQLITE_FULL => "there is no room left",
            SQLITE_BUSY => "another program keeps it locked",
            _ => e.Message.ReplaceLineEndings(" "),
        };
}
