using Azure;
using Azure.Identity;

namespace FactCheck.Storage.Azure;

/// <summary>Tells that a storage account is not there for us from what it says of a request.</summary>
public static class StoreFailure
{
    /// <summary>Whether the account can't be reached: no connection, no answer in time, too busy, broken, or it refuses
    /// who asks. Trying again later may help, without any change to the request.</summary>
    public static bool IsAway(Exception exception) =>
        exception switch
        {
            RequestFailedException failed => failed.Status is 0 or 401 or 403 or 408 or 429 or >= 500,
            AggregateException { InnerExceptions.Count: > 0 } tries => tries.InnerExceptions.All(IsAway),
            // The SDK's own limit for an answer; a caller that gave up has a token that says so.
            TaskCanceledException { CancellationToken.IsCancellationRequested: false } late => late.Source?.StartsWith(
                "Azure.",
                StringComparison.Ordinal
            ) == true,
            AuthenticationFailedException => true,
            _ => false,
        };

    /// <summary>The reason in a line, for the log; holds no secret.</summary>
    public static string Why(Exception exception)
    {
        // The last of several tries says it best; the SDK puts headers of the answer below the first line.
        var reason = exception is AggregateException { InnerExceptions: [.., var last] } ? last : exception;
        return reason.Message.Split('\n')[0].Trim();
    }
}
