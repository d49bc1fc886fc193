using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.DurableTask.Protobuf;

namespace FactCheck.Tests.Host.Durable;

/// <summary>What a hub has recorded, in a form that two runs of the same thing share.</summary>
internal static class Histories
{
    /// <summary>Where a run may differ from another of the same.</summary>
    private static readonly HashSet<string> Passing = new(StringComparer.Ordinal)
    {
        "timestamp",
        "executionId",
        "parentTraceContext",
        "stackTrace",
        "properties",
        "isNonRetriable",
        "scheduledStartTimestamp",
    };

    /// <summary>Every instance with its state and its history, and what waits; episodes are not told apart, since
    /// answers come together or one by one.</summary>
    public static async Task<string> HistoriesAsync(this TestHub host)
    {
        var all = new List<string>();
        foreach (var instance in await host.Client.ListAsync(new() { FetchInputsAndOutputs = true }))
        {
            all.Add(
                $"{instance.InstanceId} {instance.RuntimeStatus} {instance.SerializedInput} -> "
                    + $"{instance.SerializedOutput} {instance.SerializedCustomStatus} "
                    + $"{instance.FailureDetails?.ErrorMessage}"
            );
            all.AddRange(
                InOrder(await host.HistoryAsync(instance.InstanceId)).Select(Text).Select(line => "  " + line)
            );
        }
        return string.Join('\n', all)
            + $"\nwaiting: {host.Count("activities")} activities, {host.Count("timers")} timers, {host.Count("inbox")} messages";
    }

    public static async Task<List<HistoryEvent>> HistoryAsync(this TestHub host, string instance)
    {
        var events = new List<HistoryEvent>();
        using var stream = host.Service.StreamInstanceHistory(new() { InstanceId = instance });
        await foreach (var chunk in stream.ResponseStream.ReadAllAsync())
            events.AddRange(chunk.Events);
        return events;
    }

    /// <summary>Whether an event has been raised: read by an execution whose history is there, or unread.</summary>
    public static async Task<bool> HasEventAsync(this TestHub host, string instance, string name) =>
        (await host.HistoryAsync(instance)).Exists(one => one.EventRaised?.Name == name)
        || await host.Engine.CallAsync(
            "look",
            _ => host.Engine.Memory.Find(instance)!.Inbox.Exists(message => message.Event.EventRaised?.Name == name)
        );

    private static IEnumerable<HistoryEvent> InOrder(IEnumerable<HistoryEvent> events)
    {
        var answers = new List<HistoryEvent>();
        foreach (
            var one in events.Where(one =>
                one.EventTypeCase
                    is not (
                        HistoryEvent.EventTypeOneofCase.OrchestratorStarted
                        or HistoryEvent.EventTypeOneofCase.OrchestratorCompleted
                    )
            )
        )
        {
            if (Answered(one) >= 0)
            {
                answers.Add(one);
                continue;
            }
            foreach (var answer in answers.OrderBy(Answered))
                yield return answer;
            answers.Clear();
            yield return one;
        }
        foreach (var answer in answers.OrderBy(Answered))
            yield return answer;
    }

    private static int Answered(HistoryEvent one) =>
        one.TaskCompleted?.TaskScheduledId
        ?? one.TaskFailed?.TaskScheduledId
        ?? one.SubOrchestrationInstanceCompleted?.TaskScheduledId
        ?? one.SubOrchestrationInstanceFailed?.TaskScheduledId
        ?? one.TimerFired?.TimerId
        ?? -1;

    private static string Text(HistoryEvent one)
    {
        var json = JsonNode.Parse(JsonFormatter.Default.Format(one))!.AsObject();
        Clear(json);
        return json.ToJsonString();
    }

    private static void Clear(JsonObject json)
    {
        foreach (var (name, value) in json.ToArray())
        {
            if (Passing.Contains(name))
                json.Remove(name);
            else if (value is JsonObject inner)
                Clear(inner);
        }
    }
}
