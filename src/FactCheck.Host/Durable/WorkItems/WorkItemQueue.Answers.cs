using Google.Protobuf;
using Microsoft.DurableTask.Protobuf;
using Microsoft.Extensions.Logging;

namespace FactCheck.Host.Durable.WorkItems;

/// <content>What workers answer, by the completion token of what they were given.</content>
internal sealed partial class WorkItemQueue
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Takes the answer of an episode, or a part of it. One that was taken already changes nothing.</summary>
    /// <exception cref="RefusedException">Nobody has such a work item, or a part is missing.</exception>
    public void Complete(OrchestratorResponse answer)
    {
        lock (_gate)
        {
            if (Find(answer.CompletionToken, WorkKind.Episode, answer.InstanceId) is not { } handout)
                return;
            var isPart = Parts.IsPart(answer);
            if (answer.NumEventsProcessed is not null && handout.Parts is null)
                throw new RefusedException(
                    Refusal.NotNow,
                    "This host takes an episode as a whole: numEventsProcessed must not be set."
                );
            try
            {
                if (!isPart)
                    Finish(handout.Item, answer);
                else if ((handout.Parts ??= new()).Add(answer) is { } whole)
                    Finish(handout.Item, whole);
            }
            catch (EpisodeFailedException failed)
            {
                handout.Item.Fail(failed);
                Settle(handout.Item);
            }
        }
    }

    /// <summary>Takes the answer of an activity. One that was taken already changes nothing.</summary>
    /// <exception cref="RefusedException">Nobody has such a work item.</exception>
    public void Complete(ActivityResponse answer)
    {
        lock (_gate)
        {
            if (Find(answer.CompletionToken, WorkKind.Activity, answer.InstanceId) is { } handout)
                Finish(handout.Item, answer);
        }
    }

    /// <summary>
    /// A worker will not have an item: after a pause, which grows, or when another worker connects, it is offered
    /// again.
    /// </summary>
    /// <exception cref="RefusedException">Nobody has such a work item.</exception>
    public void Abandon(WorkKind kind, string token)
    {
        if (Find(token, kind, string.Empty) is { } handout)
            Abandon(handout);
    }

    private void Abandon(Handout handout)
    {
        var item = handout.Item;
        lock (_gate)
        {
            if (!handout.Stream.Take(handout) || item.Answer.IsCompleted)
                return;
            _byToken.Remove(handout.Token);
            logger.LogWarning(
                "{Item} comes back from the worker at {Peer}; it is offered again in {Pause}",
                item,
                handout.Stream.Peer,
                Rest(item)
            );
            Fill(handout.Stream);
        }
    }

    private void EndPause(Item item)
    {
        lock (_gate)
            Resume(item);
    }

    /// <summary>Who has a token; null when what it stood for has been answered.</summary>
    private Handout? Find(string token, WorkKind kind, string instanceId)
    {
        lock (_gate)
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
            if (_answered.Contains(token))
                return null;
            if (_isClosed)
                throw new ObjectDisposedException(nameof(WorkItemQueue), "The host stops.");
            throw new RefusedException(
                Refusal.Missing,
                "No work item has this completion token: its instance has ended, or the host was started again and gives it out anew."
            );
        }
    }

    private void Finish(Item item, IMessage answer)
    {
        item.Complete(answer);
        Settle(item);
    }

    private void Cancel(Item item)
    {
        lock (_gate)
            Settle(item);
        item.Cancel();
    }

    /// <summary>Nobody needs to work on an item any more: its tokens are spent, and its places free.</summary>
    private void Settle(Item item)
    {
        Unqueue(item);
        foreach (var handout in item.Handouts)
        {
            _byToken.Remove(handout.Token);
            _answered.Add(handout.Token);
            if (handout.Stream.Take(handout))
                Fill(handout.Stream, item.Kind);
        }
    }
}

/// <summary>The last so many of a set.</summary>
internal sealed class Recent(int most)
{
    private readonly Queue<string> _order = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public bool Contains(string one) => _known.Contains(one);

    public void Add(string one)
    {
        if (!_known.Add(one))
            return;
        _order.Enqueue(one);
        if (_order.Count > most)
            _known.Remove(_order.Dequeue());
    }
}
