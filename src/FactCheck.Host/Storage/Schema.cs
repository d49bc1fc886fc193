namespace FactCheck.Host.Storage;

/// <summary>The tables of <c>runtime.db</c>. Times are UTC ticks.</summary>
internal static class Schema
{
    /// <summary>Kept in SQLite's <c>user_version</c>. A file of a newer one is refused.</summary>
    public const int Version = 5;

    /// <summary>SQLite's <c>application_id</c>: "FDur".</summary>
    public const int ApplicationId = 0x46447572;

    /// <summary>What makes a file of version n of one of version n - 1; applied in one transaction.</summary>
    public static readonly string[] Steps =
    [
        """
            CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
            INSERT INTO meta VALUES ('epoch', 0);

            CREATE TABLE instances (
              key INTEGER PRIMARY KEY AUTOINCREMENT,
              id TEXT NOT NULL UNIQUE,
              name TEXT NOT NULL,
              version TEXT NOT NULL,
              execution_id TEXT NOT NULL,
              generation INTEGER NOT NULL,
              status INTEGER NOT NULL,
              created INTEGER NOT NULL,
              updated INTEGER NOT NULL,
              completed INTEGER,
              start_at INTEGER,
              tags TEXT,
              parent_key INTEGER, parent_id TEXT, parent_name TEXT, parent_task INTEGER, parent_generation INTEGER,
              custom_status TEXT,
              failure TEXT,
              episodes INTEGER NOT NULL);
            CREATE INDEX instances_by_completion ON instances (completed, id) WHERE completed IS NOT NULL;
            CREATE INDEX instances_by_parent ON instances (parent_key) WHERE parent_key IS NOT NULL;

            -- Inputs (kind 0) and outputs (kind 1), stored once, beside the history.
            CREATE TABLE payloads (key INTEGER NOT NULL, kind INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (key, kind));

            -- One row an episode; the row's number is instance key * 2^24 + episode, so that a history is one range.
            CREATE TABLE history (row INTEGER PRIMARY KEY, data BLOB NOT NULL);

            -- What has been asked for and not been answered: the outbox, sent again after a restart.
            CREATE TABLE activities (
              key INTEGER NOT NULL, task INTEGER NOT NULL, generation INTEGER NOT NULL, name TEXT NOT NULL,
              first_attempt INTEGER NOT NULL, input TEXT,
              PRIMARY KEY (key, task));
            CREATE TABLE timers (
              key INTEGER NOT NULL, task INTEGER NOT NULL, generation INTEGER NOT NULL, due INTEGER NOT NULL,
              PRIMARY KEY (key, task)) WITHOUT ROWID;
            CREATE TABLE inbox (row INTEGER PRIMARY KEY AUTOINCREMENT, key INTEGER NOT NULL, data BLOB NOT NULL);
            CREATE INDEX inbox_by_instance ON inbox (key);

            -- Blobs that a function has seen. state: 0 to be tried, 1 done, 2 poison.
            CREATE TABLE blobs (
              function TEXT NOT NULL, container TEXT NOT NULL, name TEXT NOT NULL, etag TEXT NOT NULL,
              state INTEGER NOT NULL, tries INTEGER NOT NULL, updated INTEGER NOT NULL, error TEXT,
              PRIMARY KEY (function, container, name)) WITHOUT ROWID;

            CREATE TABLE schedules (
              function TEXT PRIMARY KEY, last INTEGER NOT NULL, next INTEGER NOT NULL, updated INTEGER NOT NULL) WITHOUT ROWID;
            """,
        """
            -- A page by status or by time is a range of an index, however many instances there are.
            CREATE INDEX instances_by_status ON instances (status, id);
            CREATE INDEX instances_by_creation ON instances (created, id);

            -- One tree each instead of two: a commit writes whole pages, and these tables are in nearly every one.
            ALTER TABLE activities RENAME TO activities_1;
            CREATE TABLE activities (
              key INTEGER NOT NULL, task INTEGER NOT NULL, generation INTEGER NOT NULL, name TEXT NOT NULL,
              first_attempt INTEGER NOT NULL, input TEXT,
              PRIMARY KEY (key, task)) WITHOUT ROWID;
            INSERT INTO activities SELECT key, task, generation, name, first_attempt, input FROM activities_1;
            DROP TABLE activities_1;
            ALTER TABLE payloads RENAME TO payloads_1;
            CREATE TABLE payloads (key INTEGER NOT NULL, kind INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (key, kind)) WITHOUT ROWID;
            INSERT INTO payloads SELECT key, kind, data FROM payloads_1;
            DROP TABLE payloads_1;
            """,
        """
            -- The W3C traceparent of who scheduled it, and the names of the events that it waits for, a line each.
            ALTER TABLE instances ADD COLUMN trace TEXT;
            ALTER TABLE instances ADD COLUMN awaits TEXT;
            """,
        """
            -- The record is Durable Task's own events. What an earlier release's engine had begun it alone could replay:
            -- it ends here, and whoever started it starts it again, as the desk's sweep does.
            UPDATE instances SET status = 5, completed = updated WHERE completed IS NULL;
            ALTER TABLE instances DROP COLUMN awaits;
            DELETE FROM history;
            DELETE FROM timers;
            DROP TABLE activities;
            -- Its input is in the history, where it was asked for.
            CREATE TABLE activities (
              key INTEGER NOT NULL, task INTEGER NOT NULL, generation INTEGER NOT NULL, name TEXT NOT NULL,
              PRIMARY KEY (key, task)) WITHOUT ROWID;
            DROP TABLE inbox;
            CREATE TABLE inbox (
              row INTEGER PRIMARY KEY AUTOINCREMENT, key INTEGER NOT NULL, generation INTEGER NOT NULL,
              data BLOB NOT NULL);
            CREATE INDEX inbox_by_instance ON inbox (key);
            """,
        """
            -- The span that a plain worker began for the execution: id and start, so that its episodes are one.
            ALTER TABLE instances ADD COLUMN span TEXT;
            """,
    ];

    /// <summary>Whether a file needs no migration.</summary>
    /// <exception cref="FunctionHostException">It is something else, or of a newer release.</exception>
    public static bool IsCurrent(int version, int application, string path)
    {
        if (version > 0 && application != ApplicationId)
            throw new FunctionHostException(
                $"{path} is a database of something else (application id {application:X})."
            );
        return version <= Version
            ? version == Version
            : throw new FunctionHostException(
                $"{path} was written by a newer release (schema {version}; this one knows up to {Version}). Use that "
                    + "release, or another data directory."
            );
    }
}
