using System.Diagnostics.Metrics;
using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>The host's figures, of the meter <c>FactCheck.Host</c>; tags are names of functions and states.</summary>
internal sealed class RuntimeMeters
{
    private const string Prefix = "factcheck.host.";

    private readonly Meter _meter;
    private readonly Counter<long> _commits;
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<int> _batchSize;
    private readonly Counter<long> _episodes;
    private readonly Counter<long> _activities;
    private readonly Histogram<double> _activityDuration;
    private readonly Counter<long> _lateTimers;

    public RuntimeMeters(IMeterFactory factory)
    {
        _meter = factory.Create(Spans.Name); // the factory's to dispose
        _commits = _meter.CreateCounter<long>(Prefix + "commits", "{commit}", "Transactions that were committed.");
        _commitDuration = _meter.CreateHistogram<double>(
            Prefix + "commit.duration",
            "s",
            "From the first command of a batch to the disk's word that it has it."
        );
        _batchSize = _meter.CreateHistogram<int>(Prefix + "commit.batch_size", "{command}", "Commands in a commit.");
        _episodes = _meter.CreateCounter<long>(
            Prefix + "episodes",
            "{episode}",
            "Episodes of orchestrations, by orchestrator."
        );
        _activities = _meter.CreateCounter<long>(
            Prefix + "activities",
            "{try}",
            "Tries of activities, by activity and outcome: completed, failed, timed_out, cancelled."
        );
        _activityDuration = _meter.CreateHistogram<double>(
            Prefix + "activity.duration",
            "s",
            "How long a try of an activity took."
        );
        _lateTimers = _meter.CreateCounter<long>(
            Prefix + "timers.late",
            "{timer}",
            "Timers over a second late, by kind: durable here, function with its name for triggers."
        );
    }

    /// <summary>Counts an engine's instances by state, and what waits in it, whenever somebody asks.</summary>
    public void Observe(Engine engine)
    {
        _meter.CreateObservableUpDownCounter(
            Prefix + "instances",
            () =>
                CountByState(engine)
                    .Select(state => new Measurement<long>(
                        state.Count,
                        new KeyValuePair<string, object?>("state", state.Status.ToString())
                    )),
            "{instance}",
            "Instances by state."
        );
        _meter.CreateObservableUpDownCounter(
            Prefix + "queue",
            () => new[] { Queue("commands", engine.Queued.Commands), Queue("activities", engine.Queued.Activities) },
            "{item}",
            "What waits: commands for the writer, activities for their turn."
        );

        static Measurement<int> Queue(string name, int waiting) =>
            new(waiting, new KeyValuePair<string, object?>("queue", name));
    }

    public void Committed(TimeSpan duration, int commands)
    {
        Quietly.Do(() => _commits.Add(1));
        Quietly.Do(() => _commitDuration.Record(duration.TotalSeconds));
        Quietly.Do(() => _batchSize.Record(commands));
    }

    public void Episode(string orchestrator) =>
        Quietly.Do(() => _episodes.Add(1, new KeyValuePair<string, object?>("orchestrator", orchestrator)));

    public void Activity(string activity, string outcome, TimeSpan duration)
    {
        Quietly.Do(() => _activities.Add(1, new("activity", activity), new("outcome", outcome)));
        Quietly.Do(() =>
            _activityDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("activity", activity))
        );
    }

    public void LateDurableTimer() =>
        Quietly.Do(() => _lateTimers.Add(1, new KeyValuePair<string, object?>("kind", "durable")));

    private static IEnumerable<(InstanceStatus Status, long Count)> CountByState(Engine engine) =>
        engine.IsAlive ? engine.ReadAsync(InstanceQueries.CountByState).GetAwaiter().GetResult() : [];
}
