using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Storage;

/// <summary>What is known of a blob and a function.</summary>
internal enum BlobState
{
    ToBeTried = 0,
    Done = 1,
    Poison = 2,
}

/// <summary>A receipt: this function has seen this version of this blob.</summary>
internal sealed record BlobReceipt(
    string Function,
    string Container,
    string Name,
    string ETag,
    BlobState State,
    int Tries,
    DateTime Updated,
    string? Error
);

/// <summary>A timer trigger's place in its schedule; UTC.</summary>
internal sealed record ScheduleRow(string Function, DateTime Last, DateTime Next, DateTime Updated);

/// <summary>What triggers remember. Reads run on the caller's thread.</summary>
internal static class TriggerRows
{
    private const string ReceiptColumns = "function, container, name, etag, state, tries, updated, error";

    public static List<BlobReceipt> Receipts(SqliteConnection connection) =>
        Rows.Of(connection, $"SELECT {ReceiptColumns} FROM blobs", [], ReadReceipt);

    public static void Save(this Database database, BlobReceipt receipt) =>
        database.Run(
            $"INSERT OR REPLACE INTO blobs ({ReceiptColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            receipt.Function,
            receipt.Container,
            receipt.Name,
            receipt.ETag,
            (int)receipt.State,
            receipt.Tries,
            receipt.Updated.Ticks,
            receipt.Error
        );

    public static void Forget(this Database database, string function, string container, string name) =>
        database.Run(
            "DELETE FROM blobs WHERE function = $1 AND container = $2 AND name = $3",
            function,
            container,
            name
        );

    public static List<ScheduleRow> Schedules(SqliteConnection connection) =>
        Rows.Of(
            connection,
            "SELECT function, last, next, updated FROM schedules",
            [],
            row => new ScheduleRow(
                row.GetString(0),
                Rows.Time(row.GetInt64(1)),
                Rows.Time(row.GetInt64(2)),
                Rows.Time(row.GetInt64(3))
            )
        );

    public static void Save(this Database database, ScheduleRow schedule) =>
        database.Run(
            "INSERT OR REPLACE INTO schedules (function, last, next, updated) VALUES ($1, $2, $3, $4)",
            schedule.Function,
            schedule.Last.Ticks,
            schedule.Next.Ticks,
            schedule.Updated.Ticks
        );

    /// <summary>Blobs that were given up; whether or not a host runs.</summary>
    public static List<BlobReceipt> Poisoned(SqliteConnection connection) =>
        Rows.Of(
            connection,
            $"SELECT {ReceiptColumns} FROM blobs WHERE state = 2 ORDER BY updated, name",
            [],
            ReadReceipt
        );

    private static BlobReceipt ReadReceipt(SqliteDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            row.GetString(3),
            (BlobState)row.GetInt32(4),
            row.GetInt32(5),
            Rows.Time(row.GetInt64(6)),
            Rows.Text(row, 7)
        );
}
