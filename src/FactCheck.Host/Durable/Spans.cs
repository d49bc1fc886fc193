using System.Diagnostics;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace FactCheck.Host.Durable;

/// <summary>Spans of the source <c>FactCheck.Host</c>; unheard, they cost a look at a field. Names and tags are Durable
/// Task's where it has them: functions and ids, never inputs, results, errors' messages or addresses.</summary>
internal static class Spans
{
    public const string Name = "FactCheck.Host";

    private const int MostLinks = 16;
    private static readonly ActivitySource Source = new(Name, typeof(Spans).Assembly.GetName().Version?.ToString());

    public static bool AreWanted => Source.HasListeners();

    public static Activity? Episode(EpisodeRun instance) =>
        AreWanted
            ? Start($"orchestration:{instance.Name}", ActivityKind.Internal, instance.Trace)
                ?.SetTag("durabletask.type", "orchestration")
                .SetTag("durabletask.task.name", instance.Name)
                .SetTag("durabletask.task.instance_id", instance.InstanceId)
                .SetTag("durabletask.task.execution_id", instance.ExecutionId)
            : null;

    public static Activity? Try(ActivityRequest request) =>
        AreWanted
            ? Start($"activity:{request.Name}", ActivityKind.Internal, request.ParentTraceContext?.TraceParent)
                ?.SetTag("durabletask.type", "activity")
                .SetTag("durabletask.task.name", request.Name)
                .SetTag("durabletask.task.instance_id", request.OrchestrationInstance.InstanceId)
                .SetTag("durabletask.task.task_id", request.TaskId)
            : null;

    /// <summary>A trace as Durable Task hands it on; null for none.</summary>
    public static TraceContext? Context(string? trace) =>
        trace is null ? null : new TraceContext { TraceParent = trace };

    /// <summary>A worker's span of an execution as it is stored; null for none.</summary>
    public static string? Write(OrchestrationTraceContext? span) =>
        span is { SpanID: { Length: > 0 } id, SpanStartTime: { } began }
            ? $"{id} {began.ToDateTime().Ticks.ToString(CultureInfo.InvariantCulture)}"
            : null;

    /// <summary>What <see cref="Write"/> stored: each episode goes on with the span that the first began.</summary>
    public static OrchestrationTraceContext? Read(string? span) =>
        span?.Split(' ') is not [var id, var ticks]
            ? null
            : new()
            {
                SpanID = id,
                SpanStartTime = Timestamp.FromDateTime(
                    new DateTime(long.Parse(ticks, CultureInfo.InvariantCulture), DateTimeKind.Utc)
                ),
            };

    /// <summary>A commit that was made: a trace of its own, linked to those whose episodes are in it.</summary>
    public static void Committed(DateTime began, int commands, int episodes, IEnumerable<string> traces)
    {
        var links = traces
            .Distinct(StringComparer.Ordinal)
            .Take(MostLinks)
            .Select(trace =>
                ActivityContext.TryParse(trace, null, isRemote: true, out var context)
                    ? new ActivityLink(context)
                    : default
            )
            .Where(link => link.Context != default);
        using var commit = Source.StartActivity(
            ActivityKind.Internal,
            parentContext: default,
            links: links,
            startTime: new DateTimeOffset(began),
            name: "commit"
        );
        commit?.SetTag("factcheck.host.commands", commands).SetTag("factcheck.host.episodes", episodes);
    }

    /// <summary>Ends a span as failed. The error's message may be for the desk alone: only the log has it.</summary>
    public static void Failed(this Activity? span, string errorType) =>
        span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", errorType);

    private static Activity? Start(string name, ActivityKind kind, string? trace)
    {
        if (ActivityContext.TryParse(trace, null, isRemote: true, out var parent))
            return Quietly.Make(() => Source.StartActivity(name, kind, parent));
        Activity.Current = null; // nobody's: a trace of its own
        return Quietly.Make(() => Source.StartActivity(name, kind));
    }

    /// <summary>Ends a span: what comes after it is no part of it. Ended twice, it ends once.</summary>
    public static void End(this Activity? span)
    {
        if (span is not null)
            Quietly.Do(span.Stop);
    }
}
