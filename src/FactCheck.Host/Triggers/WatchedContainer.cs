namespace FactCheck.Host.Triggers;

/// <summary>A container, the functions that its blobs start, and whether it can be reached.</summary>
internal sealed class WatchedContainer(string name, IBlobSource source, BlobFunction[] functions, ILogger logger)
{
    private volatile string? _away;

    public string Name { get; } = name;

    public IBlobSource Source { get; } = source;

    public BlobFunction[] Functions { get; } = functions;

    /// <summary>Why it could not be reached, since the last look; null when it could.</summary>
    public string? Away => _away;

    /// <summary>Whether it was said that this is not what was watched before.</summary>
    public bool IsStrange { get; set; }

    /// <summary>It can't be reached, which is said once, until it is back.</summary>
    public void MarkAway(Exception exception)
    {
        if (_away is null)
            logger.LogWarning(
                exception is BlobSourceException ? null : exception,
                "{Place} can't be reached, and is tried again until it can: {Why}",
                Source.Place,
                exception.Message
            );
        _away = exception.Message;
    }

    public void MarkBack()
    {
        if (_away is not null)
            logger.LogInformation("{Place} can be reached again", Source.Place);
        _away = null;
    }
}
