using System.Globalization;
using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Storage;

/// <summary>Which instances; a null part picks all.</summary>
internal sealed record InstanceFilter
{
    public string? Prefix { get; init; }

    public DateTime? CreatedFrom { get; init; }

    public DateTime? CreatedTo { get; init; }

    public DateTime? CompletedFrom { get; init; }

    public DateTime? CompletedTo { get; init; }

    public IReadOnlyList<InstanceStatus>? Statuses { get; init; }

    public bool Ended { get; init; }

    /// <summary>Only what comes after this <see cref="TokenAfter"/>.</summary>
    public string? After { get; init; }

    /// <summary>What is asked for by time comes in the order of time, so that an index has it; else by id.</summary>
    private bool IsByCreation => Prefix is not { Length: > 0 } && (CreatedFrom ?? CreatedTo) is not null;

    public string Order => IsByCreation ? "created, id" : "id";

    /// <summary>Where the page after the one that ends with this instance begins.</summary>
    public string TokenAfter(Instance last) =>
        IsByCreation ? $"{last.Created.Ticks.ToString(CultureInfo.InvariantCulture)} {last.Id}" : last.Id;

    /// <summary>The SQL condition, and what fills its parameters.</summary>
    public (string Sql, List<object?> Values) Where()
    {
        var conditions = new List<string> { "1 = 1" };
        var values = new List<object?>();
        void Add(string condition, object? value)
        {
            if (value is null)
                return;
            values.Add(value);
            conditions.Add(condition + " $" + values.Count);
        }

        if (Prefix is { Length: > 0 } prefix)
        {
            Add("id >=", prefix);
            Add("id <", Beyond(prefix));
        }
        if (CreationAndId(After) is var (created, id))
        {
            values.AddRange([created, id]);
            conditions.Add($"(created, id) > (${values.Count - 1}, ${values.Count})");
        }
        else
        {
            Add("id >", After);
        }
        Add("created >=", CreatedFrom?.Ticks);
        Add("created <=", CreatedTo?.Ticks);
        Add("completed >=", CompletedFrom?.Ticks);
        Add("completed <=", CompletedTo?.Ticks);
        if (Ended)
            conditions.Add("completed IS NOT NULL");
        if (Statuses is { } statuses)
            conditions.Add(
                $"status IN ({string.Join(',', statuses.Select(status => ((int)status).ToString(CultureInfo.InvariantCulture)))})"
            );
        return (string.Join(" AND ", conditions), values);
    }

    private (long Created, string Id)? CreationAndId(string? token) =>
        IsByCreation
        && token?.Split(' ', 2) is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var created)
            ? (created, id)
            : null;

    /// <summary>The first text after all that begin with the prefix, in SQLite's order (UTF-8 bytes).</summary>
    private static string? Beyond(string prefix)
    {
        var last = prefix[^1];
        return last < 0x7F
            ? string.Concat(prefix.AsSpan(0, prefix.Length - 1), ((char)(last + 1)).ToString())
            : prefix + "\U0010FFFF";
    }
}

/// <summary>Queries of instances. Those with a connection run on the caller's thread.</summary>
internal static class InstanceQueries
{
    /// <summary>Ids of ended instances to purge, and the next batch's start; the index makes it a range.</summary>
    public static (List<string> Ids, InstanceFilter Next) SelectEnded(
        this Database database,
        InstanceFilter filter,
        int limit
    )
    {
        var (sql, values) = (filter with { Ended = true }).Where();
        var (index, order) = filter switch
        {
            { CompletedFrom: null, CompletedTo: null, Order: not "id" } => ("instances_by_creation", "created, id"),
            { CompletedFrom: null, CompletedTo: null, Prefix: null, Statuses: not null } => (
                "instances_by_status",
                "status, id"
            ),
            _ => ("instances_by_completion", "completed"),
        };
        var rows = database.All(
            $"SELECT {InstanceRows.Columns} FROM instances INDEXED BY {index} WHERE {sql} ORDER BY {order} "
                + $"LIMIT {limit.ToString(CultureInfo.InvariantCulture)}",
            InstanceRows.Read,
            [.. values]
        );
        // In order of creation what is not purged lies between; it is not looked at again.
        var next =
            index == "instances_by_creation" && rows.Count > 0
                ? filter with
                {
                    After = filter.TokenAfter(rows[^1]),
                }
                : filter;
        return (rows.ConvertAll(row => row.Id), next);
    }

    /// <summary>The first instances that match, in the filter's order.</summary>
    public static List<(Instance Instance, string? Input, string? Output)> Select(
        SqliteConnection connection,
        InstanceFilter filter,
        int limit,
        bool payloads
    )
    {
        if (filter is not { Statuses: { } statuses, Order: "id" })
            return SelectInOrder(connection, filter, limit, payloads, "instances");
        // A status at a time, each a range of the index, however rare; at most a page of each is merged.
        return
        [
            .. statuses
                .Distinct()
                .SelectMany(status =>
                    SelectInOrder(
                        connection,
                        filter with
                        {
                            Statuses = [status],
                        },
                        limit,
                        payloads,
                        "instances INDEXED BY instances_by_status"
                    )
                )
                .OrderBy(row => row.Instance.Id, Utf8Order)
                .Take(limit),
        ];
    }

    public static (Instance Instance, string? Input, string? Output)? Select(
        SqliteConnection connection,
        string id,
        bool payloads
    ) =>
        Rows.Of(
            connection,
            $"SELECT {InstanceRows.Columns}, {PayloadColumns(payloads)} FROM instances WHERE id = $1",
            [id],
            ReadWithPayloads
        )
            is [var row]
            ? row
            : null;

    public static List<(InstanceStatus Status, long Count)> CountByState(SqliteConnection connection) =>
        Rows.Of(
            connection,
            "SELECT status, COUNT(*) FROM instances GROUP BY status",
            [],
            row => ((InstanceStatus)row.GetInt32(0), row.GetInt64(1))
        );

    /// <summary>Ids of ended instances by completion, after a key of the form <c>ticks id</c>.</summary>
    public static List<(string Id, long Completed)> SelectCompleted(
        SqliteConnection connection,
        InstanceFilter filter,
        (long Completed, string Id)? after,
        int limit
    )
    {
        var (sql, values) = (filter with { Ended = true }).Where();
        if (after is { } last)
        {
            values.AddRange([last.Completed, last.Id]);
            sql += $" AND (completed, id) > (${values.Count - 1}, ${values.Count})";
        }
        values.Add(limit);
        return Rows.Of(
            connection,
            $"SELECT id, completed FROM instances WHERE {sql} ORDER BY completed, id LIMIT ${values.Count}",
            values,
            row => (row.GetString(0), row.GetInt64(1))
        );
    }

    private static List<(Instance Instance, string? Input, string? Output)> SelectInOrder(
        SqliteConnection connection,
        InstanceFilter filter,
        int limit,
        bool payloads,
        string from
    )
    {
        var (sql, values) = filter.Where();
        values.Add(limit);
        return Rows.Of(
            connection,
            $"SELECT {InstanceRows.Columns}, {PayloadColumns(payloads)} FROM {from} WHERE {sql} "
                + $"ORDER BY {filter.Order} LIMIT ${values.Count}",
            values,
            ReadWithPayloads
        );
    }

    private static string PayloadColumns(bool wanted) =>
        wanted
            ? "(SELECT data FROM payloads p WHERE p.key = instances.key AND kind = 0), "
                + "(SELECT data FROM payloads p WHERE p.key = instances.key AND kind = 1)"
            : "NULL, NULL";

    private static (Instance Instance, string? Input, string? Output) ReadWithPayloads(SqliteDataReader row) =>
        (InstanceRows.Read(row), Rows.Text(row, 21), Rows.Text(row, 22));

    /// <summary>SQLite's order of texts, by UTF-8 bytes: surrogates sort otherwise by UTF-16 code units.</summary>
    private static readonly Comparer<string> Utf8Order = Comparer<string>.Create(
        (left, right) =>
            System
                .Text.Encoding.UTF8.GetBytes(left)
                .AsSpan()
                .SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right))
    );
}
