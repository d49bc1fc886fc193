using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FactCheck.Host;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Figures: each counts what it says, once.</summary>
public sealed class MeterTests
{
    [Fact]
    public async Task Episodes_activities_and_commits_are_counted_once_each_with_their_outcome()
    {
        var commits = 0;
        using var figures = new Figures();
        await using var host = await TestHub
            .ForTests()
            .Configure(options =>
                options.OnCommit = _ =>
                {
                    Interlocked.Increment(ref commits);
                    return CommitFault.None;
                }
            )
            .AddOrchestrator(
                "Two",
                async context =>
                {
                    await context.CallActivityAsync("Good");
                    await context.CallActivityAsync("Good");
                }
            )
            .AddOrchestrator("Bad", context => context.CallActivityAsync("Throw"))
            .AddOrchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .AddActivity<string?>("Good", _ => Task.CompletedTask)
            .AddActivity<string?>("Throw", _ => throw new FormatException())
            .StartAsync();
        figures.Only(host);
        await host.WhenIdleAsync();
        var before = commits;

        await host.BeginAsync("Two");
        await host.BeginAsync("Two");
        await host.BeginAsync("Bad");
        await host.BeginAsync("Wait");

        Assert.Equal(6, figures.Sum("episodes", "Two"));
        Assert.Equal(2, figures.Sum("episodes", "Bad"));
        Assert.Equal(1, figures.Sum("episodes", "Wait"));
        Assert.Equal(4, figures.Sum("activities", "Good", "completed"));
        Assert.Equal(1, figures.Sum("activities", "Throw", "failed"));
        Assert.Equal(5, figures.Count("activity.duration"));
        Assert.Equal(commits - before, figures.Sum("commits"));
        Assert.Equal(commits - before, figures.Count("commit.duration"));
        Assert.True(figures.Sum("commit.batch_size") >= commits - before);
    }

    [Fact]
    public async Task Timers_that_are_late_are_counted()
    {
        using var figures = new Figures();
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator("Sleep", context => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None))
            .StartAsync();
        figures.Only(host);
        await host.BeginAsync("Sleep");
        await host.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(0, figures.Sum("timers.late", "durable"));
        await host.BeginAsync("Sleep");
        await host.AdvanceAsync(TimeSpan.FromHours(2));

        Assert.Equal(1, figures.Sum("timers.late", "durable"));
    }

    /// <summary>What a meter's listener gets of one host.</summary>
    private sealed class Figures : IDisposable
    {
        private readonly ConcurrentQueue<(object? Host, string Name, double Value, string[] Tags)> _all = new();
        private readonly MeterListener _listener = new();
        private object? _host;

        public Figures()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "FactCheck.Host")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>(Add);
            _listener.SetMeasurementEventCallback<int>(Add);
            _listener.SetMeasurementEventCallback<double>(Add);
            _listener.Start();
        }

        /// <summary>From now on, and only what this host says.</summary>
        public void Only(TestHub host)
        {
            _host = host.Services.GetRequiredService<IMeterFactory>();
            _all.Clear();
        }

        public double Sum(string name, params string[] tags) => Of(name, tags).Sum(figure => figure.Value);

        public int Count(string name) => Of(name, []).Count();

        public void Dispose() => _listener.Dispose();

        private IEnumerable<(object? Host, string Name, double Value, string[] Tags)> Of(string name, string[] tags) =>
            _all.Where(figure =>
                ReferenceEquals(figure.Host, _host)
                && figure.Name == "factcheck.host." + name
                && tags.All(figure.Tags.Contains)
            );

        private void Add<T>(
            Instrument instrument,
            T value,
            ReadOnlySpan<KeyValuePair<string, object?>> tags,
            object? state
        ) =>
            _all.Enqueue(
                (
                    instrument.Meter.Scope,
                    instrument.Name,
                    Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture),
                    [.. tags.ToArray().Select(tag => $"{tag.Value}")]
                )
            );
    }
}
