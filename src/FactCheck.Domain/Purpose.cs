namespace FactCheck.Domain;

/// <summary>What the check is for.</summary>
public enum Purpose
{
    /// <summary>Somebody else's article: its fact check may be published.</summary>
    ThirdParty,

    /// <summary>The newsroom's own text before publication: never public, no ClaimReview.</summary>
    OwnCopy,
}

/// <summary>The one reading of a purpose ("OwnCopy", "own copy", "own-copy"): "never public" hangs on it.</summary>
public static class Purposes
{
    /// <summary>True for what names a purpose.</summary>
    public static bool IsOne(string written) => Find(written) is not null;

    /// <summary>Null where nothing is said. What is no purpose is own copy: a slip must not make one public.</summary>
    public static Purpose? Of(string? written) =>
        string.IsNullOrWhiteSpace(written) ? null : Find(written) ?? Purpose.OwnCopy;

    /// <summary>As front matter has it: other programs write sentences there, so only own copy counts.</summary>
    public static Purpose InFrontMatter(string? written) =>
        written is not null
        && (
            written.Contains("own", StringComparison.OrdinalIgnoreCase)
            || written.Contains("copy", StringComparison.OrdinalIgnoreCase)
        )
            ? Of(written) ?? Purpose.ThirdParty
            : Purpose.ThirdParty;

    private static Purpose? Find(string written) =>
        Enum.TryParse<Purpose>([.. written.Where(char.IsAsciiLetter)], ignoreCase: true, out var purpose)
            ? purpose
            : null;
}

/// <summary>What lies beside a file says of the purpose.</summary>
/// <param name="Value">Null where it says nothing.</param>
/// <param name="Unreadable">Why what lies beside it can't be read, in one sentence; null when it can.</param>
public sealed record SaidPurpose(Purpose? Value = null, string? Unreadable = null)
{
    /// <summary>What an article is that nothing else is known of.</summary>
    public Purpose Purpose => Unreadable is null ? Value ?? Purpose.ThirdParty : Purpose.OwnCopy;
}

/// <summary>How an article came to its purpose. What can't be read closes; what is own copy stays so until an editor says
/// otherwise; and an editor's word stands until a version says something else than the one it was about.</summary>
/// <param name="Said">What lies beside its newest version.</param>
/// <param name="IsOwnByFile">True when a version said of itself that it is own copy.</param>
/// <param name="By">The editor whose word stands; null where none spoke since.</param>
/// <param name="Problem">Why it is own copy although what was last said is not that, for people; null
/// otherwise.</param>
public sealed record PurposeOrigin(SaidPurpose Said, bool IsOwnByFile = false, Who? By = null, string? Problem = null)
{
    /// <summary>The case as a version arrives, by what lies beside it.</summary>
    public static CaseHead Arrive(CaseHead head, SaidPurpose said)
    {
        var (before, origin) = (head.Meta.Purpose, head.PurposeOrigin);
        if (origin is { By: not null } && origin.Said == said)
            return head;
        if (said.Unreadable is { } why)
            return Closed($"What lies beside it can't be read, so it counts as own copy, which is never public. {why}");
        if (before == Purpose.OwnCopy && said.Value == Purpose.ThirdParty)
            return Closed("It is own copy, and what lies beside it now says otherwise: an editor must say so.");
        if (before == Purpose.OwnCopy || said.Value == Purpose.OwnCopy)
            return Closed(said.Value is null ? origin?.Problem : null);
        return With(head, Purpose.ThirdParty, new(said, origin?.IsOwnByFile ?? false));

        CaseHead Closed(string? problem) =>
            With(head, Purpose.OwnCopy, new(said, origin?.IsOwnByFile ?? false, Problem: problem));
    }

    /// <summary>The case once a version is read, by what the file says of itself: it may close, and not open.</summary>
    public static CaseHead Read(CaseHead head, bool isOwnByFile)
    {
        var origin = head.PurposeOrigin ?? new PurposeOrigin(new SaidPurpose());
        return !isOwnByFile || origin is { IsOwnByFile: true, By: not null }
            ? head
            : With(head, Purpose.OwnCopy, origin with { IsOwnByFile = true, By = null });
    }

    /// <summary>The case after an editor's word, which answers whatever was in doubt.</summary>
    public static CaseHead Answer(CaseHead head, Purpose purpose, Who who)
    {
        var origin = head.PurposeOrigin ?? new PurposeOrigin(new SaidPurpose());
        return With(head, purpose, origin with { By = who, Problem = null });
    }

    private static CaseHead With(CaseHead head, Purpose purpose, PurposeOrigin origin) =>
        head with
        {
            Meta = head.Meta with { Purpose = purpose },
            PurposeOrigin = origin,
        };
}
