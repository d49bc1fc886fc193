using FactCheck.Host.Storage;

namespace FactCheck.Host.Triggers;

/// <summary>What is known of a blob is known for each of its functions.</summary>
internal readonly record struct BlobKey(string Function, string Container, string Name)
{
    public override string ToString() => $"function '{Function}' for {Container}/{Name}";
}

/// <summary>The receipts, in memory and on disk; what is saved is on disk when the call returns.</summary>
internal sealed class BlobReceipts(IRuntimeStore store)
{
    private const int MostInACommit = 500;

    private readonly Dictionary<BlobKey, BlobReceipt> _receipts = [];
    private readonly Lock _gate = new();

    /// <summary>By this a folder is known again; each data folder has its own.</summary>
    public string Mark { get; private set; } = string.Empty;

    /// <summary>Reads what is on disk, the first time.</summary>
    public async Task LoadAsync()
    {
        if (Mark.Length > 0)
            return;
        var mark = string.Empty;
        await store.WriteAsync(
            "the mark of blob folders",
            database =>
            {
                database.Run("INSERT OR IGNORE INTO meta VALUES ('folder_mark', $1)", Guid.NewGuid().ToString("N"));
                mark = (string)database.One("SELECT value FROM meta WHERE key = 'folder_mark'")!;
            }
        );
        var all = await store.ReadAsync(TriggerRows.Receipts);
        lock (_gate)
        {
            foreach (var receipt in all)
                _receipts.TryAdd(KeyOf(receipt), receipt);
        }
        Mark = mark;
    }

    public BlobReceipt? Find(BlobKey key)
    {
        lock (_gate)
            return _receipts.GetValueOrDefault(key);
    }

    /// <summary>Whether nothing is left to do for that version: it is done, or was given up.</summary>
    public bool IsSettled(BlobKey key, FoundBlob blob) =>
        Find(key) is { State: not BlobState.ToBeTried } receipt && IsOf(receipt, blob.ETag);

    /// <summary>The receipts of blobs that are not among these.</summary>
    public IReadOnlyList<BlobKey> Others(string container, IReadOnlyDictionary<string, string> versions)
    {
        lock (_gate)
            return [.. _receipts.Keys.Where(key => IsIn(container, key.Container) && !versions.ContainsKey(key.Name))];
    }

    /// <summary>How many blobs of a container are settled, and how many of them are here in that version.</summary>
    public (int Known, int Here) Compare(string container, IReadOnlyDictionary<string, string> versions)
    {
        lock (_gate)
        {
            var known = _receipts
                .Values.Where(receipt => receipt.State != BlobState.ToBeTried && IsIn(container, receipt.Container))
                .ToArray();
            return (
                known.Length,
                known.Count(receipt => versions.TryGetValue(receipt.Name, out var etag) && IsOf(receipt, etag))
            );
        }
    }

    public async Task SaveAsync(BlobReceipt receipt)
    {
        await store.WriteAsync("a blob's receipt", database => database.Save(receipt));
        lock (_gate)
            _receipts[KeyOf(receipt)] = receipt;
    }

    /// <summary>Forgets that a blob was given up; false when no function did.</summary>
    public async Task<bool> ForgetPoisonAsync(string container, string name)
    {
        await LoadAsync();
        BlobKey[] poisoned;
        lock (_gate)
        {
            poisoned =
            [
                .. _receipts
                    .Values.Where(receipt =>
                        receipt.State == BlobState.Poison
                        && IsIn(container, receipt.Container)
                        && receipt.Name.Equals(name, StringComparison.Ordinal)
                    )
                    .Select(KeyOf),
            ];
        }
        await ForgetAsync(poisoned);
        return poisoned.Length > 0;
    }

    public async Task ForgetAsync(IEnumerable<BlobKey> keys)
    {
        foreach (var some in keys.Chunk(MostInACommit))
        {
            await store.WriteAsync(
                "receipts of blobs to be forgotten",
                database =>
                {
                    foreach (var key in some)
                        database.Forget(key.Function, key.Container, key.Name);
                }
            );
            lock (_gate)
            {
                foreach (var key in some)
                    _receipts.Remove(key);
            }
        }
    }

    private static BlobKey KeyOf(BlobReceipt receipt) => new(receipt.Function, receipt.Container, receipt.Name);

    private static bool IsIn(string container, string other) =>
        string.Equals(container, other, StringComparison.Ordinal);

    private static bool IsOf(BlobReceipt receipt, string etag) =>
        string.Equals(receipt.ETag, etag, StringComparison.Ordinal);
}
