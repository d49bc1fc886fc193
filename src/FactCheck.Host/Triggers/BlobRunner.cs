using FactCheck.Host.Storage;
using FactCheck.Host.Worker;

namespace FactCheck.Host.Triggers;

/// <summary>What comes after a try.</summary>
internal enum AfterTry
{
    Nothing,
    Look,
    LookLater,
    TryAgain,

    /// <summary>It is done, and the receipt is to say so.</summary>
    Done,
}

/// <summary>Runs functions for blobs, and keeps the receipts of it.</summary>
internal sealed class BlobRunner(
    IRuntimeStore store,
    IFunctionInvoker invoker,
    BlobReceipts receipts,
    int poisonThreshold,
    ILogger logger
) : IDisposable
{
    /// <summary>Of contents above this only two are held at a time.</summary>
    private const int LargeContent = 4 * 1024 * 1024;

    private const int MostError = 1_000;

    private readonly Dictionary<BlobKey, Losses> _losses = [];
    private readonly SemaphoreSlim _large = new(2, 2);

    private DateTime UtcNow => store.Time.GetUtcNow().UtcDateTime;

    public async Task<AfterTry> TryAsync(QueuedBlob queued, CancellationToken stop)
    {
        var before = Before(queued);
        var tried = queued.Tried = before with { Tries = before.Tries + 1, Updated = UtcNow };
        var generation = invoker.Generation;
        try
        {
            if (await FindAsync(queued, stop) is not { } details)
                return AfterTry.Look;
            // Counted before it runs: a blob that ends the process must not be tried for ever.
            await receipts.SaveAsync(tried);
            var failure = await InvokeAsync(queued, details, stop);
            if (failure is null)
                return AfterTry.Done;
            // Asked before it counts: that version may be gone, or the place out of reach for the function as well.
            if (await FindAsync(queued, stop) is null)
                return AfterTry.Look;
            if (failure is WorkerLostException)
                return await LoseAsync(queued, before, generation, failure);
            if (failure is not FileHeldException)
                return await FailAsync(queued, tried, failure);
            await receipts.SaveAsync(before);
            return AfterTry.LookLater;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return AfterTry.Nothing; // the host stops: it runs at the next start
        }
        catch (BlobSourceException away)
        {
            queued.Container.MarkAway(away);
            await receipts.SaveAsync(before);
            return AfterTry.Nothing;
        }
    }

    public async Task EndAsync(QueuedBlob queued)
    {
        try
        {
            TriggerMeters.BlobTried(queued.Function.Name, "done");
            ForgetLosses(queued);
            await receipts.SaveAsync(queued.Tried! with { Updated = UtcNow, Error = null, State = BlobState.Done });
        }
        catch (Exception exception)
        {
            logger.LogError(
                exception,
                "Function {Function} is done with {Blob}, which could not be stored; it runs again",
                queued.Function.Name,
                queued.Blob.Name
            );
        }
    }

    public void Dispose() => _large.Dispose();

    private BlobReceipt Before(QueuedBlob queued)
    {
        var (function, container, name) = queued.Key;
        var etag = queued.Blob.ETag;
        return receipts.Find(queued.Key) is { } known && known.ETag == etag
            ? known
            : new(function, container, name, etag, BlobState.ToBeTried, 0, UtcNow, null);
    }

    /// <summary>The blob if it is there in that version; a gone one needs nothing, a new one comes anew.</summary>
    private async Task<BlobDetails?> FindAsync(QueuedBlob queued, CancellationToken stop)
    {
        var source = queued.Container.Source;
        var now = await source.FindAsync(queued.Blob.Name, stop);
        if (now is null && receipts.Find(queued.Key) is not null && await source.HasMarkAsync(receipts.Mark))
            await receipts.ForgetAsync([queued.Key]);
        return now?.Blob.ETag == queued.Blob.ETag ? now : null;
    }

    private async Task<AfterTry> FailAsync(QueuedBlob queued, BlobReceipt tried, Exception failure)
    {
        var poison = tried.Tries >= poisonThreshold || failure is BlobTooLargeException;
        TriggerMeters.BlobTried(tried.Function, poison ? "poison" : "failed");
        ForgetLosses(queued);
        logger.Log(
            poison ? LogLevel.Error : LogLevel.Warning,
            failure,
            "Function {Function} failed for {Blob}, try {Try}{End}",
            tried.Function,
            tried.Name,
            tried.Tries,
            poison ? "; given up" : ""
        );
        var state = poison ? BlobState.Poison : BlobState.ToBeTried;
        await receipts.SaveAsync(tried with { Updated = UtcNow, Error = Reason(failure), State = state });
        return poison ? AfterTry.Nothing : AfterTry.TryAgain;
    }

    /// <summary>No fault of the blob, as far as one can tell: it is tried again with the next worker. After as many
    /// different workers ended during it as it has tries, it is given up: it may be what ends them.</summary>
    private async Task<AfterTry> LoseAsync(QueuedBlob queued, BlobReceipt before, int generation, Exception lost)
    {
        int count;
        lock (_losses)
        {
            var losses =
                _losses.TryGetValue(queued.Key, out var known) && known.ETag == before.ETag
                    ? known
                    : new(before.ETag, generation - 1, 0);
            if (losses.Generation != generation)
                losses = new(before.ETag, generation, losses.Count + 1);
            _losses[queued.Key] = losses;
            count = losses.Count;
        }
        if (count >= poisonThreshold)
            return await FailAsync(queued, before with { Tries = Math.Max(count, before.Tries) }, lost);
        await receipts.SaveAsync(before);
        return AfterTry.LookLater;
    }

    private void ForgetLosses(QueuedBlob queued)
    {
        lock (_losses)
            _losses.Remove(queued.Key);
    }

    /// <summary>Runs the function; what it failed with, or null.</summary>
    /// <exception cref="BlobSourceException">Its blob could not be read.</exception>
    private async Task<Exception?> InvokeAsync(QueuedBlob queued, BlobDetails details, CancellationToken stop)
    {
        var function = queued.Function;
        if (function.NeedsContent && details.Length > BlobFunction.MostContent)
            return new BlobTooLargeException(
                $"{details.Length} bytes are more than the {BlobFunction.MostContent} that a function is sent. "
                    + "Bind a BlobClient, or the name alone, and read it there."
            );
        var isLarge = function.NeedsContent && details.Length > LargeContent;
        if (isLarge)
            await _large.WaitAsync(stop);
        try
        {
            var content = function.NeedsContent ? await queued.Container.Source.ReadAsync(details.Blob, stop) : default;
            await invoker.InvokeAsync(function.CallFor(details, content), stop);
            return null;
        }
        catch (Exception exception)
            when (exception is not BlobSourceException
                && !(exception is OperationCanceledException && stop.IsCancellationRequested)
            )
        {
            return exception;
        }
        finally
        {
            if (isLarge)
                _large.Release();
        }
    }

    /// <summary>Its type and first line, for the list of what was given up.</summary>
    private static string Reason(Exception failure)
    {
        var (type, message) = failure is FunctionFailedException { Error: var error }
            ? (error.Type, error.Message)
            : (failure.GetType().FullName!, failure.Message);
        var line = message.Split('\n')[0].Trim();
        var text = type.Length == 0 || line.StartsWith(type, StringComparison.Ordinal) ? line : $"{type}: {line}";
        return text.Length <= MostError ? text : text[..MostError];
    }

    /// <summary>During how many workers of its own this version was lost, and the last of them.</summary>
    private sealed record Losses(string ETag, int Generation, int Count);

    private sealed class BlobTooLargeException(string message) : Exception(message);
}
