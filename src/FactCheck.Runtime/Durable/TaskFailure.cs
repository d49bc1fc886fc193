using System.Diagnostics.CodeAnalysis;

namespace FactCheck.Runtime;

/// <summary>What is kept of an exception.</summary>
/// <param name="ErrorType">The full name of the exception's type.</param>
/// <param name="ErrorMessage">Its message.</param>
/// <param name="StackTrace">Where it was thrown.</param>
/// <param name="InnerFailure">What caused it.</param>
/// <param name="Properties">Extras; JSON values.</param>
public record TaskFailureDetails(
    string ErrorType, string ErrorMessage, string? StackTrace, TaskFailureDetails? InnerFailure, IDictionary<string, object?>? Properties)
{
    /// <summary>What is kept of <paramref name="exception"/>. A <see cref="TaskFailedException"/> keeps the failure of its task as the inner one.</summary>
    public static TaskFailureDetails FromException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var inner = exception is TaskFailedException failed ? failed.FailureDetails
            : exception.InnerException is { } cause ? FromException(cause)
            : null;
        return new(exception.GetType().FullName ?? exception.GetType().Name, exception.Message, exception.StackTrace, inner, Properties: null);
    }

    /// <summary>Whether the failure was an exception of this type, or of one derived from it.</summary>
    public bool IsCausedBy<T>()
        where T : Exception => IsCausedBy(typeof(T));

    /// <summary>Whether the failure was an exception of this type, or of one derived from it.</summary>
    /// <exception cref="ArgumentException">The type is no exception.</exception>
    public bool IsCausedBy(Type targetBaseExceptionType)
    {
        ArgumentNullException.ThrowIfNull(targetBaseExceptionType);
        if (!typeof(Exception).IsAssignableFrom(targetBaseExceptionType))
            throw new ArgumentException($"{targetBaseExceptionType} is not an exception.", nameof(targetBaseExceptionType));
        return targetBaseExceptionType == typeof(Exception)
            || string.Equals(ErrorType, targetBaseExceptionType.FullName, StringComparison.Ordinal)
            || ExceptionTypes.Find(ErrorType) is { } actual && targetBaseExceptionType.IsAssignableFrom(actual);
    }

    /// <summary>Type and message.</summary>
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";
}

/// <summary>An activity or a sub-orchestration failed, after all its retries.</summary>
[SuppressMessage("Roslynator", "RCS1194", Justification = "Same.")]
[SuppressMessage("Design", "CA1032", Justification = "A failure without its task and details would say nothing.")]
public sealed class TaskFailedException : Exception
{
    /// <summary>From the details that were kept.</summary>
    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : base(Describe(taskName, taskId, failureDetails.ErrorMessage)) => (TaskName, TaskId, FailureDetails) = (taskName, taskId, failureDetails);

    /// <summary>From an exception.</summary>
    public TaskFailedException(string taskName, int taskId, Exception innerException)
        : base(Describe(taskName, taskId, innerException.Message), innerException) =>
        (TaskName, TaskId, FailureDetails) = (taskName, taskId, TaskFailureDetails.FromException(innerException));

    /// <summary>The activity or orchestrator.</summary>
    public string TaskName { get; }

    /// <summary>Its sequence id within the orchestration.</summary>
    public int TaskId { get; }

    /// <summary>What went wrong.</summary>
    public TaskFailureDetails FailureDetails { get; }

    private static string Describe(string name, int id, string message) =>
        $"Task '{name}' (#{id}) failed with an unhandled exception: {message}";
}
