namespace FactCheck.Host.Durable;

/// <summary>Which instances the worker most likely still holds in memory, so that an episode needs only what is new. A
/// guess that is wrong costs a second call: the worker then asks for the history. Writer's thread.</summary>
internal sealed class Sessions(ITaskRunner runner, TimeProvider time, bool never)
{
    /// <summary>How long the worker keeps an instance that nothing comes for, in seconds.</summary>
    public const double IdleSeconds = 30;

    /// <summary>How many it is asked to keep at once; others begin anew each time, as after their idle time.</summary>
    private const int Most = 4_096;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(IdleSeconds);

    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);
    private DateTimeOffset _nextLook;

    /// <summary>Whether the worker holds this execution as it is after so many episodes. It is in use from now on, so
    /// that nobody else counts on it.</summary>
    public bool Take(string id, string executionId, int episodes) =>
        _held.Remove(id, out var held)
        && held.ExecutionId == executionId
        && held.Episodes == episodes
        && held.Generation == runner.Generation
        && time.GetUtcNow() - held.Since < Idle;

    /// <summary>Whether the worker is to keep the instance after its next episode.</summary>
    public bool HasRoom()
    {
        if (never)
            return false;
        var now = time.GetUtcNow();
        if (_held.Count >= Most && now >= _nextLook)
        {
            _nextLook = now + TimeSpan.FromSeconds(1);
            foreach (var (id, held) in _held)
            {
                if (now - held.Since >= Idle)
                    _held.Remove(id);
            }
        }
        return _held.Count < Most;
    }

    /// <summary>An episode is recorded, and the worker kept the instance.</summary>
    public void Keep(string id, string executionId, int episodes, int generation) =>
        _held[id] = new(executionId, episodes, generation, time.GetUtcNow());

    public void Forget(string id) => _held.Remove(id);

    private sealed record Held(string ExecutionId, int Episodes, int Generation, DateTimeOffset Since);
}
