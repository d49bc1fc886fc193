namespace FactCheck.Storage.Audit;

/// <summary>What the lines of the log say together: the newest of each article, whatever the order in which several
/// writers' files are read. Used by many threads.</summary>
internal sealed class AuditState
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AuditLine> _newest = new(StringComparer.Ordinal);
    private Dictionary<string, AuditLine> _waiting = new(StringComparer.Ordinal);
    private DateTimeOffset? _begun;
    private volatile bool _isReady;

    public DateTimeOffset? Begun
    {
        get
        {
            lock (_gate)
                return _begun;
        }
    }

    public bool IsReady => _isReady;

    public AuditLine? Newest(string article)
    {
        lock (_gate)
            return _newest.GetValueOrDefault(article);
    }

    public IReadOnlyList<AuditLine> All()
    {
        lock (_gate)
            return [.. _newest.Values];
    }

    /// <summary>A commit that is to be written: of each article the newest is enough.</summary>
    public void Wait(AuditLine line)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(line.Article, out var before) || before.Seq < line.Seq)
                _waiting[line.Article] = line;
            Put(line);
        }
    }

    public IReadOnlyList<AuditLine> TakeWaiting()
    {
        lock (_gate)
        {
            var waiting = _waiting;
            _waiting = new(StringComparer.Ordinal);
            return [.. waiting.Values];
        }
    }

    public void PutBack(IReadOnlyList<AuditLine> lines)
    {
        lock (_gate)
            foreach (var line in lines)
                if (!_waiting.TryGetValue(line.Article, out var newer) || newer.Seq < line.Seq)
                    _waiting[line.Article] = line;
    }

    /// <summary>Takes a line; a contradiction in words, else null.</summary>
    public string? Take(AuditLine line)
    {
        lock (_gate)
        {
            if (line.Article.Length > 0)
                return Put(line);
            if (line.Kind is AuditLineKind.Begun && !(_begun <= line.At))
                _begun = line.At;
            _isReady |= line.Kind is AuditLineKind.Ready;
            return null;
        }
    }

    public void Take(AuditSummary summary)
    {
        lock (_gate)
        {
            _begun = summary.Begun;
            _isReady = summary.IsReady;
            foreach (var line in summary.Newest)
                _newest[line.Article] = line;
        }
    }

    public AuditSummary Summary(IReadOnlyList<AuditPosition> read)
    {
        lock (_gate)
            return new(
                _begun,
                _isReady,
                read,
                [.. _newest.Values.OrderBy(line => line.Article, StringComparer.Ordinal)]
            );
    }

    private string? Put(AuditLine line)
    {
        if (!_newest.TryGetValue(line.Article, out var known))
        {
            _newest.Add(line.Article, line);
            return null;
        }

        // What was said anew holds against all before it, and nothing after it.
        var replaces = (known.IsAnew, line.IsAnew) switch
        {
            (_, true) => line.At >= known.At,
            (true, false) => line.At >= known.At && line.Seq > known.Seq,
            _ => line.Seq > known.Seq,
        };
        if (replaces)
            _newest[line.Article] = line;
        var contradicts = !line.IsAnew && line.At >= known.At && line.Seq == known.Seq && line.Hash != known.Hash;
        return contradicts ? $"It has two entries {line.Seq} of article {line.Article}." : null;
    }
}
