namespace FactCheck.Cli.Terminal;

/// <summary>What the process tells the shell. Scripts lean on these: a meaning never changes.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int Refused = 4;
    public const int Conflict = 5;
    public const int EndedBadly = 6;
    public const int Unreachable = 7;
    public const int Damaged = 8;
    public const int Interrupted = 130;

    /// <summary>Each with its meaning, as <c>factcheck --help</c> lists them.</summary>
    public static readonly IReadOnlyList<(int Code, string Meaning)> All =
    [
        (Done, "done"),
        (Failed, "failed: what is written on standard error says why"),
        (Usage, "what was given is wrong or incomplete (also the host's 400, 413, 415, 422, 428)"),
        (NotFound, "there is no such article, task, token, file or folder"),
        (Refused, "not signed in, or the role does not allow it (401, 403)"),
        (Conflict, "somebody else was quicker, or the time is not right (409, 412)"),
        (EndedBadly, "what was waited for ended as Rejected or Failed; an audit trail does not hold"),
        (Unreachable, "the host does not answer, or not in time (also 429, 503 after several tries)"),
        (Damaged, "the data folder, or a copy of one, is damaged or not what its audit log says"),
        (Interrupted, "interrupted"),
    ];
}
