namespace FactCheck.Host.Triggers;

/// <summary>Looks at containers, one at a time: queues what is new, and forgets what is surely gone.</summary>
internal sealed class BlobLooks(BlobReceipts receipts, BlobQueue queue, ILogger logger, CancellationToken stop)
    : IDisposable
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _looking = new(1, 1);

    public async Task LoopAsync(WatchedContainer container)
    {
        for (var failures = 0; !stop.IsCancellationRequested; )
        {
            try
            {
                if (await LookAsync(container))
                {
                    failures = 0;
                    await container.Source.WaitAsync(stop);
                    continue;
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                container.MarkAway(exception);
            }
            var wait = Math.Min(
                s_longestWait.TotalSeconds,
                s_firstWait.TotalSeconds * Math.Pow(2, Math.Min(failures++, 10))
            );
            // ends when the host stops, without a word
            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(wait), stop));
        }
    }

    /// <summary>Looks once; false when the place can't be reached.</summary>
    public async Task<bool> LookAsync(WatchedContainer container)
    {
        await _looking.WaitAsync(stop);
        try
        {
            await receipts.LoadAsync();
            var hadMark = await container.Source.HasMarkAsync(receipts.Mark);
            var (blobs, versions) = await container.Source.LookAsync(
                blob => Array.Exists(container.Functions, function => queue.Wants(function, blob)),
                stop
            );
            container.MarkBack();
            foreach (var blob in blobs)
            {
                foreach (var function in container.Functions.Where(function => queue.Wants(function, blob)))
                    queue.Enqueue(new(container, function, blob));
            }
            if (versions is not null && await IsTheSameAsync(container, versions, hadMark))
                await receipts.ForgetAsync(queue.Unqueued(receipts.Others(container.Name, versions)));
            return true;
        }
        catch (BlobSourceException away)
        {
            container.MarkAway(away);
            return false;
        }
        finally
        {
            _looking.Release();
        }
    }

    public void Dispose() => _looking.Dispose();

    /// <summary>Whether what was seen is surely the place whose blobs are known, and no stand-in, as the empty folder
    /// that a mount leaves: it has our mark, before and after the look, or half of what is known is there.</summary>
    private async Task<bool> IsTheSameAsync(
        WatchedContainer container,
        IReadOnlyDictionary<string, string> versions,
        bool hadMark
    )
    {
        var hasMark = await container.Source.HasMarkAsync(receipts.Mark);
        if (hasMark != hadMark)
            return false; // it came or went while it was looked at
        if (!hasMark)
        {
            var (known, here) = receipts.Compare(container.Name, versions);
            // An empty one is not marked: it may be what a mount will hide.
            if (known == 0 ? versions.Count == 0 : here * 2 < known)
            {
                if (known > 0 && !container.IsStrange)
                    logger.LogWarning(
                        "{Place} does not look like what was watched before: {Here} of {Known} known blobs are there. "
                            + "Nothing is forgotten of the others",
                        container.Source.Place,
                        here,
                        known
                    );
                container.IsStrange = known > 0;
                return false;
            }
            await container.Source.MarkAsync(receipts.Mark);
        }
        container.IsStrange = false;
        return true;
    }
}
