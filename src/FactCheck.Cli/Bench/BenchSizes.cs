namespace FactCheck.Cli;

/// <summary>How much is measured: in full, or only whether the measuring works.</summary>
internal sealed record BenchSizes(int Runs, int FiveActivities, int OneAtATime, int FanOut, int Chain, int LongChain, int Replayed, int Waiting, int Events, int Finished, int Purged)
{
    public static BenchSizes Full { get; } = new(
        Runs: 5, FiveActivities: 4000, OneAtATime: 500, FanOut: 1000, Chain: 1000, LongChain: 10_000, Replayed: 10_000, Waiting: 100_000, Events: 2000, Finished: 1_000_000, Purged: 50_000);

    /// <summary>Seconds, not minutes; the numbers mean nothing.</summary>
    public static BenchSizes Quick { get; } = new(
        Runs: 2, FiveActivities: 40, OneAtATime: 10, FanOut: 50, Chain: 50, LongChain: 100, Replayed: 100, Waiting: 300, Events: 20, Finished: 1000, Purged: 300);
}
