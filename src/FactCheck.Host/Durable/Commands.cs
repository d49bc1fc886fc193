namespace FactCheck.Host.Durable;

/// <summary>Work for the writer; may be applied again, in a fresh transaction, until one is committed.</summary>
internal abstract class Command
{
    public IdleTracker.Entry Busy { get; set; }

    public int Attempts { get; set; }

    /// <summary>Why the command as such is refused; its caller gets it, nothing is retried.</summary>
    public Exception? Refusal { get; set; }

    public abstract string What { get; }

    /// <summary>Whether someone waits for it, who would rather have an error than wait for ever.</summary>
    public virtual bool HasCaller => false;

    public override string ToString() => What;

    /// <summary>On the writer's thread, inside the transaction.</summary>
    /// <exception cref="RefusedException">It can't be done; thrown before anything was changed.</exception>
    public abstract void Apply();

    public virtual void Committed() { }

    /// <summary>It was refused, or could not be stored.</summary>
    public virtual void Failed(Exception reason) { }
}

/// <summary>A command whose caller waits for a value.</summary>
internal sealed class CallerCommand<T>(string what, Requests requests, Func<Requests, T> apply) : Command
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Done => _done.Task;

    public override string What => what;

    public override bool HasCaller => true;

    public override void Apply() => _result = apply(requests);

    public override void Committed() => _done.TrySetResult(_result);

    public override void Failed(Exception reason) => _done.TrySetException(reason);
}

/// <summary>A command of the host itself: tried until it is stored.</summary>
internal sealed class HostCommand(string what, Action apply) : Command
{
    public override string What => what;

    public override void Apply() => apply();
}

/// <summary>Why a command is refused.</summary>
internal enum Refusal
{
    Missing,

    Exists,

    /// <summary>Its state does not allow it.</summary>
    NotNow,
}

/// <summary>A command can't be done; nothing has been changed, and trying again does not help.</summary>
internal sealed class RefusedException(Refusal reason, string message) : Exception(message)
{
    public Refusal Reason { get; } = reason;
}
