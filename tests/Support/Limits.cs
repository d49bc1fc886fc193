namespace FactCheck.Support;

/// <summary>
/// How long a test waits before it gives up: about ten times what is meant to be enough, since the machine may be
/// busy.
/// </summary>
public static class Limits
{
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Check = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Publish = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Verb = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Many = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan Back = TimeSpan.FromMinutes(3);
    public static readonly TimeSpan Demo = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Whether faults are tried in full, which takes tens of minutes (<c>FACTCHECK_FULL=1</c>), rather than sampled
    /// with a fixed seed.
    /// </summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("FACTCHECK_FULL") == "1";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Looks until there is something to see.</summary>
    /// <exception cref="TimeoutException">There was nothing in time; the message says what was waited for.</exception>
    public static async Task<T> UntilAsync<T>(TimeSpan limit, Func<Task<T?>> look, Func<string> whatFor)
        where T : class
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await look() is { } seen)
                return seen;
            if (TimeProvider.System.GetElapsedTime(start) > limit)
                throw new TimeoutException($"Not within {limit.TotalSeconds:0} s: {whatFor()}");
            await Task.Delay(Pause);
        }
    }
}
