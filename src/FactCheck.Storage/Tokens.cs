using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using FactCheck.Storage.Local;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FactCheck.Storage;

/// <summary>Signs the desk's own tokens. A host without one takes only tokens of an OpenID Connect issuer.</summary>
public sealed record SigningKey(byte[] Bytes)
{
    /// <summary>The key of a data folder, made on first use with mode 0600 (its folder 0700).</summary>
    /// <exception cref="DamagedDeskException">The file that should hold it holds something else.</exception>
    public static SigningKey ReadOrMake(string dataFolder) =>
        new(
            KeyFile.ReadOrMake(
                dataFolder,
                "signing.key",
                "signing key",
                "Remove it to have a new one made; every token and session then ends."
            )
        );
}

/// <summary>A token that was issued, without the token.</summary>
public sealed record TokenRecord(
    string Id,
    string Name,
    Role Role,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt = null
);

/// <summary>A one-time code; only its hash is kept.</summary>
public sealed record SignInCode(string Name, Role Role, DateTimeOffset ExpiresAt);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(TokenRecord))]
[JsonSerializable(typeof(SignInCode))]
internal sealed partial class TokenJson : JsonSerializerContext;

/// <summary>The desk's own tokens (JWT, HS256) and one-time codes. Unlisted or revoked ones are refused.</summary>
public sealed class Tokens(ITableStore tables, TimeProvider time, SigningKey? key = null)
{
    private const string Issuer = "factcheck";
    private const string TokenTable = "tokens";
    private const string CodeTable = "signincodes";
    private const string All = "all";
    private const string RoleClaim = "role";

    // The list of tokens tells for a while of those that ended.
    private static readonly TimeSpan ToldAfterwards = TimeSpan.FromDays(7);

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Issues a token. Nothing keeps it: whoever asked must hand it on.</summary>
    /// <exception cref="InvalidOperationException">This host has no signing key.</exception>
    /// <exception cref="ArgumentException">That is no name.</exception>
    public async Task<(string Token, TokenRecord Record)> IssueAsync(
        string name,
        Role role,
        TimeSpan length,
        CancellationToken cancellation = default
    )
    {
        if (key is null)
            throw new InvalidOperationException("This host issues no tokens of its own.");
        if (!Person.IsName(name))
            throw new ArgumentException($"A name has {Person.NameRule}.", nameof(name));
        var now = time.GetUtcNow();
        var record = new TokenRecord(Guid.NewGuid().ToString("N"), name, role, now, now + length);
        await tables.CommitAsync(
            TokenTable,
            All,
            [new RowChange.Insert(record.Id, JsonSerializer.Serialize(record, TokenJson.Default.TokenRecord))],
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
                    new(JwtRegisteredClaimNames.Sub, name),
                    new(RoleClaim, role.ToString()),
                    new(JwtRegisteredClaimNames.Jti, record.Id),
                ]),
                SigningCredentials = new(new SymmetricSecurityKey(key.Bytes), SecurityAlgorithms.HmacSha256),
            }
        );
        return (token, record);
    }

    /// <summary>Who holds a token; null when it is not ours, is over, or was revoked.</summary>
    public async Task<Person?> FindPersonAsync(string token, CancellationToken cancellation = default)
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
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt)
            return null;
        return await FindAsync(jwt.Id, cancellation) is { Value: { RevokedAt: null } record }
            ? new(record.Name, record.Role, record.ExpiresAt)
            : null;
    }

    /// <summary>Every token that was issued.</summary>
    public async Task<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellation = default) =>
        [
            .. (await tables.ListAsync(TokenTable, All, cancellation: cancellation)).Select(row =>
                JsonSerializer.Deserialize(row.Json, TokenJson.Default.TokenRecord)!
            ),
        ];

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
            [new RowChange.Replace(id, JsonSerializer.Serialize(revoked, TokenJson.Default.TokenRecord), found.ETag)],
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

    /// <summary>Makes a code for a sign-in link, good once and for a while.</summary>
    public async Task<string> CreateCodeAsync(
        string name,
        Role role,
        TimeSpan length,
        CancellationToken cancellation = default
    )
    {
        if (!Person.IsName(name))
            throw new ArgumentException($"A name has {Person.NameRule}.", nameof(name));
        var code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var row = JsonSerializer.Serialize(
            new SignInCode(name, role, time.GetUtcNow() + length),
            TokenJson.Default.SignInCode
        );
        await tables.CommitAsync(CodeTable, All, [new RowChange.Insert(Base32.Hash(code, 40), row)], cancellation);
        return code;
    }

    /// <summary>Trades a code for a session of some length, once; null when it is unknown, used or too old.</summary>
    public async Task<(string Token, TokenRecord Record)?> TradeCodeAsync(
        string code,
        TimeSpan length,
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

        var made = JsonSerializer.Deserialize(row.Json, TokenJson.Default.SignInCode)!;
        return made.ExpiresAt > time.GetUtcNow() ? await IssueAsync(made.Name, made.Role, length, cancellation) : null;
    }

    /// <summary>Removes so many tokens that ended a week ago, and codes that nobody can use any more.</summary>
    public async Task<int> ForgetEndedAsync(int most, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        return await ForgetAsync(
                TokenTable,
                row =>
                    JsonSerializer.Deserialize(row.Json, TokenJson.Default.TokenRecord)!.ExpiresAt + ToldAfterwards
                    <= now,
                most,
                cancellation
            )
            + await ForgetAsync(
                CodeTable,
                row => JsonSerializer.Deserialize(row.Json, TokenJson.Default.SignInCode)!.ExpiresAt <= now,
                most,
                cancellation
            );
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
            forgotten += over.Count;
            if (rows.Count < ITableStore.MaxChanges || forgotten == most)
                return forgotten;
            after = rows[^1].Key;
        }
    }

    private async Task<(TokenRecord Value, string ETag)?> FindAsync(string id, CancellationToken cancellation) =>
        await tables.FindAsync(TokenTable, All, id, cancellation) is { } row
            ? (JsonSerializer.Deserialize(row.Json, TokenJson.Default.TokenRecord)!, row.ETag)
            : null;
}
