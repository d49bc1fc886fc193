using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>A history as Azure's HTTP management shows it; only there do names begin with a capital.</summary>
internal sealed class HistoryJson(Instance instance, bool outputs, bool inputs)
{
    private readonly Dictionary<int, HistoryEvent> _asked = [];

    /// <summary>An object an event: what came in at its time, what has no answer yet as scheduled, the end.</summary>
    public JsonArray Of(IEnumerable<HistoryEvent> history)
    {
        var events = new JsonArray();
        JsonObject? end = null;
        foreach (var one in history)
        {
            switch (one.EventTypeCase)
            {
                case EventCase.OrchestratorStarted or EventCase.OrchestratorCompleted:
                    break;
                case EventCase.TaskScheduled
                or EventCase.SubOrchestrationInstanceCreated
                or EventCase.TimerCreated
                or EventCase.EventSent:
                    _asked[one.EventId] = one;
                    break;
                case EventCase.ExecutionCompleted:
                    end = Ended(one);
                    break;
                default:
                    events.Add(Came(one));
                    break;
            }
        }
        foreach (var (_, asked) in _asked.OrderBy(asked => asked.Key))
            events.Add(Asked(asked));
        if (end is not null)
            events.Add(end);
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

    /// <summary>A failure in one text, with its causes.</summary>
    public static string Text(TaskFailureDetails? failure) =>
        failure is null
            ? ""
            : $"{failure.ErrorType}: {failure.ErrorMessage}"
                + (failure.InnerFailure is { } inner ? $" ---> {Text(inner)}" : "");

    private JsonObject Came(HistoryEvent one) =>
        one.EventTypeCase switch
        {
            EventCase.ExecutionStarted => Event(
                one,
                ("FunctionName", instance.Name),
                ("Input", inputs ? Json(one.ExecutionStarted.Input) : null)
            ),
            EventCase.EventRaised => Event(
                one,
                ("Name", one.EventRaised.Name),
                ("Input", inputs ? Json(one.EventRaised.Input) : null)
            ),
            EventCase.ExecutionRewound => Event(one, ("Reason", one.ExecutionRewound.Reason)),
            EventCase.ExecutionSuspended => Event(one, ("Reason", one.ExecutionSuspended.Input)),
            EventCase.ExecutionResumed => Event(one, ("Reason", one.ExecutionResumed.Input)),
            EventCase.ExecutionTerminated => Event(one, ("Reason", Json(one.ExecutionTerminated.Input))),
            _ => Answered(one),
        };

    private JsonObject Answered(HistoryEvent one)
    {
        (string, JsonNode?) what = one.EventTypeCase switch
        {
            EventCase.TaskCompleted => ("Result", Result(one.TaskCompleted.Result)),
            EventCase.TaskFailed => ("Reason", Text(one.TaskFailed.FailureDetails)),
            EventCase.SubOrchestrationInstanceCompleted => (
                "Result",
                Result(one.SubOrchestrationInstanceCompleted.Result)
            ),
            EventCase.SubOrchestrationInstanceFailed => (
                "Reason",
                Text(one.SubOrchestrationInstanceFailed.FailureDetails)
            ),
            EventCase.TimerFired => ("FireAt", Time(one.TimerFired.FireAt.ToDateTime())),
            _ => default,
        };
        var task = Events.TaskOf(one);
        if (task < 0)
            return Event(one);
        if (!_asked.Remove(task, out var asked))
            return Event(one, ("TaskId", task), what);
        var scheduled = ("ScheduledTime", (JsonNode?)Time(asked.Timestamp.ToDateTime()));
        return asked.EventTypeCase switch
        {
            EventCase.TaskScheduled => Event(one, ("FunctionName", asked.TaskScheduled.Name), what, scheduled),
            EventCase.SubOrchestrationInstanceCreated => Event(
                one,
                ("FunctionName", asked.SubOrchestrationInstanceCreated.Name),
                ("InstanceId", asked.SubOrchestrationInstanceCreated.InstanceId),
                what,
                scheduled
            ),
            _ => Event(one, what, scheduled),
        };
    }

    private static JsonObject Asked(HistoryEvent one) =>
        one.EventTypeCase switch
        {
            EventCase.TaskScheduled => Event(one, ("FunctionName", one.TaskScheduled.Name)),
            EventCase.SubOrchestrationInstanceCreated => Event(
                one,
                ("FunctionName", one.SubOrchestrationInstanceCreated.Name),
                ("InstanceId", one.SubOrchestrationInstanceCreated.InstanceId)
            ),
            EventCase.TimerCreated => Event(one, ("FireAt", Time(one.TimerCreated.FireAt.ToDateTime()))),
            _ => Event(one, ("Name", one.EventSent.Name), ("InstanceId", one.EventSent.InstanceId)),
        };

    private JsonObject Ended(HistoryEvent one) =>
        Event(
            one,
            ("OrchestrationStatus", ((InstanceStatus)one.ExecutionCompleted.OrchestrationStatus).ToString()),
            ("Result", outputs ? Json(one.ExecutionCompleted.Result) : null),
            ("Reason", one.ExecutionCompleted.FailureDetails is { } failure ? Text(failure) : null)
        );

    private JsonNode? Result(string? result) => outputs ? Json(result) : null;

    private static string Time(DateTime time) => time.ToString("o", CultureInfo.InvariantCulture);

    private static JsonObject Event(HistoryEvent one, params ReadOnlySpan<(string Name, JsonNode? Value)> parts)
    {
        var made = new JsonObject { ["EventType"] = one.EventTypeCase.ToString() };
        foreach (var (name, value) in parts)
        {
            if (value is not null)
                made[name] = value;
        }
        made["Timestamp"] = Time(one.Timestamp.ToDateTime());
        return made;
    }
}
