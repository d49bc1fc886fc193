using System.Diagnostics;

namespace FactCheck.Runtime;

/// <summary>
/// The host's spans, for whoever listens to the source <c>FactCheck.Runtime</c>; while nobody does they cost a look at a field. Names and tags are those of
/// Microsoft's Durable Task where it has them. They carry names of functions and ids, never inputs, results, messages of errors or addresses.
/// </summary>
internal static class Spans
{
    public const string Name = "FactCheck.Runtime";

    private const int MostLinks = 16;
    private static readonly ActivitySource Source = new(Name, typeof(Spans).Assembly.GetName().Version?.ToString());

    public static bool AreWanted => Source.HasListeners();

    /// <summary>The W3C traceparent of what runs here; null when nothing is traced.</summary>
    public static string? CurrentTrace => AreWanted && Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

    /// <summary>An HTTP function, inside ASP.NET's span, or a function that a blob or a timer runs, which begins a trace.</summary>
    public static Activity? Function(FunctionDescriptor function, string invocationId)
    {
        if (!AreWanted)
            return null;
        var trigger = function.Trigger switch { HttpTriggerAttribute => "http", BlobTriggerAttribute => "datasource", TimerTriggerAttribute => "timer", _ => null };
        if (trigger is null)
            return null;
        if (function.Trigger is not HttpTriggerAttribute)
            Activity.Current = null; // whatever happened to run when the host began to watch
        return Source.StartActivity($"function:{function.Name}", ActivityKind.Internal)
            ?.SetTag("faas.name", function.Name).SetTag("faas.trigger", trigger).SetTag("faas.invocation_id", invocationId);
    }

    /// <summary>Scheduling an instance; its episodes, activities and children are inside this span.</summary>
    public static Activity? Scheduling(string orchestrator, string id) => AreWanted
        ? Source.StartActivity($"create_orchestration:{orchestrator}", ActivityKind.Producer)?.SetTag("durabletask.type", "orchestration").SetTag("durabletask.task.name", orchestrator)
            .SetTag("durabletask.task.instance_id", id)
        : null;

    /// <summary>An episode of an instance.</summary>
    public static Activity? Episode(Instance instance) => AreWanted
        ? Start($"orchestration:{instance.Name}", ActivityKind.Internal, instance.Trace)?.SetTag("durabletask.type", "orchestration").SetTag("durabletask.task.name", instance.Name)
            .SetTag("durabletask.task.instance_id", instance.Id).SetTag("durabletask.task.execution_id", instance.ExecutionId)
        : null;

    /// <summary>One try of an activity.</summary>
    public static Activity? Try(ActivityCall call) => AreWanted
        ? Start($"activity:{call.Name}", ActivityKind.Internal, call.Trace)?.SetTag("durabletask.type", "activity").SetTag("durabletask.task.name", call.Name)
            .SetTag("durabletask.task.instance_id", call.InstanceId).SetTag("durabletask.task.task_id", call.TaskId)
        : null;

    /// <summary>A commit that has been made: a trace of its own, with links to those whose episodes are in it.</summary>
    public static void Committed(DateTime began, int commands, int episodes, IEnumerable<string> traces)
    {
        var links = traces.Distinct(StringComparer.Ordinal).Take(MostLinks)
            .Select(trace => ActivityContext.TryParse(trace, null, isRemote: true, out var context) ? new ActivityLink(context) : default).Where(link => link.Context != default);
        using var commit = Source.StartActivity(ActivityKind.Internal, parentContext: default, links: links, startTime: new DateTimeOffset(began), name: "commit");
        commit?.SetTag("factcheck.runtime.commands", commands).SetTag("factcheck.runtime.episodes", episodes);
    }

    /// <summary>Ends a span as failed. The error's message may say what nobody but the desk may read: the log has it.</summary>
    public static void Failed(this Activity? span, string errorType) => span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", errorType);

    private static Activity? Start(string name, ActivityKind kind, string? trace)
    {
        if (ActivityContext.TryParse(trace, null, isRemote: true, out var parent))
            return Source.StartActivity(name, kind, parent);
        Activity.Current = null; // nobody's: a trace of its own
        return Source.StartActivity(name, kind);
    }
}
