namespace FactCheck.Domain;

/// <summary>Which desk of a newsroom an article is of, where the newsroom parts its reviewers by desk
/// (<see cref="DeskPolicy.Parted"/>).</summary>
public static class Desks
{
    /// <summary>The desk of what lies beside a file and names none that can be: no name, so that nobody is on it.</summary>
    public const string Unreadable = "?";

    /// <summary>True for one desk, however its name is written: look-alikes are the same, as on the list of people. None is
    /// the same as none alone.</summary>
    public static bool AreSame(string? one, string? other) =>
        one == other || (one is not null && other is not null && LookAlikes.Are(one, other));

    /// <summary>The case as a version arrives. The first one says of the desk; from then on an editor does, so that nobody
    /// takes an article by handing it in again, and no slip beside it hides it. What could not be read is said anew.</summary>
    /// <param name="head">Before the version: of run 0 where it is the first.</param>
    /// <param name="said">What lies beside the version; null where nothing is said.</param>
    /// <param name="senders">The only desk of who sent it; null where there is none.</param>
    public static CaseHead Arrive(CaseHead head, string? said, string? senders) =>
        head.Run == 0 || head.Meta.Desk == Unreadable ? Move(head, said ?? senders) with { SaidDesk = said } : head;

    /// <summary>True for what lies beside a later version and names another desk than the article is of. Whatever sends
    /// each version with the desk that it named at first says nothing new.</summary>
    public static bool IsPassedOver(CaseHead head, string? said) =>
        said is not null && !AreSame(said, head.Meta.Desk) && !AreSame(said, head.SaidDesk);

    /// <summary>The case on another desk; on none it is everybody's.</summary>
    public static CaseHead Move(CaseHead head, string? desk) => head with { Meta = head.Meta with { Desk = desk } };

    /// <summary>Whose a task is and who works on it, of those who may; of one that nobody works on any more the state is
    /// open.</summary>
    /// <param name="mayReview">Whether somebody may.</param>
    public static (Who? Assignee, Lease? Lease, TaskState State) Held(
        Who? assignee,
        Lease? lease,
        TaskState state,
        Func<Who, bool> mayReview
    )
    {
        var kept = lease is not null && mayReview(lease.Holder) ? lease : null;
        return (
            assignee is not null && mayReview(assignee) ? assignee : null,
            kept,
            kept is null && lease is not null && state == TaskState.InProgress ? TaskState.Open : state
        );
    }

    /// <summary>The task without whom may not work on it any more; itself where nothing is taken from anybody.</summary>
    public static ReviewTask Held(ReviewTask task, Func<Who, bool> mayReview)
    {
        if (task.IsClosed)
            return task;
        var (assignee, lease, state) = Held(task.Assignee, task.Lease, task.State, mayReview);
        return task with { Assignee = assignee, Lease = lease, State = state };
    }
}
