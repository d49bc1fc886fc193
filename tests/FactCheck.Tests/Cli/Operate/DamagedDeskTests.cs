using System.Text.Json.Nodes;
using FactCheck.Tests.Storage;

namespace FactCheck.Tests.Cli.Operate;

/// <summary>What a terminal shows of a data folder that is damaged, and how it is mended there.</summary>
public sealed class DamagedDeskTests : IDisposable
{
    private readonly SealedDesk _desk = new();
    private readonly TempFolder _elsewhere = new();

    public void Dispose()
    {
        _desk.Dispose();
        _elsewhere.Dispose();
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("demo")]
    [InlineData("token create ana Editor")]
    [InlineData("sign-in ana Editor")]
    public async Task A_desk_without_its_rows_is_refused_by_every_verb_that_would_make_one(string verb)
    {
        Directory.CreateDirectory(_elsewhere["texts", "a"]);
        var typed = await Typed.RunAsync([.. verb.Split(' '), "--data", _elsewhere.Path]);
        AssertRefused(typed, "desk.db' is missing");
        Assert.False(File.Exists(_elsewhere["desk.db"]));
    }

    [Fact]
    public async Task A_desk_that_lost_its_newest_entries_is_not_served_until_somebody_accepts_it()
    {
        await _desk.FillAsync();
        Assert.Equal("", await _desk.StartAsync());
        _desk.PutBack(_desk.Past[5]);
        await _desk.RestartAsync();

        AssertRefused(await Typed.RunAsync("serve", "--data", _desk.Folder), "an older copy was put back");
        var verify = await Typed.RunAsync("audit", "verify", "--data", _desk.Folder);
        Assert.Equal(6, verify.ExitCode);
        Assert.Contains("an older copy was put back", verify.Output, StringComparison.Ordinal);

        var accepted = await Typed.RunAsync("audit", "accept", "--data", _desk.Folder);
        Assert.Equal((0, ""), (accepted.ExitCode, accepted.Error));
        Assert.Contains("taken as they are", accepted.Output, StringComparison.Ordinal);
        Assert.Equal("", await _desk.StartAsync(mend: false));
        var log = string.Concat(Directory.GetFiles(_desk.LogFolder, "*.jsonl").Select(File.ReadAllText));
        Assert.Contains($"\"by\":\"{Environment.UserName}\"", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_cannot_be_read_is_a_sentence_and_the_others_are_looked_at()
    {
        await _desk.FillAsync();
        Assert.Equal("", await _desk.StartAsync());
        await _desk.RestartAsync();
        var row = Assert.Single(_desk.Rows("head", SealedDesk.Articles[1]));
        _desk.Write(row with { Json = "{" });

        AssertRefused(await Typed.RunAsync("serve", "--data", _desk.Folder), "Its head can't be read");
        AssertRefused(await Typed.RunAsync("audit", "accept", "--data", _desk.Folder), "Its head can't be read");
        var verify = await Typed.RunAsync("audit", "verify", "--data", _desk.Folder);
        Assert.Equal((6, ""), (verify.ExitCode, verify.Error));
        Assert.Contains("Its head can't be read", verify.Output, StringComparison.Ordinal);
        Assert.Contains("1 broken, 2 intact", verify.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seals_that_are_stripped_with_the_log_make_no_former_release_of_a_desk()
    {
        await _desk.FillAsync();
        Assert.Equal("", await _desk.StartAsync());
        await _desk.RestartAsync();
        _desk.Unseal();
        Directory.Delete(_desk.LogFolder, recursive: true);

        AssertRefused(await Typed.RunAsync("serve", "--data", _desk.Folder), "sealed this desk before");
        var accepted = await Typed.RunAsync("audit", "accept", "--data", _desk.Folder);
        Assert.Contains("3 articles are taken", accepted.Output, StringComparison.Ordinal);
        Assert.Equal("", await _desk.StartAsync(mend: false));
    }

    [Fact]
    public async Task A_key_that_is_lost_is_told_and_a_new_one_is_somebodys_word()
    {
        await _desk.FillAsync();
        Assert.Equal("", await _desk.StartAsync());
        await _desk.RestartAsync();
        File.Delete(Path.Combine(_desk.Folder, "keys", "audit.key"));
        AssertRefused(await Typed.RunAsync("serve", "--data", _desk.Folder), "audit.key' is missing");
        AssertRefused(await Typed.RunAsync("audit", "accept", "--data", _desk.Folder), "--new-key");

        var accepted = await Typed.RunAsync("audit", "accept", "--new-key", "--data", _desk.Folder, "--json");
        Assert.Equal(3, (int)JsonNode.Parse(accepted.Output)!["articles"]!);
        Assert.True(Directory.Exists((string)JsonNode.Parse(accepted.Output)!["aside"]!));
        var verify = await Typed.RunAsync("audit", "verify", "--data", _desk.Folder);
        Assert.Equal((0, true), (verify.ExitCode, verify.Output.Contains("3 intact", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_backup_is_told_of_and_a_restore_names_what_is_missing()
    {
        await _desk.FillAsync();
        var copy = _elsewhere["copy"];
        var made = await Typed.RunAsync("backup", copy, "--data", _desk.Folder);
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        Assert.Contains("The keys are not in it", made.Output, StringComparison.Ordinal);
        Assert.Equal(5, (await Typed.RunAsync("backup", copy, "--data", _desk.Folder)).ExitCode);
        await _desk.NoteAsync(SealedDesk.Articles[0]);
        await _desk.RestartAsync();

        string[] restore = ["restore", copy, "--data", _elsewhere["back"]];
        var keyless = await Typed.RunAsync(restore);
        Assert.Contains("It can't be started yet", keyless.Output, StringComparison.Ordinal);
        Assert.Equal(5, (await Typed.RunAsync(restore)).ExitCode);
        Directory.Delete(_elsewhere["back"], recursive: true);
        var restored = await Typed.RunAsync([
            .. restore,
            "--keys",
            Path.Combine(_desk.Folder, "keys"),
            "--log",
            _desk.LogFolder,
        ]);
        Assert.Equal((0, ""), (restored.ExitCode, restored.Error));
        Assert.Contains($"Missing: {SealedDesk.Articles[0]}", restored.Output, StringComparison.Ordinal);
        var verify = await Typed.RunAsync("audit", "verify", "--data", _elsewhere["back"]);
        Assert.Equal((0, ""), (verify.ExitCode, verify.Error));
    }

    private static void AssertRefused(Typed typed, string why)
    {
        Assert.Equal((8, ""), (typed.ExitCode, typed.Output));
        Assert.Contains(why, typed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", typed.Error, StringComparison.Ordinal);
    }
}
