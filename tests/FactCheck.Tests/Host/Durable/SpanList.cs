using System.Collections.Concurrent;
using System.Diagnostics;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Listens to spans as an exporter would, for as long as it lives; tests that run beside this one are heard
/// too, so that each asks for its own trace.</summary>
internal sealed class SpanList : IDisposable
{
    /// <summary>Tests that listen, and one that needs to be sure that nobody does, run one after the other.</summary>
    public const string Collection = "spans";

    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    /// <summary>Begins to listen.</summary>
    /// <param name="more">Sources beside the desk's, the host's and ASP.NET Core's.</param>
    public SpanList(params string[] more)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source =>
                source.Name is "FactCheck" or "FactCheck.Host" or "Microsoft.AspNetCore" || more.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>All that have ended.</summary>
    public IReadOnlyList<Activity> All => [.. _spans];

    /// <summary>A traceparent as a caller sends it, of a trace that nobody else has.</summary>
    public static string NewTrace() => $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01";

    /// <summary>Those of one trace, in the order in which they began.</summary>
    public IReadOnlyList<Activity> Of(string traceParent)
    {
        var trace = ActivityContext.Parse(traceParent, null).TraceId;
        return [.. _spans.Where(span => span.TraceId == trace).OrderBy(span => span.StartTimeUtc)];
    }

    /// <summary>The tree below a span that is somebody else's: a line each, indented; siblings of one name are one
    /// line.</summary>
    public string Tree(string traceParent)
    {
        var spans = Of(traceParent);
        var lines = new List<string>();
        Add([ActivityContext.Parse(traceParent, null).SpanId], 0);
        return string.Join('\n', lines);

        void Add(IReadOnlyCollection<ActivitySpanId> parents, int depth)
        {
            foreach (
                var same in spans
                    .Where(span => parents.Contains(span.ParentSpanId))
                    .GroupBy(span => span.DisplayName, StringComparer.Ordinal)
            )
            {
                lines.Add(new string(' ', 2 * depth) + same.Key);
                Add([.. same.Select(span => span.SpanId)], depth + 1);
            }
        }
    }

    public void Dispose() => _listener.Dispose();
}
