using System.Diagnostics.Metrics;

namespace FactCheck.Host.Triggers;

/// <summary>The triggers' figures, for whoever listens to the meter <c>FactCheck.Host</c>.</summary>
internal static class TriggerMeters
{
    private static readonly Meter s_meter = new("FactCheck.Host");

    private static readonly Counter<long> s_blobTries = s_meter.CreateCounter<long>(
        "factcheck.host.blob.tries",
        "{try}",
        "Tries of functions for blobs, by function and outcome: done, failed, poison."
    );

    private static readonly Counter<long> s_lateTimers = s_meter.CreateCounter<long>(
        "factcheck.host.timers.late",
        "{timer}",
        "Timers over a second late, by kind: durable, or function with its name."
    );

    public static void BlobTried(string function, string outcome) =>
        s_blobTries.Add(1, new("function", function), new("outcome", outcome));

    public static void LateTimerFunction(string function) =>
        s_lateTimers.Add(1, new("kind", "function"), new("function", function));
}
