using System.Diagnostics;

namespace FactCheck.Host.Worker;

/// <summary>Spans of functions run by a request, a blob or a timer; durable functions have the engine's.</summary>
internal static class FunctionSpans
{
    public const string Name = "FactCheck.Host";

    private static readonly ActivitySource Source = new(
        Name,
        typeof(FunctionSpans).Assembly.GetName().Version?.ToString()
    );

    /// <summary>Begins an invocation's span, null while nobody listens; the caller's current span stays.</summary>
    public static Activity? Start(Invocation invocation)
    {
        if (!Source.HasListeners() || Trigger(invocation.Function) is not { } trigger)
            return null;
        var before = Activity.Current;
        // A blob or a timer begins a trace: whatever happened to run when the host began to watch is not its parent.
        if (invocation.TraceParent is null && !invocation.Function.Is("httpTrigger"))
            Activity.Current = null;
        var parent = ActivityContext.TryParse(invocation.TraceParent, null, isRemote: true, out var given)
            ? given
            : default;
        var span = Quietly
            .Make(() => Source.StartActivity($"function:{invocation.Function.Name}", ActivityKind.Internal, parent))
            ?.SetTag("faas.name", invocation.Function.Name)
            .SetTag("faas.trigger", trigger)
            .SetTag("faas.invocation_id", invocation.Id);
        Activity.Current = before;
        return span;
    }

    /// <summary>Ends a span, as failed if given an error's type. The message may be secret: the log has it.</summary>
    public static void End(Activity? span, string? errorType = null)
    {
        if (span is null)
            return;
        if (errorType is not null)
            span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", errorType);
        var before = Activity.Current;
        Quietly.Do(span.Stop);
        Activity.Current = before;
    }

    private static string? Trigger(HostedFunction function) =>
        function.Is("httpTrigger") ? "http"
        : function.Is("blobTrigger") ? "datasource"
        : function.Is("timerTrigger") ? "timer"
        : null;
}
