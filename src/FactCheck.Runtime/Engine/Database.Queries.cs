using System.Globalization;
using Microsoft.Data.Sqlite;

namespace FactCheck.Runtime;

/// <summary>Which instances; a null part picks all.</summary>
internal sealed record InstanceFilter
{
    public string? Prefix { get; init; }

    public DateTime? CreatedFrom { get; init; }

    public DateTime? CreatedTo { get; init; }

    public DateTime? CompletedFrom { get; init; }

    public DateTime? CompletedTo { get; init; }

    public IReadOnlyList<OrchestrationRuntimeStatus>? Statuses { get; init; }

    /// <summary>Only ended ones.</summary>
    public bool Ended { get; init; }

    /// <summary>Ids after this one.</summary>
    public string? After { get; init; }

    /// <summary>The SQL condition, and what fills its parameters.</summary>
    public (string Sql, List<object?> Values) Where()
    {
        var conditions = new List<string> { "1 = 1" };
        var values = new List<object?>();
        void Add(string condition, object? value)
        {
            values.Add(value);
            conditions.Add(condition + " $" + values.Count);
        }

        if (Prefix is { Length: > 0 } prefix)
        {
            Add("id >=", prefix);
            if (Beyond(prefix) is { } beyond)
                Add("id <", beyond);
        }
        if (After is { } after)
            Add("id >", after);
        if (CreatedFrom is { } createdFrom)
            Add("created >=", createdFrom.Ticks);
        if (CreatedTo is { } createdTo)
            Add("created <=", createdTo.Ticks);
        if (CompletedFrom is { } completedFrom)
            Add("completed >=", completedFrom.Ticks);
        if (CompletedTo is { } completedTo)
            Add("completed <=", completedTo.Ticks);
        if (Ended)
            conditions.Add("completed IS NOT NULL");
        if (Statuses is { } statuses)
            conditions.Add($"status IN ({string.Join(',', statuses.Select(status => ((int)status).ToString(CultureInfo.InvariantCulture)))})");
        return (string.Join(" AND ", conditions), values);
    }

    /// <summary>The first text after all that begin with the prefix, in SQLite's order, which is that of UTF-8 bytes.</summary>
    private static string? Beyond(string prefix)
    {
        var last = prefix[^1];
        return last < 0x7F ? string.Concat(prefix.AsSpan(0, prefix.Length - 1), ((char)(last + 1)).ToString()) : prefix + "\U0010FFFF";
    }
}

/// <content>Queries. Those with a connection run on the caller's thread.</content>
internal sealed partial class Database
{
    /// <summary>Ids of ended instances, oldest first.</summary>
    public List<string> SelectIds(InstanceFilter filter, int limit)
    {
        var (sql, values) = (filter with { Ended = true }).Where();
        return All($"SELECT id FROM instances WHERE {sql} ORDER BY completed LIMIT {limit}", row => row.GetString(0), [.. values]);
    }

    public static List<(Instance Instance, string? Input, string? Output)> Select(SqliteConnection connection, InstanceFilter filter, int limit, bool payloads)
    {
        var (sql, values) = filter.Where();
        var input = payloads ? "(SELECT data FROM payloads p WHERE p.key = instances.key AND kind = 0)" : "NULL";
        var output = payloads ? "(SELECT data FROM payloads p WHERE p.key = instances.key AND kind = 1)" : "NULL";
        using var command = Query(
            connection, $"SELECT {Columns}, {input}, {output} FROM instances WHERE {sql} ORDER BY id LIMIT {limit.ToString(CultureInfo.InvariantCulture)}", values);
        using var reader = command.ExecuteReader();
        var rows = new List<(Instance, string?, string?)>();
        while (reader.Read())
            rows.Add((ReadInstance(reader), Text(reader, 19), Text(reader, 20)));
        return rows;
    }

    public static (Instance Instance, string? Input, string? Output)? Select(SqliteConnection connection, string id, bool payloads)
    {
        var input = payloads ? "(SELECT data FROM payloads p WHERE p.key = instances.key AND kind = 0)" : "NULL";
        var output = payloads ? "(SELECT data FROM payloads p WHERE p.key = instances.key AND kind = 1)" : "NULL";
        using var command = Query(connection, $"SELECT {Columns}, {input}, {output} FROM instances WHERE id = $1", [id]);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (ReadInstance(reader), Text(reader, 19), Text(reader, 20)) : null;
    }

    /// <summary>Ids of ended instances by completion, after a key of the form <c>ticks id</c>.</summary>
    public static List<(string Id, long Completed)> SelectCompleted(SqliteConnection connection, InstanceFilter filter, (long Completed, string Id)? after, int limit)
    {
        var (sql, values) = (filter with { Ended = true }).Where();
        if (after is { } last)
        {
            values.AddRange([last.Completed, last.Id]);
            sql += $" AND (completed, id) > (${values.Count - 1}, ${values.Count})";
        }
        using var command = Query(
            connection, $"SELECT id, completed FROM instances WHERE {sql} ORDER BY completed, id LIMIT {limit.ToString(CultureInfo.InvariantCulture)}", values);
        using var reader = command.ExecuteReader();
        var rows = new List<(string, long)>();
        while (reader.Read())
            rows.Add((reader.GetString(0), reader.GetInt64(1)));
        return rows;
    }

    private static SqliteCommand Query(SqliteConnection connection, string sql, List<object?> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // built of constants and parameter numbers; values are parameters
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values.Count; i++)
            command.Parameters.AddWithValue("$" + (i + 1), values[i] ?? DBNull.Value);
        return command;
    }
}
