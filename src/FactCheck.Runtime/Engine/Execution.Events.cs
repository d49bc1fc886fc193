namespace FactCheck.Runtime;

/// <content>External events. Names ignore case; the latest waiter is served first; what nobody waits for is kept in order.</content>
internal sealed partial class Execution
{
    private readonly Dictionary<string, List<Waiter>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Message> _unclaimed = [];
    private readonly HashSet<int> _cancelledTimers = [];

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        EnsureInside();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);

        var waiting = _waiters.GetValueOrDefault(eventName);
        if (waiting is [.., { } latest] && latest.Type != typeof(T))
            throw new ArgumentException(
                $"Event '{eventName}' is already awaited as {latest.Type}; the same name can't be awaited as {typeof(T)} at the same time.", nameof(eventName));

        var buffered = _unclaimed.FindIndex(message => string.Equals(message.Name, eventName, StringComparison.OrdinalIgnoreCase));
        if (buffered >= 0)
        {
            var data = _unclaimed[buffered].Data;
            _unclaimed.RemoveAt(buffered);
            return Task.FromResult(_services.Converter.Deserialize<T>(data)!);
        }

        var source = new TaskCompletionSource<T>();
        var waiter = new Waiter(typeof(T), data => Deserialize(source, data));
        if (waiting is null)
            _waiters.Add(eventName, waiting = []);
        waiting.Add(waiter);
        if (cancellationToken.CanBeCanceled)
        {
            // Gone from the list at once: a waiter that gave up takes no event.
            cancellationToken.Register(() =>
            {
                EnsureInside();
                if (Forget(eventName, waiter))
                    source.TrySetCanceled(cancellationToken);
            });
        }
        return source.Task;
    }

    /// <summary>Timers cancelled since the last call; they need not fire.</summary>
    public IReadOnlyList<int> TakeCancelledTimers()
    {
        int[] cancelled = [.. _cancelledTimers];
        _cancelledTimers.Clear();
        return cancelled;
    }

    private void Receive(Message message)
    {
        if (_waiters.TryGetValue(message.Name!, out var waiting))
        {
            var waiter = waiting[^1];
            Forget(message.Name!, waiter);
            waiter.Deliver(message.Data);
        }
        else
        {
            _unclaimed.Add(message);
        }
    }

    private void Deserialize<T>(TaskCompletionSource<T> source, string? data)
    {
        T value;
        try
        {
            value = _services.Converter.Deserialize<T>(data)!;
        }
        catch (Exception exception)
        {
            // The waiter's own error: it asked for a type that the payload doesn't have.
            source.TrySetException(exception);
            return;
        }
        source.TrySetResult(value);
    }

    private bool Forget(string eventName, Waiter waiter)
    {
        if (!_waiters.TryGetValue(eventName, out var waiting) || !waiting.Remove(waiter))
            return false;
        if (waiting.Count == 0)
            _waiters.Remove(eventName);
        return true;
    }

    /// <summary>The names of the events that the code waits for, a line each; null when it waits for none.</summary>
    public string? Awaits => _waiters.Count switch
    {
        0 => null,
        1 => _waiters.First().Key,
        _ => string.Join('\n', _waiters.Keys),
    };

    private bool HasWaiters() => _waiters.Count > 0;

    private Message[] Unclaimed() => [.. _unclaimed];

    private sealed class Waiter(Type type, Action<string?> deliver)
    {
        public Type Type { get; } = type;

        public void Deliver(string? data) => deliver(data);
    }
}
