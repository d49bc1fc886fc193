namespace FactCheck.Domain;

/// <summary>How many people a desk may have, and how long their invitations hold. Each is a named setting.</summary>
public sealed record PeopleLimits
{
    /// <summary>People who are let in. Operators don't count: a list that is full must not keep them out.</summary>
    public int Max { get; init; } = 1_000;

    /// <summary>Links that were made and not used yet.</summary>
    public int MaxInvitations { get; init; } = 100;

    /// <summary>Desks that one person is on.</summary>
    public int MaxDesks { get; init; } = 20;

    /// <summary>How long a link holds that an operator makes on the page or over HTTP.</summary>
    public TimeSpan InvitationLength { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>Somebody on the list of people.</summary>
public sealed record Member
{
    /// <summary>Made once, never changed, never given to another.</summary>
    public required string Id { get; init; }

    /// <summary>For show: no two of a desk look alike.</summary>
    public required string Name { get; init; }

    /// <summary>Every other name they had here: it stays theirs.</summary>
    public IReadOnlyList<string> FormerNames { get; init; } = [];

    /// <summary>The name by which former releases knew them (<see cref="Who.Formerly"/>); null for who comes by an
    /// issuer: to be called like somebody proves nothing.</summary>
    public string? Formerly { get; init; }

    /// <summary>What they may do; for who comes by an issuer, what their token said last, told elsewhere.</summary>
    public required Role Role { get; init; }

    /// <summary>The desks that they are on (<see cref="DeskPolicy.Parted"/>); in the order that they were given.</summary>
    public IReadOnlyList<string> Desks { get; init; } = [];

    /// <summary>Who vouches for them; null for people whom this desk knows itself.</summary>
    public string? Issuer { get; init; }

    /// <summary>Who they are to the issuer; null for people whom this desk knows itself.</summary>
    public string? Subject { get; init; }

    /// <summary>Whom they looked like when they came, so that something had to be added to their name.</summary>
    public string? LikeName { get; init; }

    /// <summary>Who let them in; the host for who came by an issuer, or with a token of a former release.</summary>
    public required Who InvitedBy { get; init; }

    /// <summary>When they were put on the list.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When their access was ended; null while they are let in.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When they were let in again: whatever was made for them before counts no more. Null for who was never
    /// ended.</summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>As somebody who calls with a role, where desks are parted.</summary>
    public Person As(Role role) => new(ToWho(), role, default) { Desks = Desks };

    /// <summary>As the rows keep them.</summary>
    public Who ToWho() => new(Id, Name) { Formerly = Formerly };
}

/// <summary>When somebody was last here, and with which role.</summary>
public sealed record Seen(DateTimeOffset At, Role Role);

/// <summary>A token that was issued, without the token.</summary>
/// <param name="Name">Its holder's when it was issued.</param>
/// <param name="Role">The most that it allows; no more than its holder may.</param>
/// <param name="PersonId">Its holder; null for one of a former release, which knows the name alone.</param>
public sealed record TokenRecord(
    string Id,
    string Name,
    Role Role,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt = null,
    string? PersonId = null
)
{
    /// <summary>True for a session of the page, which a cookie holds.</summary>
    public bool IsSession { get; init; }

    /// <summary>True for one that reads and changes nothing.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>True for a token of that person that is good.</summary>
    public bool IsHeldBy(Member member, DateTimeOffset now) =>
        RevokedAt is null && ExpiresAt > now && IsOf(member) && !(IssuedAt < member.ValidFrom);

    /// <summary>True for a token of that person.</summary>
    public bool IsOf(Member member) => PersonId is null ? Name == member.Formerly : PersonId == member.Id;
}

/// <summary>What becomes of somebody on the list; null leaves it.</summary>
/// <param name="Readmit">True lets somebody in again whose access was ended.</param>
/// <param name="Desks">All of them from now on; none takes them off every desk.</param>
public sealed record PersonChanges(
    string? Name = null,
    Role? Role = null,
    bool Readmit = false,
    IReadOnlyList<string>? Desks = null
);

/// <summary>Why the list was not changed.</summary>
public enum RosterRefusal
{
    /// <summary>The name is none, looks like another's, or the role is none of theirs.</summary>
    Invalid,

    /// <summary>There is no such person.</summary>
    Unknown,

    /// <summary>The desk has as many as it may.</summary>
    Full,

    /// <summary>Their access was ended.</summary>
    Ended,

    /// <summary>They come by an issuer, which alone lets them in.</summary>
    OfIssuer,

    /// <summary>The desk would be left without whoever runs it.</summary>
    Operator,
}

/// <summary>What comes of a change of the list.</summary>
public abstract record RosterOutcome
{
    /// <summary>The person as they are from now on; no verb where nothing is changed.</summary>
    public sealed record Taken(Member Member, AuditVerb? Verb, bool IsNew = false) : RosterOutcome;

    /// <summary>Nothing is changed.</summary>
    /// <param name="Field">What is wrong; null where that is no field.</param>
    public sealed record Refused(RosterRefusal Kind, string Message, string? Field = null) : RosterOutcome;
}

/// <summary>Everybody who is or was on a desk, and what may become of the list. Pure.</summary>
public sealed record Roster(IReadOnlyList<Member> Members)
{
    /// <summary>Why a token or a link of somebody is refused; in ASCII without quotes.</summary>
    public const string EndedReason = "Your access to this desk was ended; ask whoever runs it.";

    /// <summary>Somebody by id, or by the name that they have now; null where there is none.</summary>
    public Member? Find(string idOrName) =>
        Members.FirstOrDefault(m => m.Id == idOrName) ?? Members.FirstOrDefault(m => m.Name == idOrName);

    /// <summary>A desk that somebody is on who is let in and reviews, as it is written on the list; null where nobody does
    /// on one that is called so, or looks so: nobody would see its articles.</summary>
    public string? FindDesk(string written) =>
        Members
            .Where(m => m.EndedAt is null && Roles.Within(Role.Reviewer, m.Role) == Role.Reviewer)
            .SelectMany(m => m.Desks)
            .FirstOrDefault(desk => Desks.AreSame(desk, written));

    /// <summary>True for somebody who is let in and may work on a case, where desks are parted.</summary>
    public bool MayReview(Who who, CaseHead head) =>
        Members.FirstOrDefault(m => m.ToWho().Is(who)) is { EndedAt: null } member
        && member.As(Role.Reviewer).MayReview(head);

    /// <summary>The list with what issuers said last of those who come by them.</summary>
    public Roster With(IReadOnlyDictionary<string, Seen> seen) =>
        new([
            .. Members.Select(m =>
                m.Issuer is not null && seen.TryGetValue(m.Id, out var last) ? m with { Role = last.Role } : m
            ),
        ]);

    /// <summary>Lets somebody in whom this desk is to know itself.</summary>
    /// <param name="newId">Of nobody so far.</param>
    /// <param name="desks">The desks that they are on.</param>
    public RosterOutcome Invite(
        string name,
        Role role,
        Who by,
        string newId,
        DateTimeOffset now,
        PeopleLimits limits,
        IReadOnlyList<string>? desks = null
    )
    {
        if (ProblemWith(name, itself: null) is { } problem)
            return problem;
        if ((RoleProblem(role) ?? DesksProblem(desks, limits)) is { } wrong)
            return wrong;
        return FullProblem(role, limits)
            ?? (RosterOutcome)
                new RosterOutcome.Taken(
                    new()
                    {
                        Id = newId,
                        Name = name,
                        Formerly = FormerlyOf(name),
                        Role = role,
                        Desks = [.. (desks ?? []).Distinct(StringComparer.Ordinal)],
                        InvitedBy = by,
                        Since = now,
                    },
                    AuditVerb.Invited,
                    IsNew: true
                );
    }

    /// <summary>Somebody who is let in under a name and a role, as the command line does it: whoever is on the list under
    /// that name has the role at least from then on, and somebody new is put on it.</summary>
    /// <param name="given">What is made for them: a link or a token.</param>
    public RosterOutcome Admit(
        string name,
        Role role,
        AuditVerb given,
        Who by,
        string newId,
        DateTimeOffset now,
        PeopleLimits limits
    )
    {
        if (Find(name) is not { } known)
            return Invite(name, role, by, newId, now, limits);
        if (Give(known.Id, given) is RosterOutcome.Refused refused)
            return refused;
        if (Roles.Within(role, known.Role) is null)
            return new RosterOutcome.Refused(
                RosterRefusal.Invalid,
                $"{known.Name} is {known.Role}, and an operator is nothing else besides: take another name for the {role}."
            );
        return role <= known.Role
            ? new RosterOutcome.Taken(known, given)
            : new RosterOutcome.Taken(known with { Role = role }, AuditVerb.ChangedPerson);
    }

    /// <summary>Whether somebody on the list may be made a link or a token; that they were is on the trail.</summary>
    public RosterOutcome Give(string id, AuditVerb what) =>
        Members.FirstOrDefault(m => m.Id == id) switch
        {
            null => NobodyThere,
            { EndedAt: not null } ended => new RosterOutcome.Refused(
                RosterRefusal.Ended,
                $"The access of {ended.Name} was ended. To let them in again: factcheck people change {ended.Id} --readmit"
            ),
            { Issuer: not null } theirs => new RosterOutcome.Refused(
                RosterRefusal.OfIssuer,
                $"{theirs.Name} signs in at their issuer, {theirs.Issuer}: this desk makes them no link and no token."
            ),
            var member => new RosterOutcome.Taken(member, what),
        };

    /// <summary>Somebody who came by an issuer for the first time, or with a token of a former release: they can't choose,
    /// so what sets them apart is added to a name that looks like another's.</summary>
    public RosterOutcome Join(
        string id,
        string name,
        Role role,
        (string Issuer, string Subject)? account,
        DateTimeOffset now,
        PeopleLimits limits
    )
    {
        if (FullProblem(role, limits) is { } full)
            return full;
        var like = LikeOf(name, itself: null);
        return new RosterOutcome.Taken(
            new()
            {
                Id = id,
                Name = like is null ? name : SetApart(name),
                Formerly = account is null ? FormerlyOf(name) : null,
                LikeName = like,
                Role = role,
                Issuer = account?.Issuer,
                Subject = account?.Subject,
                InvitedBy = Who.Host,
                Since = now,
            },
            AuditVerb.Joined,
            IsNew: true
        );
    }

    /// <summary>Gives somebody another name for show or another role, or lets them in again: all of it, or nothing. Null
    /// leaves what there is; what they held before they were ended stays ended.</summary>
    public RosterOutcome Change(string id, PersonChanges change, Who by, DateTimeOffset now, PeopleLimits limits)
    {
        if (Members.FirstOrDefault(m => m.Id == id) is not { } member)
            return NobodyThere;
        var isBack = member.EndedAt is not null && change.Readmit;
        if (member.EndedAt is not null && !isBack)
            return new RosterOutcome.Refused(RosterRefusal.Ended, $"The access of {member.Name} was ended.");
        if ((ProblemWith(change, member, by) ?? DesksProblem(change.Desks, limits)) is { } problem)
            return problem;
        var role = change.Role ?? member.Role;
        if ((isBack || member.Role == Role.Operator) && FullProblem(role, limits, member) is { } full)
            return full;
        var changed = member with { Role = role };
        if (isBack)
            changed = changed with { EndedAt = null, ValidFrom = now };
        if (change.Desks is { } desks && !desks.SequenceEqual(member.Desks, StringComparer.Ordinal))
            changed = changed with { Desks = [.. desks.Distinct(StringComparer.Ordinal)] };
        if (change.Name is { } name && name != member.Name)
            changed = changed with
            {
                Name = name,
                FormerNames = [.. member.FormerNames.Append(member.Name).Distinct(StringComparer.Ordinal)],
            };
        return new RosterOutcome.Taken(
            changed,
            isBack ? AuditVerb.Readmitted
                : changed == member ? null
                : AuditVerb.ChangedPerson
        );
    }

    private RosterOutcome.Refused? ProblemWith(PersonChanges change, Member member, Who by)
    {
        if (change.Role is { } role)
        {
            if (RoleProblem(role) is { } wrong)
                return wrong;
            if (member.Issuer is not null)
                return RoleOfIssuer(member);
            if (role != Role.Operator && LossOf(member, by) is { } loss)
                return loss;
        }

        return change.Name is { } name && name != member.Name ? ProblemWith(name, member) : null;
    }

    /// <summary>Shuts somebody out.</summary>
    public RosterOutcome End(string id, Who by, DateTimeOffset now) =>
        Members.FirstOrDefault(m => m.Id == id) switch
        {
            null => NobodyThere,
            { EndedAt: not null } ended => new RosterOutcome.Taken(ended, null),
            var member => LossOf(member, by)
                ?? (RosterOutcome)new RosterOutcome.Taken(member with { EndedAt = now }, AuditVerb.EndedPerson),
        };

    // From the data folder itself whoever runs the machine may do both, and let somebody in again.
    private RosterOutcome.Refused? LossOf(Member member, Who by) =>
        member is not { Role: Role.Operator, EndedAt: null } || by == Who.CommandLine ? null
        : by.Is(member.ToWho())
            ? new(RosterRefusal.Operator, "Nobody ends or demotes themselves: ask another operator.")
        : Members.Any(m => m.Id != member.Id && m is { Role: Role.Operator, EndedAt: null }) ? null
        : new(
            RosterRefusal.Operator,
            $"{member.Name} is the last operator: let another in first, or use factcheck people on the data folder."
        );

    private static RosterOutcome.Refused NobodyThere { get; } =
        new(RosterRefusal.Unknown, "There is no such person on the list.");

    private static RosterOutcome.Refused? RoleProblem(Role role) =>
        role is Role.Submitter or Role.Reviewer or Role.Editor or Role.Operator
            ? null
            : new(RosterRefusal.Invalid, "A role is Submitter, Reviewer, Editor or Operator.", "role");

    // Two desks that look alike would be taken for one by whoever puts people on them.
    private RosterOutcome.Refused? DesksProblem(IReadOnlyList<string>? desks, PeopleLimits limits)
    {
        if (desks is null)
            return null;
        if (desks.Count > limits.MaxDesks)
            return Wrong($"One person is on {limits.MaxDesks:N0} desks at most (People:MaxDesks).");
        if (desks.Any(desk => !Person.IsName(desk)))
            return Wrong($"A desk's name has {Person.NameRule}.");
        var known = Members
            .Where(m => m.EndedAt is null)
            .SelectMany(m => m.Desks)
            .Concat(desks)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        foreach (var desk in desks)
            if (known.Find(other => other != desk && Desks.AreSame(other, desk)) is { } like)
                return Wrong($"'{desk}' looks like the desk {like}: write that, or choose another name.");
        return null;

        static RosterOutcome.Refused Wrong(string message) => new(RosterRefusal.Invalid, message, "desks");
    }

    private static RosterOutcome.Refused RoleOfIssuer(Member member) =>
        new(RosterRefusal.Invalid, $"The role of {member.Name} is what {member.Issuer} says.", "role");

    private RosterOutcome.Refused? ProblemWith(string name, Member? itself) =>
        ArticleNames.DisguiseIn(name) is { } unseen
            ? new(
                RosterRefusal.Invalid,
                $"The name holds {unseen}, a character that nobody sees: leave it out.",
                "name"
            )
        : !Person.IsName(name) ? new(RosterRefusal.Invalid, $"A name has {Person.NameRule}.", "name")
        : LikeOf(name, itself) is { } like
            ? new(
                RosterRefusal.Invalid,
                like == name
                    ? $"There is a {name} already, or was: choose another name."
                    : $"'{name}' looks like {like}, who is or was on this desk: choose a name that nobody takes for theirs.",
                "name"
            )
        : null;

    private RosterOutcome.Refused? FullProblem(Role role, PeopleLimits limits, Member? itself = null) =>
        role == Role.Operator
        || Members.Count(m => m.EndedAt is null && m.Role != Role.Operator && m.Id != itself?.Id) < limits.Max
            ? null
            : new(
                RosterRefusal.Full,
                $"The desk has as many people as it may, {limits.Max:N0}: whoever runs it ends some, or raises People:Max."
            );

    // Ended people and former names count too: what they decided stands under them. Ids count as well: whoever names
    // somebody by id must not mean another.
    private string? LikeOf(string name, Member? itself)
    {
        var skeleton = LookAlikes.SkeletonOf(name);
        return Members
            .Where(m => m.Id != itself?.Id)
            .SelectMany(m => m.FormerNames.Prepend(m.Name).Append(m.Id))
            .Concat(Person.Reserved)
            .FirstOrDefault(known => LookAlikes.SkeletonOf(known) == skeleton);
    }

    private string SetApart(string name)
    {
        for (var number = 2; ; number++)
            if (LikeOf($"{name} ({number})", itself: null) is null)
                return $"{name} ({number})";
    }

    // What former releases kept under a name is the first one's who comes by it.
    private string? FormerlyOf(string name) => Members.Any(m => m.Formerly == name) ? null : name;
}
