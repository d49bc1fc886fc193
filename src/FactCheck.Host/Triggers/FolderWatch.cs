namespace FactCheck.Host.Triggers;

/// <summary>Says when something changes in a folder. The system's word may get lost, or not be had at all.</summary>
internal sealed class FolderWatch(string folder, ILogger logger) : IDisposable
{
    private readonly WakeUp _changed = new();
    private FileSystemWatcher? _watcher;
    private bool _isWanted;
    private volatile bool _isLost;

    /// <summary>Whether the system says when something changes.</summary>
    public bool IsOn => _watcher is not null;

    public void Begin()
    {
        _isWanted = true;
        _isLost = false;
        _watcher?.Dispose();
        _watcher = null;
        try
        {
            _watcher = new FileSystemWatcher(folder)
            {
                IncludeSubdirectories = true,
                NotifyFilter =
                    NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            _watcher.Created += (_, _) => Wake();
            _watcher.Changed += (_, _) => Wake();
            _watcher.Renamed += (_, _) => Wake();
            _watcher.Error += (_, _) =>
            {
                Lose(); // it missed something, or the folder is gone
                Wake();
            };
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or UnauthorizedAccessException
                        or PlatformNotSupportedException
                        or ArgumentException
            )
        {
            _watcher?.Dispose();
            _watcher = null;
            _isLost = false;
            logger.LogWarning(exception, "{Folder} can't be watched; it is looked at again and again", folder);
        }
    }

    /// <summary>What is watched is not what is there now: the next look begins anew.</summary>
    public void Lose() => _isLost = true;

    public void Renew()
    {
        if (!_isWanted || !_isLost)
            return;
        Begin();
        Wake(); // what came before it began
    }

    /// <summary>Waits; whether something has changed.</summary>
    public Task<bool> WaitAsync(TimeSpan most, CancellationToken cancellation) =>
        _changed.WaitAsync(most, cancellation);

    public void Wake() => _changed.Wake();

    public void Dispose()
    {
        _watcher?.Dispose();
        _changed.Dispose();
    }
}
