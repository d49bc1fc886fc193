namespace FactCheck.Domain;

/// <summary>What a person may do. Editor includes reviewer, reviewer includes submitter; operator stands
/// alone.</summary>
public enum Role
{
    /// <summary>Anybody, signed in or not.</summary>
    Public,

    /// <summary>Uploads articles and sees how far they are.</summary>
    Submitter,

    /// <summary>Decides tasks.</summary>
    Reviewer,

    /// <summary>Publishes, corrects, re-verifies, reads the audit trail.</summary>
    Editor,

    /// <summary>Runs the host; no call about a case takes this role.</summary>
    Operator,

    /// <summary>Only the host itself: triggers, orchestrations, activities.</summary>
    Host,
}

/// <summary>Who calls.</summary>
/// <param name="Who">As the desk knows them; on every decision and audit entry.</param>
public sealed record Person(Who Who, Role Role, DateTimeOffset ExpiresAt)
{
    /// <summary>Who hands in what comes by the watched folder, or straight into the container.</summary>
    public const string Folder = "folder";

    /// <summary>Who acts from the command line, on the data folder.</summary>
    public const string CommandLine = "command line";

    /// <summary>What a name may be, in words.</summary>
    public const string NameRule = "1 to 64 letters, digits, single spaces and . - _ @";

    /// <summary>A name that can stand on decisions, in row keys and in pages: <see cref="NameRule"/>.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= 64 }
        && name.Trim() == name
        && !name.Contains("  ", StringComparison.Ordinal)
        && ArticleNames.DisguiseIn(name) is null
        && name.All(c => char.IsLetterOrDigit(c) || c is ' ' or '.' or '-' or '_' or '@')
        && !Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>What stands for somebody on the trail and is nobody's name.</summary>
    public static IReadOnlyList<string> Reserved { get; } = [AuditNote.Host, Folder, CommandLine];

    /// <summary>For show.</summary>
    public string Name => Who.Name;

    /// <summary>True for who came with a token that only reads.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The id of the desk's own token that they came with; null for one of an issuer.</summary>
    public string? TokenId { get; init; }

    /// <summary>The desks that they are on. Where desks are parted, whoever is on none works on what belongs to none.</summary>
    public IReadOnlyList<string> Desks { get; init; } = [];

    /// <summary>True where reviewers and editors read by desk (<see cref="DeskPolicy.Parted"/>): whoever makes a person and
    /// does not say otherwise makes one who reads less.</summary>
    public bool IsParted { get; init; } = true;

    /// <summary>The desk that what they hand in is for where nothing else says; null where that is none.</summary>
    public string? OnlyDesk => IsParted && Desks is [var only] ? only : null;

    /// <summary>True for a desk whose articles they may work on; for no desk, which is everybody's, too.</summary>
    public bool IsOn(string? desk) =>
        !IsParted || desk is null || Desks.Any(theirs => Domain.Desks.AreSame(theirs, desk));

    /// <summary>The rule of who works on an article that is not public, and on whatever belongs to it: reviewers and
    /// editors, where desks are parted those of its desk.</summary>
    public bool MayReview(CaseHead head) => May(Role.Reviewer) && IsOn(head.Meta.Desk);

    /// <summary>The rule of who reads one: who works on it, and who handed it in, as long as nobody else's version is the
    /// newest. For everybody else it is not there.</summary>
    public bool MayRead(CaseHead head) =>
        MayReview(head) || (May(Role.Submitter) && Who.Is(head.HandedInBy) && Who.Is(head.SentBy));

    /// <summary>The case as the person may see it: while their own version is not read, a submitter sees nothing that
    /// an earlier one, maybe another's, left in it.</summary>
    public CaseHead See(CaseHead head) =>
        SeesAll(head)
            ? head
            : head with
            {
                Meta = new(Purpose: head.Meta.Purpose),
                Statements = 0,
                LeftOut = 0,
                LittleRead = null,
            };

    /// <summary>True where the text and what was found in it may be shown, too.</summary>
    public bool SeesAll(CaseHead head) => MayReview(head) || head.IsRead();

    /// <summary>True for a statement that the person may see of a case that they read: a submitter those of the newest
    /// text.</summary>
    public bool Sees(Statement statement, CaseHead head) =>
        MayReview(head) || (head.IsRead() && statement.LastRun == head.Run);

    /// <summary>True for a method of HTTP that they may use: a token that only reads changes nothing.</summary>
    public bool MayCall(string method) => !IsReadOnly || method is "GET" or "HEAD";

    /// <summary>True when the role includes <paramref name="least"/>.</summary>
    public bool May(Role least) =>
        least switch
        {
            Role.Public => true,
            Role.Submitter or Role.Reviewer or Role.Editor => Role is Role.Submitter or Role.Reviewer or Role.Editor
                && Role >= least,
            Role.Operator => Role == Role.Operator,
            _ => false,
        };
}

/// <summary>Roles by name.</summary>
public static class Roles
{
    private static readonly Role[] OfPeople = [Role.Submitter, Role.Reviewer, Role.Editor, Role.Operator];

    /// <summary>The highest role among some names (numbers are none), or null. Operator counts only alone.</summary>
    public static Role? Highest(IEnumerable<string> names)
    {
        var roles = OfPeople.Where(role => names.Contains(role.ToString(), StringComparer.OrdinalIgnoreCase)).ToList();
        return roles.Where(r => r != Role.Operator).Cast<Role?>().Max() ?? (roles.Count > 0 ? Role.Operator : null);
    }

    /// <summary>What is left of a role where no more than <paramref name="most"/> is allowed; null where one is the
    /// operator's and the other is not.</summary>
    public static Role? Within(Role role, Role most) =>
        role == most ? role
        : role == Role.Operator || most == Role.Operator ? null
        : role < most ? role
        : most;
}
