using System.Security.Cryptography;

namespace FactCheck.Host.Durable.WorkItems;

/// <summary>An item in the hands of a worker.</summary>
/// <param name="token">Which only that worker knows.</param>
/// <param name="since">When it was given, by the clock's timestamps.</param>
internal sealed class Handout(string token, Item item, WorkerStream stream, long since)
{
    public string Token => token;

    public Item Item => item;

    public WorkerStream Stream => stream;

    public long Since => since;

    /// <summary>An answer that comes in parts, as far as it has come.</summary>
    public Parts? Parts { get; set; }
}

/// <summary>Who was given what, by completion tokens. Guarded by the queue.</summary>
internal sealed class Handouts
{
    // of an item: the first and the latest; the late answer of one in between is not known any more
    private const int MostOfOne = 8;
    private const int MostAnswered = 4_096;

    private readonly Dictionary<string, Handout> _byToken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private readonly Queue<string> _answeredInOrder = new();

    public Handout Add(Item item, WorkerStream stream, long now)
    {
        var handout = new Handout(Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), item, stream, now);
        item.Handouts.Add(handout);
        _byToken.Add(handout.Token, handout);
        if (item.Handouts.Count > MostOfOne)
        {
            _byToken.Remove(item.Handouts[1].Token);
            item.Handouts.RemoveAt(1);
        }
        return handout;
    }

    /// <summary>Who has a token; null when what it stood for has been answered.</summary>
    /// <exception cref="RefusedException">Nobody has it.</exception>
    public Handout? Find(string token, WorkKind kind, string instanceId)
    {
        if (_byToken.TryGetValue(token, out var handout) && handout.Item.Kind == kind)
        {
            return instanceId.Length == 0 || instanceId == handout.Item.InstanceId
                ? handout
                : throw new RefusedException(
                    Refusal.NotNow,
                    $"The completion token is not one of instance '{instanceId}'."
                );
        }
        return _answered.Contains(token)
            ? null
            : throw new RefusedException(
                Refusal.Missing,
                "No work item has this completion token: its instance has ended, or the host was started again and gives it out anew."
            );
    }

    public void Remove(Handout handout) => _byToken.Remove(handout.Token);

    /// <summary>Nobody needs to answer an item any more: who does so late is told nothing worse.</summary>
    public void Spend(Item item)
    {
        foreach (var handout in item.Handouts)
        {
            _byToken.Remove(handout.Token);
            if (!_answered.Add(handout.Token))
                continue;
            _answeredInOrder.Enqueue(handout.Token);
            if (_answeredInOrder.Count > MostAnswered)
                _answered.Remove(_answeredInOrder.Dequeue());
        }
    }
}
