using System.Text.RegularExpressions;

namespace FactCheck.Tests.Host.Durable;

/// <summary>What became of an instance, as far as each host must come to the same.</summary>
/// <param name="Output">As JSON: what it returned, or why it was terminated; of a failed one the failure's
/// message.</param>
/// <param name="Failure">Type and message of what it failed with, and of what that came from.</param>
internal sealed partial record Outcome(string Status, string? Output, string? CustomStatus, string? Failure)
{
    public static Outcome Of(OrchestrationMetadata ended) =>
        new(
            ended.RuntimeStatus.ToString(),
            WithoutNumbers(ended.SerializedOutput),
            ended.SerializedCustomStatus,
            Describe(ended.FailureDetails)
        );

    /// <summary>A failure in one line; without the numbers of tasks, which begin anew with ContinueAsNew.</summary>
    public static string? Describe(TaskFailureDetails? failure)
    {
        if (failure is null)
            return null;
        var line = $"{failure.ErrorType}: {WithoutNumbers(failure.ErrorMessage)}";
        return failure.InnerFailure is { } inner ? $"{line} < {Describe(inner)}" : line;
    }

    private static string? WithoutNumbers(string? text) => text is null ? null : TaskNumber().Replace(text, "(#)");

    [GeneratedRegex(@"\(#[0-9]+\)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TaskNumber();
}
