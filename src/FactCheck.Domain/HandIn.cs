namespace FactCheck.Domain;

/// <summary>A version that somebody is handing in over HTTP: written ahead of its blob, whose own event does not say who
/// sent it.</summary>
/// <param name="By">A person's name.</param>
/// <param name="ContentHash">See <see cref="Domain.ContentHash"/>.</param>
public sealed record HandIn(string By, string ContentHash, DateTimeOffset At);

/// <summary>What is being handed in under a name, newest first.</summary>
public sealed record HandIns(IReadOnlyList<HandIn> Newest)
{
    // Several may be on their way at once; of older ones the blobs' events have long come.
    private const int Most = 8;

    // A name whose article never came is free again.
    private static readonly TimeSpan ClaimHolds = TimeSpan.FromHours(1);

    /// <summary>With one more.</summary>
    public HandIns And(HandIn next) => new([next, .. Newest.Take(Most - 1)]);

    /// <summary>Who sent a content; <see cref="Person.Folder"/> where nobody did over HTTP.</summary>
    public static string SenderOf(HandIns? known, string contentHash) =>
        known?.Newest.FirstOrDefault(h => h.ContentHash == contentHash)?.By ?? Person.Folder;

    /// <summary>Whose a name is: who handed it in first. Null where it is free, and "" where an older release did not
    /// note who that was.</summary>
    public static string? HolderOf(CaseHead? head, HandIns? known, DateTimeOffset now) =>
        head is not null ? head.HandedInBy ?? ""
        : known?.Newest[0] is { } claim && now < claim.At + ClaimHolds ? claim.By
        : null;

    /// <summary>True for who may hand in under a name: its holder, and editors.</summary>
    public static bool MayReplace(Person person, string? holder) =>
        holder is null || holder == person.Name || person.May(Role.Editor);
}
