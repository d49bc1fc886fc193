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

/// <summary>What a file and what lies beside it say of the purpose.</summary>
/// <param name="Value">Null where they say nothing.</param>
/// <param name="Unreadable">Why what lies beside it can't be read, in one sentence; null when it can.</param>
public sealed record SaidPurpose(Purpose? Value = null, string? Unreadable = null)
{
    /// <summary>What an article is that nothing else is known of.</summary>
    public Purpose Purpose => Unreadable is null ? Value ?? Purpose.ThirdParty : Purpose.OwnCopy;
}

/// <summary>How an article came to its purpose.</summary>
/// <param name="Said">What its newest version says.</param>
/// <param name="By">The editor whose word stands instead; null where none spoke since.</param>
/// <param name="Problem">Why it is own copy although nobody clearly said so, for people; null where they did.</param>
public sealed record PurposeOrigin(SaidPurpose Said, string? By = null, string? Problem = null)
{
    /// <summary>The purpose from a new version on. What can't be read closes; what is own copy stays so until an editor
    /// says otherwise; and an editor's word stands until a version says something else than the one it was about.</summary>
    public static (Purpose Purpose, PurposeOrigin Origin) Next(CaseHead head, SaidPurpose said)
    {
        var before = head.Meta.Purpose;
        if (head.PurposeOrigin is { By: not null } word && word.Said == said)
            return (before, word);
        if (said.Unreadable is { } why)
            return Closed($"What lies beside it can't be read, so it counts as own copy, which is never public. {why}");
        if (before == Purpose.OwnCopy && said.Value == Purpose.ThirdParty)
            return Closed("It is own copy, and what lies beside it now says otherwise: an editor must say so.");
        var isOwn = before == Purpose.OwnCopy || said.Value == Purpose.OwnCopy;
        var open = said.Value is null ? head.PurposeOrigin?.Problem : null;
        return (isOwn ? Purpose.OwnCopy : Purpose.ThirdParty, new(said, Problem: isOwn ? open : null));

        (Purpose, PurposeOrigin) Closed(string problem) => (Purpose.OwnCopy, new(said, Problem: problem));
    }

    /// <summary>The case after an editor's word, which answers whatever was in doubt.</summary>
    public static CaseHead Answer(CaseHead head, Purpose purpose, string who) =>
        head with
        {
            Meta = head.Meta with { Purpose = purpose },
            PurposeOrigin = new(head.PurposeOrigin?.Said ?? new SaidPurpose(), who),
        };
}
