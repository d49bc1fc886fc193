namespace FactCheck.Domain;

/// <summary>Which desk of a newsroom an article is of, where the newsroom parts its reviewers by desk
/// (<see cref="DeskPolicy.Parted"/>).</summary>
public static class Desks
{
    /// <summary>The desk of what lies beside a file and names none that can be: no name, so that nobody is on it.</summary>
    public const string Unreadable = "?";

    /// <summary>The case as a version arrives. What lies beside it says of the desk once: an editor's word stands until a
    /// version says something else.</summary>
    /// <param name="head">Before the version: of run 0 where it is the first.</param>
    /// <param name="said">What lies beside the version; null where nothing is said.</param>
    /// <param name="senders">The only desk of who sent it; null where there is none.</param>
    public static CaseHead Arrive(CaseHead head, string? said, string? senders)
    {
        // A slip beside a later version must neither open an article nor hide it from those who work on it.
        if (said is null || said == head.SaidDesk || (said == Unreadable && head.Meta.Desk is not null))
            return head.Run == 0 && senders is not null ? Move(head, senders) : head;
        return Move(head, said) with { SaidDesk = said };
    }

    /// <summary>The case on another desk; on none it is everybody's.</summary>
    public static CaseHead Move(CaseHead head, string? desk) => head with { Meta = head.Meta with { Desk = desk } };

    /// <summary>The task without whom may not work on it any more; itself where nothing is taken from anybody.</summary>
    /// <param name="mayReview">Whether somebody may.</param>
    public static ReviewTask Without(ReviewTask task, Func<Who, bool> mayReview)
    {
        if (task.Assignee is { } assignee && !mayReview(assignee))
            task = task with { Assignee = null };
        return task.Lease is { } lease && !mayReview(lease.Holder)
            ? task with
            {
                Lease = null,
                State = task.State == TaskState.InProgress ? TaskState.Open : task.State,
            }
            : task;
    }
}
