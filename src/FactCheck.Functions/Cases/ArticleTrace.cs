using System.Collections.Concurrent;
using System.Diagnostics;

namespace FactCheck.Functions.Cases;

/// <summary>One trace for an article's way, from its upload to its publication, however many weeks lie between. The
/// case keeps where the trace of its newest run began; who does something about the article later links to it, or goes
/// on in it. Costs next to nothing while nobody listens.</summary>
internal static class ArticleTrace
{
    /// <summary>The name of the source of these spans.</summary>
    public const string Name = "FactCheck";

    private static readonly ActivitySource Source = new(Name);

    // A container's own event may be quicker than the request that wrote the blob: both belong to the request.
    private static readonly ConcurrentDictionary<string, ActivityContext> Uploads = new(StringComparer.Ordinal);

    /// <summary>An upload, until it is disposed: whoever sees its blob meanwhile goes on in its trace.</summary>
    /// <param name="name">The blob's name in the container <c>articles</c>.</param>
    public static IDisposable? Uploading(string name) =>
        Source.HasListeners() && Activity.Current is { IdFormat: ActivityIdFormat.W3C } request
            ? new Upload(name, request.Context)
            : null;

    /// <summary>The arrival of a version of an article.</summary>
    public static Activity? Arriving(string key, string name) =>
        !Source.HasListeners() ? null
        : Uploads.TryGetValue(name, out var upload) ? Continue("article.arrive", key, upload)
        : Of(Source.StartActivity("article.arrive"), key);

    /// <summary>Something that begins about an article that was checked: in its trace, with a link to what asked for
    /// it.</summary>
    public static Activity? Continue(string what, CaseHead head) =>
        !Source.HasListeners() ? null
        : ActivityContext.TryParse(head.Trace, null, isRemote: true, out var trace) ? Continue(what, head.Key, trace)
        : Of(Source.StartActivity(what), head.Key);

    /// <summary>Makes what runs now point to the trace of the article that it is about.</summary>
    public static void LinkTo(CaseHead head)
    {
        if (
            Activity.Current is { IsAllDataRequested: true } current
            && ActivityContext.TryParse(head.Trace, null, isRemote: true, out var trace)
            && trace.TraceId != current.TraceId
            && current.Links.All(link => link.Context.TraceId != trace.TraceId)
        )
            current.AddLink(new ActivityLink(trace));
    }

    /// <summary>Where the trace of a run begins; null when nobody listens.</summary>
    public static string? Begin(Activity? arrival) => arrival is { IdFormat: ActivityIdFormat.W3C } ? arrival.Id : null;

    private static Activity? Continue(string what, string key, ActivityContext trace)
    {
        var asked = Activity.Current;
        if (asked?.TraceId == trace.TraceId)
            return Of(Source.StartActivity(what), key);
        return Of(
            Source.StartActivity(
                ActivityKind.Internal,
                trace,
                links: asked is { IdFormat: ActivityIdFormat.W3C } ? [new ActivityLink(asked.Context)] : null,
                name: what
            ),
            key
        );
    }

    private static Activity? Of(Activity? activity, string key) => activity?.SetTag("factcheck.article", key);

    private sealed class Upload : IDisposable
    {
        private readonly KeyValuePair<string, ActivityContext> _entry;

        public Upload(string name, ActivityContext context)
        {
            _entry = new(name, context);
            Uploads[name] = context;
        }

        public void Dispose() => Uploads.TryRemove(_entry);
    }
}
