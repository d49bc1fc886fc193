using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using FactCheck.Host.Worker.Rpc;
using Google.Protobuf.WellKnownTypes;

namespace FactCheck.Host.Worker;

/// <summary>What one worker was sent to run and has not answered. Any thread.</summary>
/// <param name="send">False when the worker has ended.</param>
/// <param name="condemn">The worker is to be ended, and why.</param>
internal sealed class Invocations(
    Func<StreamingMessage, bool> send,
    Action<string> condemn,
    WorkerSettings settings,
    ILogger logger
)
{
    private static readonly TimeSpan CancelAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TypedData Nothing = new();
    private static readonly RpcTraceContext NoTrace = new();

    private readonly ConcurrentDictionary<string, PendingInvocation> _pending = new(StringComparer.Ordinal);
    private long _answered;

    public int Count => _pending.Count;

    public bool AnyAnswered => Interlocked.Read(ref _answered) > 0;

    /// <summary>Sends an invocation; false when it has not been sent, since the worker is ending.</summary>
    public bool TryBegin(
        ListedFunction function,
        Invocation invocation,
        [NotNullWhen(true)] out PendingInvocation? pending
    )
    {
        pending = null;
        var timeout = settings.IsDebugged ? null : invocation.Timeout ?? settings.FunctionTimeout;
        var deadline =
            timeout is { } limit && limit.TotalMilliseconds < int.MaxValue
                ? Environment.TickCount64 + (long)limit.TotalMilliseconds
                : long.MaxValue;
        var span = FunctionSpans.Start(invocation);
        var asked = new PendingInvocation(this, invocation, span, deadline);
        if (!_pending.TryAdd(invocation.Id, asked))
            throw new InvalidOperationException($"Invocation {invocation.Id} is being run already.");
        // Ended in between: its end may or may not have seen this one.
        if (!send(Message(function, invocation, span)))
        {
            _pending.TryRemove(invocation.Id, out _);
            FunctionSpans.End(span, nameof(WorkerLostException));
            return false;
        }
        pending = asked;
        return true;
    }

    /// <summary>Tells the worker, until it answers, to end it: a cancellation may overtake what it cancels.</summary>
    public void Cancel(PendingInvocation invocation)
    {
        lock (invocation)
        {
            var now = Environment.TickCount64;
            if (invocation.CancelledAt == 0)
                invocation.CancelledAt = now;
            invocation.LastCancelAt = now;
        }
        send(
            new()
            {
                InvocationCancel = new()
                {
                    InvocationId = invocation.Invocation.Id,
                    GracePeriod = Duration.FromTimeSpan(settings.CancelGrace),
                },
            }
        );
    }

    public void Complete(InvocationResponse response)
    {
        if (!_pending.TryRemove(response.InvocationId, out var invocation))
        {
            logger.LogDebug(
                "The worker answered invocation {Invocation}, which is not running.",
                response.InvocationId
            );
            return;
        }
        Interlocked.Increment(ref _answered);
        if (invocation.TimedOut)
        {
            Fail(invocation, TooLong(invocation));
        }
        else if (response.Result is { Status: StatusResult.Types.Status.Success })
        {
            FunctionSpans.End(invocation.Span);
            invocation.TrySetResult(
                response.ReturnValue is { DataCase: not TypedData.DataOneofCase.None } value ? value : null
            );
        }
        else
        {
            var error =
                response.Result?.Exception
                ?? new RpcException
                {
                    Message = response.Result is null ? "The worker answered without a result." : "It was cancelled.",
                };
            Fail(invocation, new FunctionFailedException(invocation.Invocation.Function.Name, error));
        }
    }

    /// <summary>Cancels what has run for too long, and what did not hear of its cancellation.</summary>
    public void Sweep()
    {
        var now = Environment.TickCount64;
        foreach (var (_, invocation) in _pending)
            Look(invocation, now);
    }

    public void Fail(WorkerLostException lost)
    {
        foreach (var (key, _) in _pending)
        {
            if (_pending.TryRemove(key, out var invocation))
                Fail(invocation, invocation.TimedOut ? TooLong(invocation) : lost);
        }
    }

    private void Look(PendingInvocation invocation, long now)
    {
        if (now > invocation.Deadline && !invocation.TimedOut)
        {
            invocation.TimedOut = true;
            invocation.CancelledAt = now;
            logger.LogError(
                "{Function} runs for longer than it may and is cancelled.",
                invocation.Invocation.Function.Name
            );
            Cancel(invocation);
        }
        else if (invocation.TimedOut && now - invocation.CancelledAt > settings.CancelGrace.TotalMilliseconds)
        {
            if (_pending.TryRemove(invocation.Invocation.Id, out _))
                Fail(invocation, TooLong(invocation));
            condemn(
                $"was ended, since {invocation.Invocation.Function.Name} ran for longer than it may and could not be cancelled"
            );
        }
        else if (invocation.CancelledAt > 0 && now - invocation.LastCancelAt > CancelAgain.TotalMilliseconds)
        {
            Cancel(invocation);
        }
    }

    private static void Fail(PendingInvocation invocation, Exception exception)
    {
        FunctionSpans.End(invocation.Span, exception.GetType().Name);
        if (invocation.TrySetException(exception))
            _ = invocation.Task.Exception; // observed: who asked may have left
    }

    private static TimeoutException TooLong(PendingInvocation invocation) =>
        new($"{invocation.Invocation.Function.Name} ran for longer than it may (functionTimeout).");

    private static StreamingMessage Message(ListedFunction function, Invocation invocation, Activity? span)
    {
        var request = new InvocationRequest { InvocationId = invocation.Id, FunctionId = function.Function.Id };
        request.InputData.Add(
            new ParameterBinding { Name = function.Function.TriggerName, Data = invocation.Input ?? Nothing }
        );
        for (var i = 0; i < function.Inputs.Count; i++)
            request.InputData.Add(function.Inputs[i]);
        foreach (var (key, value) in invocation.Metadata)
            request.TriggerMetadata.Add(key, value);
        var current = span ?? Activity.Current;
        var parent =
            span?.Id ?? invocation.TraceParent ?? (current is { IdFormat: ActivityIdFormat.W3C } ? current.Id : null);
        request.TraceContext = parent is null
            ? NoTrace
            : new() { TraceParent = parent, TraceState = current?.TraceStateString ?? string.Empty };
        return new() { RequestId = invocation.Id, InvocationRequest = request };
    }
}
