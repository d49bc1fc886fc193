using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Protobuf;

namespace FactCheck.Host.Storage;

/// <summary>
/// Histories as bytes: a row an episode, in it Durable Task's own events, each after its length. The start's input is
/// stored once, beside the history.
/// </summary>
internal static class History
{
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
}

/// <content>Histories.</content>
internal sealed partial class Database
{
    private const string HistoryRange = "SELECT data FROM history WHERE row >= $1 AND row < $2 ORDER BY row";

    /// <summary>Adds an episode; the start's input, which is stored already, is left out.</summary>
    public int AddEpisode(Instance instance, IReadOnlyList<HistoryEvent> events)
    {
        var start = events
            .FirstOrDefault(one => one.EventTypeCase == HistoryEvent.EventTypeOneofCase.ExecutionStarted)
            ?.ExecutionStarted;
        var input = start?.Input;
        if (start is not null)
            start.Input = null;
        var data = History.Write(events);
        if (start is not null)
            start.Input = input;
        Run("INSERT INTO history (row, data) VALUES ($1, $2)", HistoryRow(instance.Key) + instance.Episodes++, data);
        return data.Length;
    }

    /// <summary>The episodes of an execution, on the writer's thread.</summary>
    public List<List<HistoryEvent>> Episodes(Instance instance) =>
        WithInput(
            All(
                HistoryRange,
                row => History.Read((byte[])row[0]),
                HistoryRow(instance.Key),
                HistoryRow(instance.Key + 1)
            ),
            GetInput(instance.Key)
        );

    /// <summary>The episodes of an execution, on the caller's thread.</summary>
    public static List<List<HistoryEvent>> Episodes(SqliteConnection connection, long key)
    {
        var input = Rows(
            connection,
            "SELECT data FROM payloads WHERE key = $1 AND kind = 0",
            [key],
            row => Text(row, 0)
        )
            is [var stored]
            ? stored
            : null;
        return WithInput(
            Rows(connection, HistoryRange, [HistoryRow(key), HistoryRow(key + 1)], row => History.Read((byte[])row[0])),
            input
        );
    }

    /// <summary>About the bytes of an execution's history and its input, on the caller's thread.</summary>
    public static long HistoryBytes(SqliteConnection connection, long key) =>
        Rows(
            connection,
            "SELECT (SELECT ifnull(sum(length(data)), 0) FROM history WHERE row >= $1 AND row < $2) + (SELECT ifnull(sum(length(data)), 0) FROM payloads WHERE key = $3 AND kind = 0)",
            [HistoryRow(key), HistoryRow(key + 1), key],
            row => row.GetInt64(0)
        )[0];

    public void ClearHistory(long key) =>
        Run("DELETE FROM history WHERE row >= $1 AND row < $2", HistoryRow(key), HistoryRow(key + 1));

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
