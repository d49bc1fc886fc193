using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Storage;

/// <summary>The end of the people's trail.</summary>
public sealed record TrailHead(int Seq = 0, string Hash = "");

/// <summary>The list was not changed; the message says why.</summary>
public sealed class RosterException(RosterOutcome.Refused refused) : Exception(refused.Message)
{
    /// <summary>Why.</summary>
    public RosterOutcome.Refused Refused => refused;
}

/// <summary>The one list of people, and the trail of what became of it: one partition, so that neither changes without
/// the other.</summary>
public sealed class People(
    ITableStore tables,
    TimeProvider time,
    PeopleLimits? limits = null,
    ILogger<People>? log = null
)
{
    private const string Table = "people";
    private const string All = "all";
    private const string HeadRow = "head";
    private const string Persons = "p|";
    private const string Formers = "f|";
    private const string Sights = "s|";
    private const string Entries = "a|";
    private const string RowHash = "row";
    private const int MostTries = 20;

    // Of a person and day some two dozen writes, whatever they do.
    private static readonly TimeSpan SeenEvery = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    internal ILogger Log { get; } = log ?? NullLogger<People>.Instance;

    /// <summary>How many there may be.</summary>
    public PeopleLimits Limits { get; } = limits ?? new();

    /// <summary>Somebody by id; null when there is none.</summary>
    public async Task<Member?> FindAsync(string id, CancellationToken cancellation = default) =>
        await tables.FindAsync(Table, All, Persons + id, cancellation) is { } row ? MemberOf(row.Json) : null;

    /// <summary>Everybody who is or was on the desk.</summary>
    public async Task<Roster> RosterAsync(CancellationToken cancellation = default) =>
        new([
            .. (await tables.ListAsync(Table, All, Persons, cancellation: cancellation)).Select(row =>
                MemberOf(row.Json)
            ),
        ]);

    /// <summary>Everybody who is or was on the desk, with the roles that they have now: of who comes by an issuer what
    /// their token said last.</summary>
    public async Task<Roster> RosterByRoleAsync(CancellationToken cancellation = default) =>
        (await RosterAsync(cancellation)) is var roster && roster.Members.Any(m => m.Issuer is not null)
            ? roster.With(await SeenAsync(cancellation))
            : roster;

    /// <summary>When each was last here, by id.</summary>
    public async Task<IReadOnlyDictionary<string, Seen>> SeenAsync(CancellationToken cancellation = default) =>
        (await tables.ListAsync(Table, All, Sights, cancellation: cancellation)).ToDictionary(
            row => row.Key[Sights.Length..],
            row => JsonSerializer.Deserialize(row.Json, AccessJson.Default.Seen)!,
            StringComparer.Ordinal
        );

    /// <summary>Lets somebody new in.</summary>
    public Task<RosterOutcome> InviteAsync(
        string name,
        Role role,
        Who by,
        IReadOnlyList<string>? desks = null,
        CancellationToken cancellation = default
    ) =>
        ChangeAsync(
            by,
            roster => roster.Invite(name, role, by, IdFor(name), time.GetUtcNow(), Limits, desks),
            cancellation
        );

    /// <summary>Somebody who is let in under a name and a role (<see cref="Roster.Admit"/>).</summary>
    /// <exception cref="RosterException">They can't be; the message says why.</exception>
    public async Task<RosterOutcome.Taken> AdmitAsync(
        string name,
        Role role,
        AuditVerb given,
        Who by,
        CancellationToken cancellation = default
    ) =>
        await ChangeAsync(
            by,
            roster => roster.Admit(name, role, given, by, IdFor(name), time.GetUtcNow(), Limits),
            cancellation
        ) switch
        {
            RosterOutcome.Taken taken => taken,
            var refused => throw new RosterException((RosterOutcome.Refused)refused),
        };

    /// <summary>Changes somebody on the list, or lets them in again (<see cref="Roster.Change"/>).</summary>
    public Task<RosterOutcome> ChangeAsync(
        string id,
        PersonChanges change,
        Who by,
        CancellationToken cancellation = default
    ) => ChangeAsync(by, roster => roster.Change(id, change, by, time.GetUtcNow(), Limits), cancellation);

    /// <summary>Shuts somebody out, from the next call on.</summary>
    public Task<RosterOutcome> EndAsync(string id, Who by, CancellationToken cancellation = default) =>
        ChangeAsync(by, roster => roster.End(id, by, time.GetUtcNow()), cancellation);

    /// <summary>Puts on the trail that somebody who is on the list is made a link or a token, where they may
    /// be.</summary>
    public Task<RosterOutcome> GiveAsync(string id, AuditVerb what, Who by, CancellationToken cancellation = default) =>
        ChangeAsync(by, roster => roster.Give(id, what), cancellation);

    /// <summary>Whom an issuer vouches for; put on the list at their first call.</summary>
    public async Task<RosterOutcome> KnowAsync(
        string issuer,
        string subject,
        string name,
        Role role,
        CancellationToken cancellation = default
    )
    {
        // Lengths, so that no two accounts are written the same way.
        var id = $"oidc-{Base32.Hash($"{issuer.Length}:{issuer}{subject}", 26)}";
        return await FindAsync(id, cancellation) is { } known
            ? new RosterOutcome.Taken(known, null)
            : await JoinAsync(id, name, role, (issuer, subject), cancellation);
    }

    /// <summary>Whom a token of a former release names: the person who is made for that name, once.</summary>
    public async Task<RosterOutcome> KnowFormerAsync(
        string name,
        Role role,
        CancellationToken cancellation = default
    ) => await JoinAsync(IdFor(name), name, role, null, cancellation);

    /// <summary>The person whose name a former release kept; null when nobody was made for it yet.</summary>
    public async Task<Member?> FindFormerAsync(string name, CancellationToken cancellation = default) =>
        await tables.FindAsync(Table, All, FormerRow(name), cancellation) is { } row
            ? await FindAsync(JsonSerializer.Deserialize(row.Json, AccessJson.Default.String)!, cancellation)
            : null;

    /// <summary>Notes that somebody is here; written once an hour. A note that can't be written stops nobody.</summary>
    public async Task SeeAsync(Member member, Role role, CancellationToken cancellation = default)
    {
        var now = new Seen(time.GetUtcNow(), role);
        if (_seen.TryGetValue(member.Id, out var last) && IsFresh(last, now))
            return;
        try
        {
            var row = await tables.FindAsync(Table, All, Sights + member.Id, cancellation);
            last = row is null ? null : JsonSerializer.Deserialize(row.Json, AccessJson.Default.Seen);
            if (last is null || !IsFresh(last, now))
                await tables.CommitAsync(
                    Table,
                    All,
                    [
                        new RowChange.Put(
                            Sights + member.Id,
                            JsonSerializer.Serialize(last = now, AccessJson.Default.Seen)
                        ),
                    ],
                    cancellation
                );
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            Log.LogWarning(error, "It could not be noted that {Person} is here", member.Id);
            last = now;
        }

        _seen[member.Id] = last;
    }

    /// <summary>The people's trail, and its first contradiction in words; null when there is none.</summary>
    public async Task<(IReadOnlyList<AuditEntry> Entries, string? Problem)> TrailAsync(
        CancellationToken cancellation = default
    )
    {
        // Entries of a change that came after the head was read are none of this look.
        var (head, _) = await HeadAsync(cancellation);
        var rows = await tables.ListAsync(Table, All, Entries, cancellation: cancellation);
        var entries = rows.Select(row => JsonSerializer.Deserialize(row.Json, AccessJson.Default.AuditEntry)!)
            .Where(e => e.Seq <= head.Seq)
            .ToList();
        return (
            entries,
            AuditChain.FirstBreak(entries, head.Seq, head.Hash) ?? await ContradictionAsync(head, entries, cancellation)
        );
    }

    // Each person's row is what the newest entry about them says.
    private async Task<string?> ContradictionAsync(
        TrailHead head,
        IReadOnlyList<AuditEntry> entries,
        CancellationToken cancellation
    )
    {
        var rows = (await tables.ListAsync(Table, All, Persons, cancellation: cancellation)).ToDictionary(
            row => row.Key[Persons.Length..],
            row => AuditChain.HashOf(row.Json),
            StringComparer.Ordinal
        );
        if ((await HeadAsync(cancellation)).Head != head)
            return null; // changed between the looks: what is there now is told by the next
        foreach (var about in entries.GroupBy(e => e.Subject, StringComparer.Ordinal))
            if (!rows.Remove(about.Key, out var hash))
                return $"The person {about.Key} is gone.";
            else if (about.Last().Details.GetValueOrDefault(RowHash) != hash)
                return $"The person {about.Key} was changed.";
        return rows.Count == 0 ? null : $"The person {rows.Keys.Min(StringComparer.Ordinal)} is on no entry.";
    }

    private Task<RosterOutcome> JoinAsync(
        string id,
        string name,
        Role role,
        (string Issuer, string Subject)? account,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            Who.Host,
            roster =>
                // Two first calls at once: the second finds what the first has made.
                roster.Members.FirstOrDefault(m => account is null ? m.Formerly == name : m.Id == id)
                    is { } known
                    ? new RosterOutcome.Taken(known, null)
                    : roster.Join(id, name, role, account, time.GetUtcNow(), Limits),
            cancellation
        );

    private async Task<RosterOutcome> ChangeAsync(
        Who by,
        Func<Roster, RosterOutcome> decide,
        CancellationToken cancellation
    )
    {
        for (var tries = 1; ; tries++)
        {
            var (head, etag) = await HeadAsync(cancellation);
            var before = await RosterAsync(cancellation);
            var outcome = decide(before);
            if (outcome is not RosterOutcome.Taken { Verb: { } verb } taken)
                return outcome;
            try
            {
                await tables.CommitAsync(Table, All, RowsOf(taken, verb, by, head, etag), cancellation);
                await TellOfDesksAsync(before, taken.Member.Id, cancellation);
                return outcome;
            }
            catch (RowConflictException) when (tries < MostTries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 10 * tries)), cancellation);
            }
        }
    }

    // Whoever takes the last reviewer off a desk leaves its articles to nobody.
    private async Task TellOfDesksAsync(Roster before, string changed, CancellationToken cancellation)
    {
        if (before.Members.FirstOrDefault(m => m.Id == changed) is not { EndedAt: null, Desks: { Count: > 0 } desks })
            return;
        var now = await RosterByRoleAsync(cancellation);
        foreach (var desk in desks.Where(desk => now.FindDesk(desk) is null))
            Log.LogWarning(
                "Nobody who reviews is on the desk '{Desk}' now: where desks are apart, no reviewer sees its articles",
                desk
            );
    }

    private List<RowChange> RowsOf(RosterOutcome.Taken taken, AuditVerb verb, Who by, TrailHead head, string? etag)
    {
        var member = taken.Member;
        var json = JsonSerializer.Serialize(member, AccessJson.Default.Member);
        var note = AuditNote.Of(
            by,
            verb,
            member.Id,
            ("name", member.Name),
            ("role", member.Role.ToString()),
            ("desks", member.Desks.Count > 0 ? string.Join(", ", member.Desks) : null),
            ("issuer", member.Issuer),
            ("looks like", taken.IsNew ? member.LikeName : null),
            (RowHash, AuditChain.HashOf(json))
        );
        var entry = AuditChain.Append(head.Seq, head.Hash, note, time.GetUtcNow());
        var next = JsonSerializer.Serialize(new TrailHead(entry.Seq, entry.Hash), AccessJson.Default.TrailHead);
        List<RowChange> rows =
        [
            etag is null ? new RowChange.Insert(HeadRow, next) : new RowChange.Replace(HeadRow, next, etag),
            new RowChange.Insert(
                Entries + entry.Seq.ToString("D8", CultureInfo.InvariantCulture),
                JsonSerializer.Serialize(entry, AccessJson.Default.AuditEntry)
            ),
            taken.IsNew
                ? new RowChange.Insert(Persons + member.Id, json)
                : new RowChange.Put(Persons + member.Id, json),
        ];
        if (taken.IsNew && member.Formerly is { } former)
            rows.Add(
                new RowChange.Put(FormerRow(former), JsonSerializer.Serialize(member.Id, AccessJson.Default.String))
            );
        return rows;
    }

    private async Task<(TrailHead Head, string? ETag)> HeadAsync(CancellationToken cancellation) =>
        await tables.FindAsync(Table, All, HeadRow, cancellation) is { } row
            ? (JsonSerializer.Deserialize(row.Json, AccessJson.Default.TrailHead)!, row.ETag)
            : (new(), null);

    private static bool IsFresh(Seen last, Seen now) => last.Role == now.Role && now.At - last.At < SeenEvery;

    private static Member MemberOf(string json) => JsonSerializer.Deserialize(json, AccessJson.Default.Member)!;

    private static string FormerRow(string name) => Formers + Base32.Hash(name, 40);

    // Readable, and random enough that none is made twice; the transaction refuses one that was.
    private static string IdFor(string name)
    {
        var slug = string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-').Take(24));
        var random = Base32.Hash(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), 8);
        return $"{(slug.Trim('-') is { Length: > 0 } readable ? readable : "person")}-{random}";
    }
}
