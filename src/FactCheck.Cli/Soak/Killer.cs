using System.Diagnostics;

namespace FactCheck.Cli.Soak;

/// <summary>Kills the worker, the host, or both, at random moments, and starts the host again.</summary>
internal sealed class Killer(SoakHost host, Random random, TimeSpan pause)
{
    private int _workers;
    private int _hosts;
    private int _both;
    private int _restarts;
    private long _slowestHost;
    private long _slowestWorker;

    public int Workers => Volatile.Read(ref _workers);

    public int Hosts => Volatile.Read(ref _hosts);

    public int Both => Volatile.Read(ref _both);

    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>From the start of a host to ready, where nothing was killed meanwhile.</summary>
    public TimeSpan SlowestHost => new(Volatile.Read(ref _slowestHost));

    /// <summary>From the death of a worker to ready, likewise.</summary>
    public TimeSpan SlowestWorker => new(Volatile.Read(ref _slowestWorker));

    /// <summary>Goes on until the time is over; then the host runs and is ready.</summary>
    /// <exception cref="CommandException">The host ended by itself, or does not come back.</exception>
    public async Task RunAsync(CancellationToken timeIsOver, CancellationToken cancellation)
    {
        foreach (var victim in Victims())
        {
            if (!await PauseAsync(timeIsOver, cancellation))
                break;
            await KillAsync(victim, waits: random.Next(4) > 0, cancellation);
        }

        await host.UntilReadyAsync(cancellation);
    }

    // Each once, in any order, before one comes again.
    private IEnumerable<Victim> Victims()
    {
        var victims = Enum.GetValues<Victim>();
        while (true)
        {
            random.Shuffle(victims);
            foreach (var victim in victims)
                yield return victim;
        }
    }

    private async Task KillAsync(Victim victim, bool waits, CancellationToken cancellation)
    {
        // A host whose first worker ends before it connects ends too, and says so: a start that failed, no death.
        if (victim == Victim.Worker)
            await host.UntilReadyAsync(cancellation);
        var worker = victim == Victim.Host ? null : host.KillWorker();
        if (victim == Victim.Worker)
            await WorkerAsync(worker, waits, cancellation);
        else
            await HostAsync(worker is not null, waits, cancellation);
    }

    private async Task WorkerAsync(int? dead, bool waits, CancellationToken cancellation)
    {
        if (dead is null)
            return; // the next one is only just on its way
        Interlocked.Increment(ref _workers);
        if (!waits)
            return;
        var start = Stopwatch.GetTimestamp();
        await host.UntilReadyAsync(cancellation, dead);
        Keep(ref _slowestWorker, start);
    }

    private async Task HostAsync(bool both, bool waits, CancellationToken cancellation)
    {
        await host.KillAsync();
        if (both)
            Interlocked.Increment(ref _both);
        else
            Interlocked.Increment(ref _hosts);
        var start = Stopwatch.GetTimestamp();
        host.Start();
        Interlocked.Increment(ref _restarts);
        if (!waits)
            return; // the next kill may meet one that is just starting
        await host.UntilReadyAsync(cancellation);
        Keep(ref _slowestHost, start);
    }

    private static void Keep(ref long slowest, long start) =>
        Volatile.Write(ref slowest, Math.Max(slowest, Stopwatch.GetElapsedTime(start).Ticks));

    // False when the time is over. A half to one and a half times the pause: no rhythm is met again and again.
    private async Task<bool> PauseAsync(CancellationToken timeIsOver, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeIsOver, cancellation);
        var end = host.EndAsync(either.Token);
        if (
            await Task.WhenAny(end, Task.Delay(pause * (0.5 + random.NextDouble()), either.Token)) == end
            && end.IsCompletedSuccessfully
        )
            throw host.Ended();
        cancellation.ThrowIfCancellationRequested();
        return !timeIsOver.IsCancellationRequested;
    }

    private enum Victim
    {
        Worker,
        Host,
        Both,
    }
}
