using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Storage;

/// <summary>A row an episode: Durable Task's events, each after its length. The start's input lies beside.</summary>
internal static class History
{
    private const string HistoryRange = "SELECT data FROM history WHERE row >= $1 AND row < $2 ORDER BY row";

    public static byte[] Write(IEnumerable<HistoryEvent> events)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            foreach (var one in events)
                output.WriteMessage(one);
        }
        return buffer.ToArray();
    }

    public static byte[] Write(HistoryEvent one) => one.ToByteArray();

    public static void Read(byte[] row, ICollection<HistoryEvent> into)
    {
        using var input = new CodedInputStream(row);
        while (!input.IsAtEnd)
        {
            var one = new HistoryEvent();
            input.ReadMessage(one);
            into.Add(one);
        }
    }

    public static List<HistoryEvent> Read(byte[] row)
    {
        var events = new List<HistoryEvent>();
        Read(row, events);
        return events;
    }

    /// <summary>Adds an episode; the start's input, which is stored already, is left out.</summary>
    public static void AddEpisode(this Database database, Instance instance, IReadOnlyList<HistoryEvent> events)
    {
        var start = events
            .FirstOrDefault(one => one.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionStarted)
            ?.ExecutionStarted;
        var input = start?.Input;
        if (start is not null)
            start.Input = null;
        var data = Write(events);
        if (start is not null)
            start.Input = input;
        database.Run(
            "INSERT INTO history (row, data) VALUES ($1, $2)",
            HistoryRow(instance.Key) + instance.Episodes++,
            data
        );
    }

    /// <summary>The episodes of an execution, on the writer's thread.</summary>
    public static List<List<HistoryEvent>> Episodes(this Database database, Instance instance) =>
        WithInput(
            database.All(
                HistoryRange,
                row => Read((byte[])row[0]),
                HistoryRow(instance.Key),
                HistoryRow(instance.Key + 1)
            ),
            database.GetInput(instance.Key)
        );

    /// <summary>The episodes of an execution, on the caller's thread.</summary>
    public static List<List<HistoryEvent>> Episodes(SqliteConnection connection, long key)
    {
        var input = Rows.Of(
            connection,
            "SELECT data FROM payloads WHERE key = $1 AND kind = 0",
            [key],
            row => Rows.Text(row, 0)
        )
            is [var stored]
            ? stored
            : null;
        return WithInput(
            Rows.Of(connection, HistoryRange, [HistoryRow(key), HistoryRow(key + 1)], row => Read((byte[])row[0])),
            input
        );
    }

    /// <summary>About the bytes of an execution's history and its input, on the caller's thread.</summary>
    public static long Bytes(SqliteConnection connection, long key) =>
        Rows.Of(
            connection,
            "SELECT (SELECT ifnull(sum(length(data)), 0) FROM history WHERE row >= $1 AND row < $2) "
                + "+ (SELECT ifnull(sum(length(data)), 0) FROM payloads WHERE key = $3 AND kind = 0)",
            [HistoryRow(key), HistoryRow(key + 1), key],
            row => row.GetInt64(0)
        )[0];

    public static void ClearHistory(this Database database, long key) =>
        database.Run("DELETE FROM history WHERE row >= $1 AND row < $2", HistoryRow(key), HistoryRow(key + 1));

    private static long HistoryRow(long key) => key << 24;

    private static List<List<HistoryEvent>> WithInput(List<List<HistoryEvent>> episodes, string? input)
    {
        if (
            input is not null
            && episodes.Count > 0
            && episodes[0].Find(one => one.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionStarted)
                is { } start
        )
            start.ExecutionStarted.Input = input;
        return episodes;
    }
}
