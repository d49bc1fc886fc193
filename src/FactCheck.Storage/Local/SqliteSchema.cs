using Microsoft.Data.Sqlite;

namespace FactCheck.Storage.Local;

/// <summary>The tables of <c>desk.db</c>. The file's <c>user_version</c> says how many steps it has seen: an older file
/// gets the missing ones in one transaction, a newer one is refused by name. A released step is never edited.</summary>
internal static class SqliteSchema
{
    // "fcck": tells our files from other people's (SQLite's application_id).
    private const int ApplicationId = 0x6663636B;

    /// <summary>Step n leads from version n to n + 1. BINARY compares UTF-8 bytes: for keys without surrogates, ordinal
    /// order. <c>version</c> hands out the ETags, so that a row that is made anew never gets an old one.</summary>
    public static readonly IReadOnlyList<string> Steps =
    [
        """
            CREATE TABLE rows (
              tbl       TEXT NOT NULL COLLATE BINARY,
              partition TEXT NOT NULL COLLATE BINARY,
              key       TEXT NOT NULL COLLATE BINARY,
              json      TEXT NOT NULL,
              etag      INTEGER NOT NULL,
              PRIMARY KEY (tbl, partition, key)
            ) WITHOUT ROWID;
            CREATE TABLE version (one INTEGER PRIMARY KEY CHECK (one = 1), latest INTEGER NOT NULL);
            INSERT INTO version VALUES (1, 0);
            """,
        // A row of a statement has over a thousand bytes; without rowid each of that size took a page of its own beside the
        // tree, and a desk four times the room on the disk.
        """
            CREATE TABLE moved (
              tbl       TEXT NOT NULL COLLATE BINARY,
              partition TEXT NOT NULL COLLATE BINARY,
              key       TEXT NOT NULL COLLATE BINARY,
              json      TEXT NOT NULL,
              etag      INTEGER NOT NULL,
              UNIQUE (tbl, partition, key)
            );
            INSERT INTO moved SELECT tbl, partition, key, json, etag FROM rows;
            DROP TABLE rows;
            ALTER TABLE moved RENAME TO rows;
            """,
        // Heads are sealed from here on: a release that knows no seals would drop them, and is kept out by the version.
        "UPDATE version SET latest = latest",
    ];

    /// <summary>Brings a file to the latest version.</summary>
    /// <exception cref="InvalidDataException">It is of a newer release, or not one of ours.</exception>
    public static void Upgrade(SqliteConnection connection, string path, IReadOnlyList<string> steps)
    {
        // Before the first write to the file, so that somebody else's is left as it is.
        Refuse(connection, path, steps.Count);
        Execute(connection, "PRAGMA journal_mode = WAL");
        Execute(connection, "PRAGMA synchronous = FULL");
        if (Number(connection, "PRAGMA user_version") == steps.Count)
            return;

        using var transaction = connection.BeginTransaction(deferred: false);
        // Again, now that nobody else can write: two processes may start at the same time.
        Refuse(connection, path, steps.Count);
        for (var at = Number(connection, "PRAGMA user_version"); at < steps.Count; at++)
            Execute(connection, steps[(int)at]);
        Execute(connection, $"PRAGMA application_id = {ApplicationId}");
        Execute(connection, $"PRAGMA user_version = {steps.Count}");
        transaction.Commit();
    }

    /// <exception cref="InvalidDataException">It is of a newer release, or not one of ours.</exception>
    public static void Refuse(SqliteConnection connection, string path, int known)
    {
        long application,
            version,
            tables;
        try
        {
            application = Number(connection, "PRAGMA application_id");
            version = Number(connection, "PRAGMA user_version");
            tables = Number(connection, "SELECT count(*) FROM sqlite_schema");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_NOTADB)
        {
            throw new InvalidDataException($"'{path}' is not an SQLite file.", e);
        }

        if (application != ApplicationId && (application != 0 || version != 0 || tables != 0))
            throw new InvalidDataException($"'{path}' is an SQLite file of another program.");
        if (version > known)
            throw new InvalidDataException(
                $"'{path}' has version {version}; this release knows versions up to {known}. Open it with the release "
                    + "that wrote it, or a later one."
            );
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
