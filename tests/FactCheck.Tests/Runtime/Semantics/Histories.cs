using System.Globalization;
using System.Text;
using FactCheck.Runtime;
using Microsoft.Data.Sqlite;

namespace FactCheck.Tests.Runtime;

/// <summary>What a file holds, as text: equal for equal runs, however their messages were batched and in which order activities ended.</summary>
internal static class Histories
{
    public static string Of(TestHost host)
    {
        using var connection = Open(host.DataDirectory);
        return Of(connection);
    }

    /// <summary>The file of a data folder, whether or not a host has it open.</summary>
    public static SqliteConnection Open(string data)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(data, "runtime.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    public static string Of(SqliteConnection connection)
    {
        var text = new StringBuilder();
        foreach (var (instance, input, output) in Database.Select(connection, new InstanceFilter(), int.MaxValue, payloads: true))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{instance.Id} {instance.Name} {instance.Status} gen {instance.Generation} of {instance.Parent?.Id}/{instance.Parent?.TaskId} in {input} out {output} status {instance.CustomStatus} tags {instance.TagsJson} failed {Failure(instance.FailureJson)}");
            var history = Database.History(connection, instance.Id);
            foreach (var action in history.SelectMany(episode => episode.Actions).OrderBy(action => action.Id))
                text.AppendLine(CultureInfo.InvariantCulture, $"  asked {action} {action.Target} {action.Due}");
            foreach (var message in history.SelectMany(episode => episode.Messages).OrderBy(message => message.Kind).ThenBy(message => message.TaskId))
                text.AppendLine(CultureInfo.InvariantCulture, $"  told {message.Kind} {message.TaskId} {message.Name} {(IsFailure(message) ? Failure(message.Data) : message.Data)}");
        }
        text.Append(CultureInfo.InvariantCulture, $"waiting: {Count(connection, "activities")} activities, {Count(connection, "timers")} timers, {Count(connection, "inbox")} messages");
        return text.ToString();
    }

    /// <summary>Whether an event has reached an instance, read or unread.</summary>
    public static bool HasEvent(this TestHost host, string id, string name)
    {
        using var connection = Open(host.DataDirectory);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT b.data FROM inbox b JOIN instances i ON i.key = b.key WHERE i.id = $1";
        command.Parameters.AddWithValue("$1", id);
        var messages = Database.History(connection, id).SelectMany(episode => episode.Messages).ToList();
        using var reader = command.ExecuteReader();
        while (reader.Read())
            messages.Add(EpisodeCodec.ReadMessage((byte[])reader[0]));
        return messages.Exists(message => string.Equals(message.Name, name, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsFailure(Message message) => message.Kind is MessageKind.TaskFailed or MessageKind.ChildFailed;

    private static string? Failure(string? json) => json is null ? null : Failures.FromJson(json).ToString();

    private static object? Count(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // one of three constants
        command.CommandText = $"SELECT COUNT(*) FROM {table}";
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
