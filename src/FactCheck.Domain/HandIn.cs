namespace FactCheck.Domain;

/// <summary>A version that somebody is handing in over HTTP: written ahead of its blob, whose own event does not say who
/// sent it.</summary>
/// <param name="ContentHash">See <see cref="Domain.ContentHash"/>.</param>
public sealed record HandIn(Who By, string ContentHash, DateTimeOffset At)
{
    /// <summary>The desk that it is for where nothing beside it says; null where nothing does.</summary>
    public string? Desk { get; init; }
}

/// <summary>What is being handed in under a name and has not arrived yet, oldest first: the first has claimed the
/// name.</summary>
public sealed record HandIns(IReadOnlyList<HandIn> Waiting)
{
    /// <summary>None.</summary>
    public static HandIns None { get; } = new([]);

    // Several may be on their way at once. Of more than that the newest are left out: then nobody is named falsely.
    private const int Most = 32;

    // A name whose article never came is free again.
    private static readonly TimeSpan ClaimHolds = TimeSpan.FromHours(1);

    /// <summary>With one more; alone where the claims before it have run out.</summary>
    public HandIns And(HandIn next) =>
        new([
            .. Waiting.Where(h => next.At < h.At + ClaimHolds && h.ContentHash != next.ContentHash).Take(Most - 1),
            next,
        ]);

    /// <summary>Without the one that has arrived.</summary>
    public HandIns Without(string contentHash) => new([.. Waiting.Where(h => h.ContentHash != contentHash)]);

    /// <summary>Who sent a content; <see cref="Who.Folder"/> where nobody did over HTTP.</summary>
    public Who SenderOf(string contentHash) =>
        Waiting.FirstOrDefault(h => h.ContentHash == contentHash)?.By ?? Who.Folder;

    /// <summary>The desk that a content's sender is on; null where nothing says.</summary>
    public string? DeskOf(string contentHash) => Waiting.FirstOrDefault(h => h.ContentHash == contentHash)?.Desk;

    /// <summary>Whose a name is: who handed it in first. Null where it is free, and <see cref="Who.Unknown"/> where
    /// an older release did not note who that was.</summary>
    /// <param name="isThere">True where a blob of that name is: what nobody claims is the folder's.</param>
    public Who? HolderOf(CaseHead? head, bool isThere, DateTimeOffset now) =>
        head is not null ? head.HandedInBy ?? Who.Unknown
        : Waiting.Count > 0 && now < Waiting[0].At + ClaimHolds ? Waiting[0].By
        : isThere ? Who.Folder
        : null;

    /// <summary>True for who may hand in under a name: its holder, and editors who may work on what is there. Of what is
    /// only claimed nobody can tell which desk will work on it.</summary>
    /// <param name="head">The case; null before there is one.</param>
    public static bool MayReplace(Person person, Who? holder, CaseHead? head = null) =>
        holder is null
        || person.Who.Is(holder)
        || (person.May(Role.Editor) && (head is null ? !person.IsParted : person.MayReview(head)));
}
