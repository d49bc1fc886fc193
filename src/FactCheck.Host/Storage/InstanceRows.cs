using System.Globalization;
using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Storage;

/// <summary>An activity that was asked for and has not answered.</summary>
internal sealed record OpenActivity(long Key, int Task, int Generation);

/// <summary>A durable timer: which instance, which action; task -1 is a start in the future.</summary>
internal readonly record struct DurableTimer(long Key, int Task, int Generation, long Due);

/// <summary>Instances and what they wait for, as the writer reads and writes them.</summary>
internal static class InstanceRows
{
    private const int Input = 0;
    private const int Output = 1;

    public const string Columns =
        "key, id, name, version, execution_id, generation, status, created, updated, start_at, tags, "
        + "parent_key, parent_id, parent_name, parent_task, parent_generation, custom_status, failure, episodes, trace, span";

    public static Instance? Find(this Database database, string id) =>
        WithWaits(database, database.All($"SELECT {Columns} FROM instances WHERE id = $1", Read, id));

    public static Instance? Find(this Database database, long key) =>
        WithWaits(database, database.All($"SELECT {Columns} FROM instances WHERE key = $1", Read, key));

    /// <summary>Inserts an instance; its key.</summary>
    public static long Insert(this Database database, Instance draft, string? input)
    {
        var parent = draft.Parent;
        var key = Convert.ToInt64(
            database.Insert(
                "INSERT INTO instances (id, name, version, execution_id, generation, status, created, updated, start_at, tags, "
                    + "parent_key, parent_id, parent_name, parent_task, parent_generation, trace, episodes) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0) RETURNING key",
                draft.Id,
                draft.Name,
                draft.Version,
                draft.ExecutionId,
                draft.Generation,
                (int)draft.Status,
                draft.Created.Ticks,
                draft.Updated.Ticks,
                Ticks(draft.StartAt),
                draft.TagsJson,
                parent?.Key,
                parent?.Id,
                parent?.Name,
                parent?.TaskId,
                parent?.Generation,
                draft.Trace
            ),
            CultureInfo.InvariantCulture
        );
        if (input is not null)
            database.SetPayload(key, Input, input);
        return key;
    }

    public static void Save(this Database database, Instance instance) =>
        database.Run(
            "UPDATE instances SET version = $2, execution_id = $3, generation = $4, status = $5, updated = $6, "
                + "completed = $7, custom_status = $8, "
                + "failure = $9, episodes = $10, start_at = $11, span = $12 WHERE key = $1",
            instance.Key,
            instance.Version,
            instance.ExecutionId,
            instance.Generation,
            (int)instance.Status,
            instance.Updated.Ticks,
            instance.IsTerminal ? instance.Updated.Ticks : null,
            instance.CustomStatus,
            instance.Failure?.ToByteArray(),
            instance.Episodes,
            Ticks(instance.StartAt),
            instance.Span
        );

    /// <summary>A parent that was rewound waits under another generation.</summary>
    public static void SetParent(this Database database, Instance child, ParentLink parent) =>
        database.Run(
            "UPDATE instances SET parent_task = $2, parent_generation = $3 WHERE key = $1",
            child.Key,
            parent.TaskId,
            parent.Generation
        );

    public static string? GetInput(this Database database, long key) =>
        database.One("SELECT data FROM payloads WHERE key = $1 AND kind = 0", key) as string;

    public static string? GetOutput(this Database database, long key) =>
        database.One("SELECT data FROM payloads WHERE key = $1 AND kind = 1", key) as string;

    public static void SetInput(this Database database, long key, string? data) =>
        database.SetPayload(key, Input, data);

    public static void SetOutput(this Database database, long key, string? data) =>
        database.SetPayload(key, Output, data);

    public static void AddActivity(this Database database, Instance instance, int task, string name) =>
        database.Run(
            "INSERT INTO activities (key, task, generation, name) VALUES ($1, $2, $3, $4)",
            instance.Key,
            task,
            instance.Generation,
            name
        );

    public static void RemoveActivity(this Database database, long key, int task) =>
        database.Run("DELETE FROM activities WHERE key = $1 AND task = $2", key, task);

    public static List<OpenActivity> OpenActivities(this Database database) =>
        database.All(
            "SELECT key, task, generation FROM activities ORDER BY key, task",
            row => new OpenActivity(row.GetInt64(0), row.GetInt32(1), row.GetInt32(2))
        );

    public static void AddTimer(this Database database, DurableTimer timer) =>
        database.Run(
            "INSERT OR REPLACE INTO timers (key, task, generation, due) VALUES ($1, $2, $3, $4)",
            timer.Key,
            timer.Task,
            timer.Generation,
            timer.Due
        );

    public static void RemoveTimer(this Database database, long key, int task) =>
        database.Run("DELETE FROM timers WHERE key = $1 AND task = $2", key, task);

    public static void AddToInbox(this Database database, long key, Message message)
    {
        database.Run(
            "INSERT INTO inbox (key, generation, data) VALUES ($1, $2, $3)",
            key,
            message.Generation,
            History.Write(message.Event)
        );
        message.Row = Convert.ToInt64(database.One("SELECT last_insert_rowid()"), CultureInfo.InvariantCulture);
    }

    public static void RemoveFromInbox(this Database database, long row) =>
        database.Run("DELETE FROM inbox WHERE row = $1", row);

    public static List<long> Children(this Database database, long key) =>
        database.All("SELECT key FROM instances WHERE parent_key = $1", row => row.GetInt64(0), key);

    /// <summary>Instances that have something to do at once: unread messages, or no episode yet.</summary>
    public static List<long> Unread(this Database database) =>
        database.All(
            "SELECT key FROM inbox UNION SELECT key FROM instances INDEXED BY instances_by_status WHERE status IN (0, 6) AND episodes = 0",
            row => row.GetInt64(0)
        );

    public static List<DurableTimer> Timers(this Database database) =>
        database.All(
            "SELECT key, task, generation, due FROM timers",
            row => new DurableTimer(row.GetInt64(0), row.GetInt32(1), row.GetInt32(2), row.GetInt64(3))
        );

    /// <summary>Removes what an execution still waits for; the numbers of its timers.</summary>
    public static List<int> ClearWaits(this Database database, long key)
    {
        database.Run("DELETE FROM activities WHERE key = $1", key);
        database.Run("DELETE FROM inbox WHERE key = $1", key);
        return database.All("DELETE FROM timers WHERE key = $1 RETURNING task", row => row.GetInt32(0), key);
    }

    public static void Delete(this Database database, long key)
    {
        database.ClearWaits(key);
        database.ClearHistory(key);
        database.Run("DELETE FROM payloads WHERE key = $1", key);
        database.Run("DELETE FROM instances WHERE key = $1", key);
    }

    public static Instance Read(SqliteDataReader row) =>
        new()
        {
            Key = row.GetInt64(0),
            Id = row.GetString(1),
            Name = row.GetString(2),
            Version = row.GetString(3),
            ExecutionId = row.GetString(4),
            Generation = row.GetInt32(5),
            Status = (InstanceStatus)row.GetInt32(6),
            Created = Rows.Time(row.GetInt64(7)),
            Updated = Rows.Time(row.GetInt64(8)),
            StartAt = row.IsDBNull(9) ? default : Rows.Time(row.GetInt64(9)),
            TagsJson = Rows.Text(row, 10),
            Parent = row.IsDBNull(11)
                ? null
                : new(row.GetInt64(11), row.GetString(12), row.GetString(13), row.GetInt32(14), row.GetInt32(15)),
            CustomStatus = Rows.Text(row, 16),
            Failure = ReadFailure(row.GetValue(17)),
            Episodes = row.GetInt32(18),
            Trace = Rows.Text(row, 19),
            Span = Rows.Text(row, 20),
        };

    private static long? Ticks(DateTime time) => time == default ? null : time.Ticks;

    /// <summary>Durable Task's bytes; of a file of schema 3, JSON.</summary>
    private static TaskFailureDetails? ReadFailure(object stored) =>
        stored switch
        {
            byte[] bytes => TaskFailureDetails.Parser.ParseFrom(bytes),
            string json => FailureJson.Read(json),
            _ => null,
        };

    private static Instance? WithWaits(Database database, List<Instance> found)
    {
        if (found is not [var instance])
            return null;
        foreach (
            var message in database.All(
                "SELECT row, generation, data FROM inbox WHERE key = $1 ORDER BY row",
                ReadInbox,
                instance.Key
            )
        )
            instance.Inbox.Add(message);
        if (instance.IsTerminal)
            return instance;
        instance.Open.UnionWith(
            database.All(
                "SELECT task FROM activities WHERE key = $1 UNION ALL SELECT task FROM timers WHERE key = $1 AND task >= 0 "
                    + "UNION ALL SELECT parent_task FROM instances WHERE parent_key = $1 AND parent_generation = $2 AND completed IS NULL",
                row => row.GetInt32(0),
                instance.Key,
                instance.Generation
            )
        );
        return instance;
    }

    private static Message ReadInbox(SqliteDataReader row) =>
        new(HistoryEvent.Parser.ParseFrom((byte[])row[2]), row.GetInt32(1)) { Row = row.GetInt64(0) };

    private static void SetPayload(this Database database, long key, int kind, string? data)
    {
        if (data is null)
            database.Run("DELETE FROM payloads WHERE key = $1 AND kind = $2", key, kind);
        else
            database.Run("INSERT OR REPLACE INTO payloads (key, kind, data) VALUES ($1, $2, $3)", key, kind, data);
    }
}

/// <summary>Failures as files of schema 3 have them.</summary>
internal static class FailureJson
{
    public static TaskFailureDetails Read(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return Read(document.RootElement);
    }

    private static TaskFailureDetails Read(System.Text.Json.JsonElement failure) =>
        new()
        {
            ErrorType = Text(failure, "ErrorType") ?? "",
            ErrorMessage = Text(failure, "ErrorMessage") ?? "",
            StackTrace = Text(failure, "StackTrace"),
            InnerFailure =
                failure.TryGetProperty("InnerFailure", out var inner)
                && inner.ValueKind == System.Text.Json.JsonValueKind.Object
                    ? Read(inner)
                    : null,
        };

    private static string? Text(System.Text.Json.JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == System.Text.Json.JsonValueKind.String
            ? value.GetString()
            : null;
}
