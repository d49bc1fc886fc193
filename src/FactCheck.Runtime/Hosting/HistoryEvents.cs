using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FactCheck.Runtime;

/// <summary>An instance's history as Azure's HTTP management shows it. Names begin with a capital there, unlike the rest of the answer.</summary>
internal sealed class HistoryEvents(Instance instance, bool outputs, bool inputs)
{
    private readonly Dictionary<int, (OrchestratorAction Action, DateTime Time)> _asked = [];

    /// <summary>One object for each event: what came in at its time, what was asked for and is not answered yet as scheduled, and the end.</summary>
    public JsonArray Of(IReadOnlyList<Episode> history, string? input, string? output)
    {
        var events = new JsonArray();
        foreach (var episode in history)
        {
            foreach (var message in episode.Messages)
                events.Add(Of(message, episode.Time, input));
            foreach (var action in episode.Actions)
                _asked[action.Id] = (action, episode.Time);
        }
        foreach (var (_, (action, time)) in _asked.OrderBy(asked => asked.Key))
            events.Add(Asked(action, time));
        if (instance.IsTerminal)
            events.Add(Ended(output));
        return events;
    }

    /// <summary>A stored payload as JSON; as text when another converter than JSON wrote it.</summary>
    public static JsonNode? Json(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private JsonObject Of(Message message, DateTime time, string? input)
    {
        switch (message.Kind)
        {
            case MessageKind.Started:
                return Event("ExecutionStarted", time, ("FunctionName", instance.Name), ("Input", inputs ? Json(input) : null));
            case MessageKind.EventRaised:
                return Event("EventRaised", time, ("Name", message.Name), ("Input", inputs ? Json(message.Data) : null));
            case MessageKind.Rewound:
                return Event("ExecutionRewound", time, ("Reason", message.Data));
        }
        if (!_asked.Remove(message.TaskId, out var asked))
            return Event("Ignored", time, ("TaskId", message.TaskId)); // a second answer
        var scheduled = ("ScheduledTime", Time(asked.Time));
        return message.Kind switch
        {
            MessageKind.TaskCompleted => Event("TaskCompleted", time, ("FunctionName", asked.Action.Name), ("Result", Result(message)), scheduled),
            MessageKind.TaskFailed => Event("TaskFailed", time, ("FunctionName", asked.Action.Name), ("Reason", Failure(message)), scheduled),
            MessageKind.ChildCompleted => Event(
                "SubOrchestrationInstanceCompleted", time, ("FunctionName", asked.Action.Name), ("InstanceId", asked.Action.Target), ("Result", Result(message)), scheduled),
            MessageKind.ChildFailed => Event(
                "SubOrchestrationInstanceFailed", time, ("FunctionName", asked.Action.Name), ("InstanceId", asked.Action.Target), ("Reason", Failure(message)), scheduled),
            _ => Event("TimerFired", time, ("FireAt", Time(new DateTime(asked.Action.Due, DateTimeKind.Utc))), scheduled),
        };
    }

    private static JsonObject Asked(OrchestratorAction action, DateTime time) => action.Kind switch
    {
        ActionKind.Activity => Event("TaskScheduled", time, ("FunctionName", action.Name)),
        ActionKind.SubOrchestration => Event("SubOrchestrationInstanceCreated", time, ("FunctionName", action.Name), ("InstanceId", action.Target)),
        ActionKind.Timer => Event("TimerCreated", time, ("FireAt", Time(new DateTime(action.Due, DateTimeKind.Utc)))),
        _ => Event("EventSent", time, ("Name", action.Name), ("InstanceId", action.Target)),
    };

    private JsonObject Ended(string? output)
    {
        var failure = instance.FailureJson is { } json ? Failures.FromJson(json) : null;
        return Event("ExecutionCompleted", instance.Updated, ("OrchestrationStatus", instance.Status.ToString()), ("Result", outputs ? Json(output) : null), ("Reason", failure?.ToString()));
    }

    private JsonNode? Result(Message message) => outputs ? Json(message.Data) : null;

    private static string Failure(Message message) => Failures.FromJson(message.Data!).ToString();

    private static string Time(DateTime time) => time.ToString("o", CultureInfo.InvariantCulture);

    private static JsonObject Event(string type, DateTime time, params ReadOnlySpan<(string Name, JsonNode? Value)> parts)
    {
        var made = new JsonObject { ["EventType"] = type };
        foreach (var (name, value) in parts)
        {
            if (value is not null)
                made[name] = value;
        }
        made["Timestamp"] = Time(time);
        return made;
    }
}
