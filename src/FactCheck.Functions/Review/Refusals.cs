using FactCheck.Domain;
using FactCheck.Functions.Http;

namespace FactCheck.Functions.Review;

/// <summary>Why something can't be done to a task, as HTTP says it.</summary>
internal static class Refusals
{
    public static IResult Of(TaskOutcome.Refused refused, ReviewTask task, DateTimeOffset now) =>
        refused.Kind == RefusalKind.Invalid
            ? Answers.Incomplete(refused.Message, refused.Problems)
            : Answers.Conflict(refused.Message, task.LeaseAt(now));

    public static IResult Stale() =>
        Answers.Problem(
            StatusCodes.Status412PreconditionFailed,
            "The task was changed since you read it. Read it again, then decide."
        );
}
