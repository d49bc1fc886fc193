namespace FactCheck.Extraction.Quotes.Model;

/// <summary>The learned finder of attributions: a file of weights, read when the first text comes, let go of when none
/// came for a while. Many threads may ask at once; each text takes one core.</summary>
/// <param name="path">The file that the training's <c>export.py</c> writes.</param>
/// <param name="idle">How long the weights stay after the last text.</param>
public sealed class AttributionModel(string path, TimeSpan idle, TimeProvider time) : IDisposable
{
    private const string FileName = "attribution.onnx";
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(5);
    private readonly Lock _gate = new();
    private AttributionWeights? _loaded;
    private ITimer? _timer;
    private int _users;
    private long _lastUse;

    /// <summary>The model beside the program; null in a build that has none.</summary>
    public static AttributionModel? Shipped { get; } =
        Path.Combine(AppContext.BaseDirectory, FileName) is var file && File.Exists(file)
            ? new(file, Idle, TimeProvider.System)
            : null;

    /// <summary>True while the weights are in memory.</summary>
    public bool IsLoaded
    {
        get
        {
            lock (_gate)
                return _loaded is not null;
        }
    }

    /// <summary>What a statement names as its finder, such as "attribution-2".</summary>
    public string Version => Use(loaded => loaded.Version);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _loaded?.Dispose();
            (_timer, _loaded) = (null, null);
        }
    }

    /// <summary>What the model finds in a text, cue by cue, in text order.</summary>
    /// <param name="cues">Offsets of words that others took for cues: looked at too.</param>
    internal IReadOnlyList<ModelAttribution> Find(string text, IReadOnlySet<int> cues) =>
        Use(loaded => loaded.Find(text, cues));

    private T Use<T>(Func<AttributionWeights, T> work)
    {
        var loaded = Take();
        try
        {
            return work(loaded);
        }
        finally
        {
            lock (_gate)
            {
                _users--;
                _lastUse = time.GetTimestamp();
            }
        }
    }

    private AttributionWeights Take()
    {
        lock (_gate)
        {
            _loaded ??= new(path);
            _timer ??= time.CreateTimer(_ => LetGo(), null, idle, idle);
            _users++;
            return _loaded;
        }
    }

    private void LetGo()
    {
        lock (_gate)
        {
            if (_users > 0 || _timer is null || time.GetElapsedTime(_lastUse) < idle)
                return;
            _timer.Dispose();
            _loaded?.Dispose();
            (_timer, _loaded) = (null, null);
        }
    }
}
