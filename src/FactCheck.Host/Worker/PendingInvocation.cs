using System.Diagnostics;
using FactCheck.Host.Worker.Rpc;

namespace FactCheck.Host.Worker;

/// <summary>An invocation that a worker has been sent, until it answers, is given up or dies.</summary>
internal sealed class PendingInvocation(Invocations all, Invocation invocation, Activity? span, long deadline)
    : TaskCompletionSource<TypedData?>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Invocation Invocation => invocation;

    /// <summary>When it has run for too long, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long Deadline => deadline;

    public Activity? Span => span;

    /// <summary>When it was first told to end; 0 while it was not.</summary>
    public long CancelledAt { get; set; }

    public long LastCancelAt { get; set; }

    public bool TimedOut { get; set; }

    /// <summary>The worker is told that nobody waits for it any more; who awaits it sees it cancelled.</summary>
    public void Abandon()
    {
        if (TrySetCanceled())
            all.Cancel(this);
    }
}
