using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>Who waits for instances to reach a state, and is told once that is on disk.</summary>
internal sealed class Watchers
{
    private readonly Dictionary<string, List<Watcher>> _byId = new(StringComparer.Ordinal);
    private readonly List<(string Id, InstanceStatus Status)> _changed = []; // in this batch

    /// <summary>Calls back, on any thread, when the instance has reached a state. Any thread.</summary>
    public IDisposable Watch(string id, Action<InstanceStatus> changed)
    {
        var watcher = new Watcher(this, id, changed);
        lock (_byId)
        {
            if (!_byId.TryGetValue(id, out var list))
                _byId.Add(id, list = []);
            list.Add(watcher);
        }
        return watcher;
    }

    /// <summary>The instance has reached a state. Writer's thread, as all below.</summary>
    public void Changed(Instance instance) => _changed.Add((instance.Id, instance.Status));

    /// <summary>After the commit; only now are watchers looked up: who came meanwhile has read the old state.</summary>
    public void Tell()
    {
        foreach (var (id, status) in _changed)
        {
            Watcher[] watchers;
            lock (_byId)
            {
                if (!_byId.TryGetValue(id, out var list))
                    continue;
                watchers = [.. list];
            }
            foreach (var watcher in watchers)
                watcher.Changed(status);
        }
        Forget();
    }

    public void Forget() => _changed.Clear();

    private sealed class Watcher(Watchers all, string id, Action<InstanceStatus> changed) : IDisposable
    {
        public void Changed(InstanceStatus status) => changed(status);

        public void Dispose()
        {
            lock (all._byId)
            {
                if (all._byId.TryGetValue(id, out var list) && list.Remove(this) && list.Count == 0)
                    all._byId.Remove(id);
            }
        }
    }
}
