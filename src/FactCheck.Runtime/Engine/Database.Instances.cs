using System.Globalization;
using Microsoft.Data.Sqlite;

namespace FactCheck.Runtime;

/// <content>Instances, their history and what they wait for.</content>
internal sealed partial class Database
{
    private const int Input = 0;
    private const int Output = 1;

    private const string Columns =
        "key, id, name, version, execution_id, generation, status, created, updated, start_at, tags, "
        + "parent_key, parent_id, parent_name, parent_task, parent_generation, custom_status, failure, episodes, trace, awaits";

    public Instance? Find(string id) => WithInbox(All($"SELECT {Columns} FROM instances WHERE id = $1", ReadInstance, id));

    public Instance? Find(long key) => WithInbox(All($"SELECT {Columns} FROM instances WHERE key = $1", ReadInstance, key));

    public Instance Insert(Instance draft, string? input)
    {
        var parent = draft.Parent;
        var key = Convert.ToInt64(
            One(
                "INSERT INTO instances (id, name, version, execution_id, generation, status, created, updated, start_at, tags, "
                + "parent_key, parent_id, parent_name, parent_task, parent_generation, trace, episodes) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0) RETURNING key",
                draft.Id, draft.Name, draft.Version, draft.ExecutionId, draft.Generation, (int)draft.Status, draft.Created.Ticks, draft.Updated.Ticks,
                Ticks(draft.StartAt), draft.TagsJson, parent?.Key, parent?.Id, parent?.Name, parent?.TaskId, parent?.Generation, draft.Trace),
            CultureInfo.InvariantCulture);
        if (input is not null)
            SetPayload(key, Input, input);
        return new Instance
        {
            Input = input,
            HasInput = true,
            Bytes = 1024 + (2L * (input?.Length ?? 0)),
            Key = key,
            Id = draft.Id,
            Name = draft.Name,
            Version = draft.Version,
            ExecutionId = draft.ExecutionId,
            Generation = draft.Generation,
            Status = draft.Status,
            Created = draft.Created,
            Updated = draft.Updated,
            StartAt = draft.StartAt,
            TagsJson = draft.TagsJson,
            Parent = draft.Parent,
            Trace = draft.Trace,
        };
    }

    public void Save(Instance instance) => Run(
        "UPDATE instances SET version = $2, execution_id = $3, generation = $4, status = $5, updated = $6, completed = $7, custom_status = $8, "
        + "failure = $9, episodes = $10, awaits = $11, start_at = $12 WHERE key = $1",
        instance.Key, instance.Version, instance.ExecutionId, instance.Generation, (int)instance.Status, instance.Updated.Ticks,
        instance.IsTerminal ? instance.Updated.Ticks : null, instance.CustomStatus, instance.FailureJson, instance.Episodes, instance.Awaits,
        Ticks(instance.StartAt));

    public string? GetInput(long key) => One("SELECT data FROM payloads WHERE key = $1 AND kind = 0", key) as string;

    public string? GetOutput(long key) => One("SELECT data FROM payloads WHERE key = $1 AND kind = 1", key) as string;

    public void SetInput(long key, string? data) => SetPayload(key, Input, data);

    public void SetOutput(long key, string? data) => SetPayload(key, Output, data);

    public void AddEpisode(Instance instance, byte[] data) =>
        Run("INSERT INTO history (row, data) VALUES ($1, $2)", HistoryRow(instance.Key) + instance.Episodes++, data);

    public List<Episode> History(long key) => All(
        "SELECT data FROM history WHERE row >= $1 AND row < $2 ORDER BY row",
        row => EpisodeCodec.Read((byte[])row[0]), HistoryRow(key), HistoryRow(key + 1));

    /// <summary>On the caller's thread.</summary>
    public static List<Episode> History(SqliteConnection connection, string id)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT h.data FROM instances i JOIN history h ON h.row >= i.key << 24 AND h.row < (i.key + 1) << 24 WHERE i.id = $1 ORDER BY h.row";
        command.Parameters.AddWithValue("$1", id);
        using var reader = command.ExecuteReader();
        var episodes = new List<Episode>();
        while (reader.Read())
            episodes.Add(EpisodeCodec.Read((byte[])reader[0]));
        return episodes;
    }

    public void ClearHistory(long key) => Run("DELETE FROM history WHERE row >= $1 AND row < $2", HistoryRow(key), HistoryRow(key + 1));

    public void AddActivity(Instance instance, OrchestratorAction action) => Run(
        "INSERT INTO activities (key, task, generation, name, first_attempt, input) VALUES ($1, $2, $3, $4, $5, $6)",
        instance.Key, action.Id, instance.Generation, action.Name, action.FirstAttempt, action.Input);

    public void RemoveActivity(long key, int task, int generation) =>
        Run("DELETE FROM activities WHERE key = $1 AND task = $2 AND generation = $3", key, task, generation);

    public void AddTimer(long key, int task, int generation, long due) =>
        Run("INSERT OR REPLACE INTO timers (key, task, generation, due) VALUES ($1, $2, $3, $4)", key, task, generation, due);

    public void RemoveTimer(long key, int task, int generation) =>
        Run("DELETE FROM timers WHERE key = $1 AND task = $2 AND generation = $3", key, task, generation);

    public void AddToInbox(long key, Message message)
    {
        Run("INSERT INTO inbox (key, data) VALUES ($1, $2)", key, EpisodeCodec.WriteMessage(message));
        message.Row = Convert.ToInt64(One("SELECT last_insert_rowid()"), CultureInfo.InvariantCulture);
    }

    public void RemoveFromInbox(long row) => Run("DELETE FROM inbox WHERE row = $1", row);

    public List<long> Children(long key) => All("SELECT key FROM instances WHERE parent_key = $1", row => row.GetInt64(0), key);

    /// <summary>Takes away what an execution waits for that did not come to its end; the numbers of its timers.</summary>
    public List<int> ClearWaits(long key)
    {
        Run("DELETE FROM activities WHERE key = $1", key);
        Run("DELETE FROM inbox WHERE key = $1", key);
        return All("DELETE FROM timers WHERE key = $1 RETURNING task", row => row.GetInt32(0), key);
    }

    public void Delete(long key)
    {
        ClearWaits(key);
        ClearHistory(key);
        Run("DELETE FROM payloads WHERE key = $1", key);
        Run("DELETE FROM instances WHERE key = $1", key);
    }

    public static Instance ReadInstance(SqliteDataReader row) => new()
    {
        Key = row.GetInt64(0),
        Id = row.GetString(1),
        Name = row.GetString(2),
        Version = row.GetString(3),
        ExecutionId = row.GetString(4),
        Generation = row.GetInt32(5),
        Status = (OrchestrationRuntimeStatus)row.GetInt32(6),
        Created = Time(row.GetInt64(7)),
        Updated = Time(row.GetInt64(8)),
        StartAt = row.IsDBNull(9) ? default : Time(row.GetInt64(9)),
        TagsJson = Text(row, 10),
        Parent = row.IsDBNull(11) ? null : new(row.GetInt64(11), row.GetString(12), row.GetString(13), row.GetInt32(14), row.GetInt32(15)),
        CustomStatus = Text(row, 16),
        FailureJson = Text(row, 17),
        Episodes = row.GetInt32(18),
        Trace = Text(row, 19),
        Awaits = Text(row, 20),
    };

    public static DateTime Time(long ticks) => new(ticks, DateTimeKind.Utc);

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? Ticks(DateTime time) => time == default ? null : time.Ticks;

    private static long HistoryRow(long key) => key << 24;

    private Instance? WithInbox(List<Instance> found)
    {
        if (found is not [var instance])
            return null;
        foreach (var message in All("SELECT row, data FROM inbox WHERE key = $1 ORDER BY row", ReadInbox, instance.Key))
            instance.Inbox.Add(message);
        return instance;
    }

    private static Message ReadInbox(SqliteDataReader row)
    {
        var message = EpisodeCodec.ReadMessage((byte[])row[1]);
        message.Row = row.GetInt64(0);
        return message;
    }

    private void SetPayload(long key, int kind, string? data)
    {
        if (data is null)
            Run("DELETE FROM payloads WHERE key = $1 AND kind = $2", key, kind);
        else
            Run("INSERT OR REPLACE INTO payloads (key, kind, data) VALUES ($1, $2, $3)", key, kind, data);
    }
}
