using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FactCheck.Storage;

/// <summary>A one-time code; only its hash is kept.</summary>
/// <param name="PersonId">Whose it is; null for one of a former release, which counts no more.</param>
public sealed record SignInCode(
    string Name,
    Role Role,
    DateTimeOffset MadeAt,
    DateTimeOffset ExpiresAt,
    string? PersonId = null
);

/// <summary>Who holds a token, or why it is refused although it is one of this desk.</summary>
/// <param name="Refused">In ASCII without quotes; null where there is a person.</param>
public readonly record struct TokenHolder(Person? Person, string? Refused = null);

/// <summary>The desk's own tokens (JWT, HS256) and one-time codes. Unlisted or revoked ones are refused, and those of
/// people who are on the list no longer.</summary>
/// <param name="sessionIdle">How long a session holds that nobody uses.</param>
public sealed class Tokens(
    ITableStore tables,
    TimeProvider time,
    SigningKey? key = null,
    People? people = null,
    TimeSpan? sessionIdle = null
)
{
    private const string Issuer = "factcheck";
    private const string TokenTable = "tokens";
    private const string CodeTable = "signincodes";
    private const string All = "all";
    private const string RoleClaim = "role";

    // The list of tokens tells for a while of those that ended.
    private static readonly TimeSpan ToldAfterwards = TimeSpan.FromDays(7);

    private readonly TokenUse _use = new(
        tables,
        time,
        sessionIdle ?? TimeSpan.FromHours(12),
        people?.Log ?? NullLogger.Instance
    );

    /// <summary>The list that their holders are on.</summary>
    public People People { get; } = people ?? new(tables, time);

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>True where this desk lets people in itself.</summary>
    public bool IssuesTokens => key is not null;

    /// <summary>Issues a token to somebody by name, who is put on the list where they are not on it.</summary>
    /// <param name="by">Who lets them in; whoever uses the command line where nobody is named.</param>
    /// <exception cref="InvalidOperationException">This host has no signing key.</exception>
    /// <exception cref="RosterException">They can't be let in; the message says why.</exception>
    public async Task<(string Token, TokenRecord Record)> IssueAsync(
        string name,
        Role role,
        TimeSpan length,
        Who? by = null,
        CancellationToken cancellation = default
    )
    {
        MustIssue();
        var admitted = await People.AdmitAsync(name, role, AuditVerb.TokenMade, by ?? Who.CommandLine, cancellation);
        return await IssueAsync(admitted.Member, role, length, cancellation: cancellation);
    }

    /// <summary>Issues a token to somebody on the list. Nothing keeps it: whoever asked must hand it on.</summary>
    /// <exception cref="InvalidOperationException">This host has no signing key.</exception>
    public async Task<(string Token, TokenRecord Record)> IssueAsync(
        Member member,
        Role role,
        TimeSpan length,
        bool isSession = false,
        bool readOnly = false,
        CancellationToken cancellation = default
    )
    {
        var signing = MustIssue();
        var now = time.GetUtcNow();
        var record = new TokenRecord(
            Guid.NewGuid().ToString("N"),
            member.Name,
            role,
            now,
            now + length,
            PersonId: member.Id
        )
        {
            IsSession = isSession,
            ReadOnly = readOnly,
        };
        await tables.CommitAsync(
            TokenTable,
            All,
            [new RowChange.Insert(record.Id, JsonSerializer.Serialize(record, AccessJson.Default.TokenRecord))],
            cancellation
        );
        var token = Handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Issuer,
                Audience = Issuer,
                IssuedAt = now.UtcDateTime,
                NotBefore = now.UtcDateTime,
                Expires = record.ExpiresAt.UtcDateTime,
                Subject = new ClaimsIdentity([
                    new(JwtRegisteredClaimNames.Sub, member.Id),
                    new(RoleClaim, role.ToString()),
                    new(JwtRegisteredClaimNames.Jti, record.Id),
                ]),
                SigningCredentials = new(new SymmetricSecurityKey(signing.Bytes), SecurityAlgorithms.HmacSha256),
            }
        );
        return (token, record);
    }

    /// <summary>Who holds a token; nobody when it is not ours, is over, was revoked or is refused.</summary>
    public async Task<Person?> FindPersonAsync(string token, CancellationToken cancellation = default) =>
        (await HolderOfAsync(token, cancellation)).Person;

    /// <summary>Who holds a token. Neither a person nor a reason where it is not ours, is over, or was revoked.</summary>
    public async Task<TokenHolder> HolderOfAsync(string token, CancellationToken cancellation = default)
    {
        if (
            await IdOfAsync(token) is not { } id
            || await FindAsync(id, cancellation) is not { Value: var record }
            || await OutcomeAsync(record, cancellation) is not { } outcome
        )
            return new(null);
        // Who was shut out is told so, although what they hold is revoked with it.
        if (record.RevokedAt is not null && outcome is not RosterOutcome.Taken { Member.EndedAt: not null })
            return new(null);
        return outcome switch
        {
            RosterOutcome.Taken { Member: { EndedAt: null } holder } => await HolderAsync(holder, record, cancellation),
            RosterOutcome.Taken => new(null, Roster.EndedReason),
            RosterOutcome.Refused refused => new(null, refused.Message),
            _ => new(null),
        };
    }

    // Nobody is put on the list for a token that was revoked.
    private async Task<RosterOutcome?> OutcomeAsync(TokenRecord record, CancellationToken cancellation)
    {
        if (record is { PersonId: null, RevokedAt: null })
            return await FormerAsync(record.Name, cancellation);
        var member = record.PersonId is { } person
            ? await People.FindAsync(person, cancellation)
            : await People.FindFormerAsync(record.Name, cancellation);
        return member is null ? null : new RosterOutcome.Taken(member, null);
    }

    // The token's own role, and no more than its holder's is now.
    private async Task<TokenHolder> HolderAsync(Member member, TokenRecord record, CancellationToken cancellation)
    {
        if (member.Issuer is not null)
            return new(null, "Its holder signs in at their issuer, and by no token of this desk.");
        if (record.IssuedAt < member.ValidFrom)
            return new(null);
        if (Roles.Within(record.Role, member.Role) is not { } role)
            return new(null, $"It is for the role {record.Role}, which its holder has no longer.");
        if (!await _use.UseAsync(record, cancellation))
            return new(null, $"Nobody used the session for {_use.Idle.TotalHours:0.#} hours: sign in again.");
        await People.SeeAsync(member, member.Role, cancellation);
        return new(
            new(member.ToWho(), role, record.ExpiresAt)
            {
                IsReadOnly = record.ReadOnly,
                TokenId = record.Id,
                Desks = member.Desks,
            }
        );
    }

    // Former releases gave a role to each token: the person has the highest of them.
    private async Task<RosterOutcome> FormerAsync(string name, CancellationToken cancellation)
    {
        if (await People.FindFormerAsync(name, cancellation) is { } known)
            return new RosterOutcome.Taken(known, null);
        var now = time.GetUtcNow();
        var roles = (await ListAsync(cancellation))
            .Where(r => r.PersonId is null && r.Name == name && r.RevokedAt is null && r.ExpiresAt > now)
            .Select(r => r.Role.ToString());
        return await People.KnowFormerAsync(name, Roles.Highest(roles)!.Value, cancellation);
    }

    private async Task<string?> IdOfAsync(string token)
    {
        if (key is null)
            return null;
        var result = await Handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = Issuer,
                ValidAudience = Issuer,
                IssuerSigningKey = new SymmetricSecurityKey(key.Bytes),
                ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
                LifetimeValidator = (notBefore, expires, _, _) =>
                    expires > time.GetUtcNow().UtcDateTime && !(notBefore > time.GetUtcNow().UtcDateTime),
            }
        );
        return result.IsValid && result.SecurityToken is JsonWebToken jwt ? jwt.Id : null;
    }

    private SigningKey MustIssue() =>
        key ?? throw new InvalidOperationException("This host issues no tokens of its own.");

    /// <summary>Shuts somebody out: at once, whatever they hold, and every token and session of theirs is
    /// revoked, every link forgotten.</summary>
    public async Task<RosterOutcome> EndAsync(string id, Who by, CancellationToken cancellation = default)
    {
        var outcome = await People.EndAsync(id, by, cancellation);
        if (outcome is not RosterOutcome.Taken { Member: var member })
            return outcome;
        foreach (var record in (await ListAsync(cancellation)).Where(r => r.RevokedAt is null && r.IsOf(member)))
            await RevokeAsync(record.Id, cancellation);
        foreach (var row in await tables.ListAsync(CodeTable, All, cancellation: cancellation))
            if (CodeOf(row).PersonId == id)
                await tables.CommitAsync(CodeTable, All, [new RowChange.Delete(row.Key)], cancellation);
        return outcome;
    }

    private static SignInCode CodeOf(TableRow row) =>
        JsonSerializer.Deserialize(row.Json, AccessJson.Default.SignInCode)!;

    /// <summary>When each token was last used, to the hour, by id.</summary>
    public Task<IReadOnlyDictionary<string, DateTimeOffset>> LastUsesAsync(CancellationToken cancellation = default) =>
        _use.ListAsync(cancellation);

    /// <summary>Every token that was issued.</summary>
    public async Task<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellation = default) =>
        [
            .. (await tables.ListAsync(TokenTable, All, cancellation: cancellation)).Select(row =>
                JsonSerializer.Deserialize(row.Json, AccessJson.Default.TokenRecord)!
            ),
        ];

    /// <summary>Everybody of the list, when they were last here, and what they hold that is neither over nor
    /// revoked.</summary>
    public async Task<IReadOnlyList<(Member Member, Seen? Seen, IEnumerable<TokenRecord> Held)>> HoldersAsync(
        CancellationToken cancellation = default
    )
    {
        var (now, seen) = (time.GetUtcNow(), await People.SeenAsync(cancellation));
        var issued = await ListAsync(cancellation);
        return
        [
            .. (await People.RosterAsync(cancellation)).Members.Select(m =>
                (m, seen.GetValueOrDefault(m.Id), issued.Where(t => t.IsHeldBy(m, now)))
            ),
        ];
    }

    /// <summary>What somebody holds that is neither over nor revoked.</summary>
    public async Task<IReadOnlyList<TokenRecord>> HeldByAsync(Member member, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        return [.. (await ListAsync(cancellation)).Where(t => t.IsHeldBy(member, now))];
    }

    /// <summary>Revokes a token by its id; false when there is none.</summary>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellation = default)
    {
        if (await FindAsync(id, cancellation) is not { } found)
            return false;
        if (found.Value.RevokedAt is not null)
            return true;
        var revoked = found.Value with { RevokedAt = time.GetUtcNow() };
        await tables.CommitAsync(
            TokenTable,
            All,
            [new RowChange.Replace(id, JsonSerializer.Serialize(revoked, AccessJson.Default.TokenRecord), found.ETag)],
            cancellation
        );
        return true;
    }

    /// <summary>Revokes the token itself, as signing out does.</summary>
    public async Task RevokeTokenAsync(string token, CancellationToken cancellation = default)
    {
        if (await FindPersonAsync(token, cancellation) is not null)
            await RevokeAsync(Handler.ReadJsonWebToken(token).Id, cancellation);
    }

    /// <summary>Makes a code for a sign-in link of somebody by name, who is put on the list where they are not on
    /// it.</summary>
    /// <inheritdoc cref="IssueAsync(string, Role, TimeSpan, Who, CancellationToken)"/>
    public async Task<string> CreateCodeAsync(
        string name,
        Role role,
        TimeSpan length,
        Who? by = null,
        CancellationToken cancellation = default
    ) => (await AdmitAsync(name, role, length, by ?? Who.CommandLine, cancellation)).Code;

    /// <summary>The same, and what became of the list by it.</summary>
    /// <inheritdoc cref="CreateCodeAsync(string, Role, TimeSpan, Who, CancellationToken)"/>
    public async Task<(string Code, RosterOutcome.Taken Admitted)> AdmitAsync(
        string name,
        Role role,
        TimeSpan length,
        Who by,
        CancellationToken cancellation = default
    )
    {
        // Counted before somebody is put on the list, so that nobody is who gets no link.
        if (await ObstacleToCodeAsync(cancellation) is { } obstacle)
            throw new RosterException(obstacle);
        var admitted = await People.AdmitAsync(name, role, AuditVerb.LinkMade, by, cancellation);
        return (await CreateCodeAsync(admitted.Member, role, length, cancellation), admitted);
    }

    /// <summary>Makes a code for a link of whoever <paramref name="give"/> finds on the list, or puts there; no code where
    /// that is refused, or where there are too many.</summary>
    public async Task<(RosterOutcome Outcome, string? Code)> LinkAsync(
        Func<Task<RosterOutcome>> give,
        CancellationToken cancellation = default
    )
    {
        var outcome = await ObstacleToCodeAsync(cancellation) is { } obstacle ? obstacle : await give();
        return outcome is RosterOutcome.Taken { Member: var member }
            ? (outcome, await CreateCodeAsync(member, member.Role, People.Limits.InvitationLength, cancellation))
            : (outcome, null);
    }

    /// <summary>Makes a code for a sign-in link of somebody on the list, good once and for a while.</summary>
    public async Task<string> CreateCodeAsync(
        Member member,
        Role role,
        TimeSpan length,
        CancellationToken cancellation = default
    )
    {
        var code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var row = JsonSerializer.Serialize(
            new SignInCode(member.Name, role, time.GetUtcNow(), time.GetUtcNow() + length, member.Id),
            AccessJson.Default.SignInCode
        );
        await tables.CommitAsync(CodeTable, All, [new RowChange.Insert(Base32.Hash(code, 40), row)], cancellation);
        return code;
    }

    /// <summary>Trades a code for a session of some length, once; null when it is unknown, used or too old, and when its
    /// holder was shut out since. One of a former release, which names nobody on the list, is too old.</summary>
    public async Task<(string Token, TokenRecord Record)?> TradeCodeAsync(
        string code,
        TimeSpan length,
        bool isSession = false,
        CancellationToken cancellation = default
    )
    {
        var hash = Base32.Hash(code, 40);
        if (await tables.FindAsync(CodeTable, All, hash, cancellation) is not { } row)
            return null;
        try
        {
            await tables.CommitAsync(CodeTable, All, [new RowChange.Delete(hash, row.ETag)], cancellation);
        }
        catch (RowConflictException)
        {
            return null; // used by somebody else in this very moment
        }

        var made = CodeOf(row);
        if (made.PersonId is null || made.ExpiresAt <= time.GetUtcNow())
            return null;
        var holder = await People.FindAsync(made.PersonId, cancellation);
        return
            holder is { EndedAt: null, Issuer: null }
            && !(made.MadeAt < holder.ValidFrom)
            && Roles.Within(made.Role, holder.Role) is { } role
            ? await IssueAsync(holder, role, length, isSession, cancellation: cancellation)
            : null;
    }

    // Why no more links can be made just now; null when they can.
    private async Task<RosterOutcome.Refused?> ObstacleToCodeAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var open = (await tables.ListAsync(CodeTable, All, cancellation: cancellation)).Count(row =>
            CodeOf(row).ExpiresAt > now
        );
        return open < People.Limits.MaxInvitations
            ? null
            : new(
                RosterRefusal.Full,
                $"{open:N0} links were made and not used, as many as may be (People:MaxInvitations): try again when some "
                    + "are used or too old."
            );
    }

    /// <summary>Removes so many tokens that ended a week ago, and codes that nobody can use any more.</summary>
    public async Task<int> ForgetEndedAsync(int most, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        return await ForgetAsync(
                TokenTable,
                row =>
                    JsonSerializer.Deserialize(row.Json, AccessJson.Default.TokenRecord)!.ExpiresAt + ToldAfterwards
                    <= now,
                most,
                cancellation
            ) + await ForgetAsync(CodeTable, row => CodeOf(row).ExpiresAt <= now, most, cancellation);
    }

    private async Task<int> ForgetAsync(
        string table,
        Func<TableRow, bool> isOver,
        int most,
        CancellationToken cancellation
    )
    {
        var forgotten = 0;
        for (string? after = null; ; )
        {
            var rows = await tables.ListAsync(table, All, "", after, ITableStore.MaxChanges, cancellation);
            var over = rows.Where(isOver)
                .Take(most - forgotten)
                .Select(row => (RowChange)new RowChange.Delete(row.Key))
                .ToList();
            if (over.Count > 0)
                await tables.CommitAsync(table, All, over, cancellation);
            if (table == TokenTable)
                await _use.ForgetAsync(over, cancellation);
            forgotten += over.Count;
            if (rows.Count < ITableStore.MaxChanges || forgotten == most)
                return forgotten;
            after = rows[^1].Key;
        }
    }

    private async Task<(TokenRecord Value, string ETag)?> FindAsync(string id, CancellationToken cancellation) =>
        await tables.FindAsync(TokenTable, All, id, cancellation) is { } row
            ? (JsonSerializer.Deserialize(row.Json, AccessJson.Default.TokenRecord)!, row.ETag)
            : null;
}
