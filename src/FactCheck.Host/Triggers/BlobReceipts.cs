namespace FactCheck.Runtime;

/// <summary>What is known of a blob is known for each of its functions.</summary>
internal readonly record struct BlobKey(string Function, string Container, string Name);

/// <summary>The receipts, in memory and on disk; what is saved is on disk when the call returns.</summary>
internal sealed class BlobReceipts
{
    private const int MostInACommit = 500;

    private readonly Engine _engine;
    private readonly Dictionary<BlobKey, BlobReceipt> _receipts = [];
    private readonly Lock _gate = new();

    public BlobReceipts(Engine engine)
    {
        _engine = engine;
        foreach (var receipt in engine.Database.Receipts())
            _receipts[KeyOf(receipt)] = receipt;
    }

    public BlobReceipt? Find(BlobKey key)
    {
        lock (_gate)
            return _receipts.GetValueOrDefault(key);
    }

    /// <summary>Whether nothing is left to do for that version: it is done, or was given up.</summary>
    public bool IsSettled(BlobKey key, FoundBlob blob) =>
        Find(key) is { State: not BlobState.ToBeTried } receipt && string.Equals(receipt.ETag, blob.ETag, StringComparison.Ordinal);

    /// <summary>The receipts of blobs that are not among these.</summary>
    public IReadOnlyList<BlobKey> Others(string container, IReadOnlySet<string> names)
    {
        lock (_gate)
            return [.. _receipts.Keys.Where(key => string.Equals(key.Container, container, StringComparison.Ordinal) && !names.Contains(key.Name))];
    }

    public async Task SaveAsync(BlobReceipt receipt)
    {
        await _engine.CallAsync($"receipt of {receipt.Container}/{receipt.Name}", engine =>
        {
            engine.Database.Save(receipt);
            return true;
        });
        lock (_gate)
            _receipts[KeyOf(receipt)] = receipt;
    }

    /// <summary>Forgets that a blob was given up; false when no function did.</summary>
    public async Task<bool> ForgetPoisonAsync(string container, string name)
    {
        BlobKey[] poisoned;
        lock (_gate)
        {
            poisoned = [.. _receipts.Values
                .Where(receipt => receipt.State == BlobState.Poison && receipt.Container.Equals(container, StringComparison.Ordinal) && receipt.Name.Equals(name, StringComparison.Ordinal))
                .Select(KeyOf)];
        }
        await ForgetAsync(poisoned);
        return poisoned.Length > 0;
    }

    public async Task ForgetAsync(IEnumerable<BlobKey> keys)
    {
        foreach (var some in keys.Chunk(MostInACommit))
        {
            await _engine.CallAsync($"receipts of {some.Length} blobs to be forgotten", engine =>
            {
                foreach (var key in some)
                    engine.Database.Forget(key.Function, key.Container, key.Name);
                return true;
            });
            lock (_gate)
            {
                foreach (var key in some)
                    _receipts.Remove(key);
            }
        }
    }

    private static BlobKey KeyOf(BlobReceipt receipt) => new(receipt.Function, receipt.Container, receipt.Name);
}
