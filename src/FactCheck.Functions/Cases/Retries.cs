namespace FactCheck.Functions.Cases;

/// <summary>How often a step is tried.</summary>
internal static class Retries
{
    /// <summary>For steps that must succeed: 2, 4, 8, … seconds, about a quarter of an hour in all.</summary>
    public static readonly TaskOptions Patient = TaskOptions.FromRetryPolicy(
        new RetryPolicy(9, TimeSpan.FromSeconds(2), 2, TimeSpan.FromMinutes(5))
    );

    /// <summary>How long a file waits before it asks again for its turn: 2, 4, 6, … seconds, at most 30.</summary>
    public static TimeSpan Turn(int turn) => TimeSpan.FromSeconds(Math.Min(30, 2 * turn));

    /// <summary>For steps that can be done without: 1, 2 seconds.</summary>
    public static readonly TaskOptions Brief = TaskOptions.FromRetryPolicy(
        new RetryPolicy(3, TimeSpan.FromSeconds(1), 2)
    );
}

/// <summary>What a step that failed says.</summary>
internal static class Failures
{
    // What travels between functions has at most 64 KB, and a batch of looks may hold fifty of these.
    private const int LongestMessage = 500;

    /// <summary>The message of the failure, cut where it is long.</summary>
    public static string Why(this TaskFailedException failure) =>
        failure.FailureDetails.ErrorMessage is { Length: > LongestMessage } message
            ? message[..LongestMessage] + " …"
            : failure.FailureDetails.ErrorMessage;
}
