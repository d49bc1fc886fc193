using System.Text.Json.Nodes;
using FactCheck.Storage;
using FactCheck.Storage.Local;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Storage;

/// <summary>How long tokens and one-time codes are good, and for what.</summary>
public sealed class TokensTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TempFolder _folder = new();
    private readonly SqliteTables _tables;
    private readonly FakeTimeProvider _time = new(Some.Now);
    private readonly Tokens _tokens;

    public TokensTests()
    {
        _tables = new(_folder["desk.db"]);
        _tokens = new(_tables, _time, new SigningKey(new byte[32]));
    }

    public void Dispose()
    {
        _tables.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3_599, true)]
    [InlineData(3_600, false)]
    public async Task A_token_and_a_code_are_good_until_the_moment_they_end(int seconds, bool isGood)
    {
        var (token, record) = await _tokens.IssueAsync("ana", Role.Editor, Hour);
        var code = await _tokens.CreateCodeAsync("ana", Role.Editor, Hour);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        var person = await _tokens.FindPersonAsync(token);
        Assert.Equal(
            isGood ? ("ana", Role.Editor, Some.Now + Hour) : default((string?, Role?, DateTimeOffset?)),
            (person?.Name, person?.Role, person?.ExpiresAt)
        );
        Assert.Equal(isGood, await _tokens.TradeCodeAsync(code, Hour) is not null);
        Assert.Null(await _tokens.TradeCodeAsync(code, Hour)); // once
        Assert.Equal(Some.Now + Hour, record.ExpiresAt);
    }

    [Fact]
    public async Task A_token_of_another_key_or_from_a_clock_that_runs_ahead_is_nobodys()
    {
        var (token, _) = await _tokens.IssueAsync("ana", Role.Editor, Hour);
        Assert.Null(await new Tokens(_tables, _time, new SigningKey([1, .. new byte[31]])).FindPersonAsync(token));
        Assert.Null(
            await new Tokens(_tables, new FakeTimeProvider(Some.Now.AddSeconds(-1)), new(new byte[32])).FindPersonAsync(
                token
            )
        );
        Assert.Null(await _tokens.FindPersonAsync("nonsense"));
    }

    [Fact]
    public async Task What_is_revoked_is_nobodys_from_then_on()
    {
        var (token, record) = await _tokens.IssueAsync("ana", Role.Editor, Hour);
        var (other, _) = await _tokens.IssueAsync("ana", Role.Editor, Hour);
        Assert.False(await _tokens.RevokeAsync("unknown"));
        Assert.True(await _tokens.RevokeAsync(record.Id));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await _tokens.RevokeAsync(record.Id)); // it stays revoked since then
        Assert.Equal(Some.Now, (await _tokens.ListAsync()).Single(t => t.Id == record.Id).RevokedAt);
        Assert.Null(await _tokens.FindPersonAsync(token));

        Assert.NotNull(await _tokens.FindPersonAsync(other));
        await _tokens.RevokeTokenAsync(other);
        await _tokens.RevokeTokenAsync("nonsense");
        Assert.Null(await _tokens.FindPersonAsync(other));
    }

    [Fact]
    public async Task Names_that_cannot_stand_on_decisions_get_neither_and_a_host_without_key_gives_none()
    {
        await Assert.ThrowsAsync<RosterException>(() => _tokens.IssueAsync("host", Role.Editor, Hour));
        await Assert.ThrowsAsync<RosterException>(() => _tokens.CreateCodeAsync("host", Role.Editor, Hour));
        var (token, _) = await _tokens.IssueAsync("ana", Role.Editor, Hour);
        var keyless = new Tokens(_tables, _time);
        await Assert.ThrowsAsync<InvalidOperationException>(() => keyless.IssueAsync("ana", Role.Editor, Hour));
        Assert.Null(await keyless.FindPersonAsync(token));
    }

    /// <summary>A token of a program waits for as long as it is good, a session for as long as somebody is there.</summary>
    [Fact]
    public async Task A_session_that_nobody_uses_is_over_and_one_that_somebody_does_is_not()
    {
        var people = new People(_tables, _time);
        var tokens = new Tokens(_tables, _time, new(new byte[32]), people, TimeSpan.FromHours(2));
        var (ana, day) = (
            (await people.AdmitAsync("ana", Role.Editor, AuditVerb.TokenMade, Who.CommandLine)).Member,
            TimeSpan.FromDays(1)
        );
        var (used, _) = await tokens.IssueAsync(ana, Role.Editor, day, isSession: true);
        var (left, _) = await tokens.IssueAsync(ana, Role.Editor, day, isSession: true);
        var (token, _) = await tokens.IssueAsync(ana, Role.Editor, day);
        for (var minutes = 0; minutes < 120; minutes += 119)
        {
            Assert.NotNull(await tokens.FindPersonAsync(used));
            _time.Advance(TimeSpan.FromMinutes(119));
        }

        Assert.NotNull(await tokens.FindPersonAsync(used));
        Assert.Contains("sign in again", (await tokens.HolderOfAsync(left)).Refused, StringComparison.Ordinal);
        Assert.NotNull(await tokens.FindPersonAsync(token));
        // Another process knows of the last use to a quarter of that time.
        _time.Advance(TimeSpan.FromMinutes(89));
        var other = new Tokens(_tables, _time, new(new byte[32]), people, TimeSpan.FromHours(2));
        Assert.NotNull(await other.FindPersonAsync(used));
        // And what another has seen meanwhile is looked at before somebody is refused.
        _time.Advance(TimeSpan.FromMinutes(119));
        Assert.NotNull(await other.FindPersonAsync(used));
        _time.Advance(TimeSpan.FromMinutes(60));
        Assert.NotNull(await tokens.FindPersonAsync(used));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Null(await other.FindPersonAsync(used));
        Assert.Null(await tokens.FindPersonAsync(used));
    }

    /// <summary>A code of a former release knows a name alone: whose it is nobody can tell.</summary>
    [Fact]
    public async Task A_code_of_a_former_release_is_too_old_and_raises_nobodys_role()
    {
        await _tokens.IssueAsync("ana", Role.Reviewer, Hour);
        var code = await _tokens.CreateCodeAsync("ana", Role.Reviewer, Hour);
        var row = Assert.Single(await _tables.ListAsync("signincodes", "all"));
        var former = JsonNode.Parse(row.Json)!.AsObject();
        Assert.True(former.Remove("personId") && former.Remove("madeAt"));
        former["role"] = "Editor";
        await _tables.CommitAsync("signincodes", "all", [new RowChange.Put(row.Key, former.ToJsonString())]);

        Assert.Null(await _tokens.TradeCodeAsync(code, Hour));

        Assert.Equal(Role.Reviewer, Assert.Single((await _tokens.People.RosterAsync()).Members).Role);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(250)]
    public async Task What_ended_is_forgotten_page_by_page_a_token_a_week_later(int count)
    {
        var tokens = new Tokens(
            _tables,
            _time,
            new(new byte[32]),
            new(_tables, _time, new() { MaxInvitations = 1_000 })
        );
        for (var i = 0; i < count; i++)
            await tokens.CreateCodeAsync("ana", Role.Editor, i % 2 == 0 ? Hour : 2 * Hour);
        await _tokens.IssueAsync("ana", Role.Editor, Hour);
        _time.Advance(Hour);
        Assert.Equal((count + 1) / 2, await _tokens.ForgetEndedAsync(1_000));
        _time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Assert.Equal(count / 2, await _tokens.ForgetEndedAsync(1_000));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await _tokens.ForgetEndedAsync(1_000));
    }

    [Fact]
    public void The_key_of_a_folder_is_made_once_and_what_is_none_is_said()
    {
        var key = SigningKey.ReadOrMake(_folder.Path);
        Assert.Equal(32, key.Bytes.Length);
        Assert.Equal(key.Bytes, SigningKey.ReadOrMake(_folder.Path).Bytes);
        File.WriteAllBytes(_folder["keys", "signing.key"], new byte[31]);
        Assert.Throws<DamagedDeskException>(() => SigningKey.ReadOrMake(_folder.Path));
    }
}
