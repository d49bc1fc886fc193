using FactCheck.Cli;
using FactCheck.Cli.Terminal;
using FactCheck.Tests.Storage;
using Xunit;

namespace FactCheck.Tests.Cli;

/// <summary>What is typed, and what comes of it before any host is asked.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string> Verbs => [.. Typed.Verbs().Select(v => string.Join(' ', v.Path))];

    public static TheoryData<string> Examples =>
        [
            .. Typed
                .Verbs()
                .SelectMany(v => ((Verb)v.Command).Examples)
                .Where(e => e.StartsWith("factcheck ", StringComparison.Ordinal))
                .Select(WithoutShell)
                .Distinct(),
        ];

    [Theory]
    [InlineData("")]
    [InlineData("revew list")]
    [InlineData("upload")]
    [InlineData("upload a.txt --published yesterday")]
    [InlineData("upload a.txt --source-url ftp://example.org/a")]
    [InlineData("upload a.txt --purpose Unknown")]
    [InlineData("watch --host example.org")]
    [InlineData("review decide T agree")]
    [InlineData("review decide T approve --evidence not-an-address")]
    [InlineData("review list --kind Rumour")]
    [InlineData("token create ana Public")]
    [InlineData("token create ana Host")]
    [InlineData("token create a/b Editor")]
    [InlineData("token create ana")]
    [InlineData("token create ana Editor --days 0")]
    [InlineData("evaluate keyphrases gold.jsonl --k 0")]
    [InlineData("completion tcsh")]
    [InlineData("serve --urls localhost:7071")]
    [InlineData("serve --data ./no-such-folder --storage  ")]
    [InlineData("sign-in ana King")]
    [InlineData("sign-in ana Host")]
    [InlineData("sign-in a/b Editor")]
    [InlineData("sign-in ana")]
    [InlineData("host run app --worker-port 0")]
    [InlineData("host run app --worker-port 5000 --wait-for-debugger")]
    [InlineData("host run")]
    public async Task What_is_typed_wrong_is_told_in_a_line_with_exit_code_2(string line)
    {
        var typed = await Typed.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((ExitCode.Usage, ""), (typed.ExitCode, typed.Output));
        Assert.StartsWith("factcheck: ", typed.Error, StringComparison.Ordinal);
        Assert.Contains("--help", typed.Error, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Verbs))]
    public async Task Every_verb_has_help_with_examples(string verb)
    {
        var typed = await Typed.RunAsync([.. verb.Split(' '), "--help"]);

        Assert.Equal((ExitCode.Done, ""), (typed.ExitCode, typed.Error));
        Assert.Contains("Usage:", typed.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:", typed.Output, StringComparison.Ordinal);
        Assert.Contains("--json", typed.Output, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Examples))]
    public void Every_example_is_understood(string example) =>
        Assert.Empty(FactCheckCommand.Root.Parse(example["factcheck ".Length..]).Errors);

    [Fact]
    public async Task The_help_of_the_whole_lists_every_exit_code()
    {
        var help = (await Typed.RunAsync("--help")).Output;

        Assert.All(
            ExitCode.All,
            code => Assert.Contains($"{code.Code, 3}  {code.Meaning}", help, StringComparison.Ordinal)
        );
        var constants = typeof(ExitCode).GetFields().Where(f => f.IsLiteral).Select(f => (int)f.GetRawConstantValue()!);
        Assert.Equal(constants.Order(), ExitCode.All.Select(c => c.Code).Order());
    }

    [Fact]
    public async Task What_is_not_there_is_exit_code_3()
    {
        using var folder = new TempFolder();
        foreach (
            var line in (string[][])
                [
                    ["upload", folder.Path + "/none.txt"],
                    ["token", "list", "--data", folder.Path],
                    ["audit", "verify", "--data", folder.Path],
                    ["demo", folder.Path + "/none.txt"],
                    ["evaluate", "quotes", folder.Path + "/none.jsonl"],
                ]
        )
        {
            var typed = await Typed.RunAsync(line);
            Assert.True(typed.ExitCode == ExitCode.NotFound, $"{string.Join(' ', line)}: {typed}");
        }
    }

    [Fact]
    public async Task An_error_is_JSON_too_when_that_is_asked_for()
    {
        var typed = await Typed.RunAsync("upload", "/no/such/file.txt", "--json");

        Assert.Equal(
            """{"error":"There is no file or folder '/no/such/file.txt'.","exitCode":3}""",
            typed.Error.Trim()
        );
    }

    [Fact]
    public async Task A_token_is_printed_once_and_alone()
    {
        using var folder = new TempFolder();
        var made = await Typed.RunAsync("token", "create", "ana", "Reviewer", "--data", folder.Path);
        var list = await Typed.RunAsync("token", "list", "--all", "--json", "--data", folder.Path);

        Assert.Equal(2, made.Output.Trim().Count(c => c == '.'));
        Assert.DoesNotContain('\n', made.Output.Trim());
        Assert.DoesNotContain(made.Output.Trim(), made.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Output.Trim().Split('.')[2], list.Output, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"ana\"", list.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_makes_a_token_in_a_folder_that_no_host_has_used_is_told()
    {
        using var folder = new TempFolder();
        var first = await Typed.RunAsync("token", "create", "ana", "Reviewer", "--data", folder.Path);
        var second = await Typed.RunAsync("token", "create", "ben", "Reviewer", "--data", folder.Path);

        Assert.Contains("was no data folder", first.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("was no data folder", second.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("tökén")]
    public async Task A_token_that_can_be_none_is_told_without_showing_it(string token)
    {
        var typed = await Typed.RunAsync("watch", "--once", "--host", "http://127.0.0.1:1", "--token", token);

        Assert.Equal((ExitCode.Usage, ""), (typed.ExitCode, typed.Output));
        Assert.Contains("--token", typed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(token, typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_end_behind_a_token_is_no_part_of_it() =>
        Assert.Equal(
            ExitCode.Unreachable,
            (await Typed.RunAsync("watch", "--once", "--host", "http://127.0.0.1:1", "--token", "a.b.c\r\n")).ExitCode
        );

    [Fact]
    public async Task What_a_data_folder_keeps_for_tokens_only_its_owner_reads()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        using var folder = new TempFolder();
        await Typed.RunAsync("token", "create", "ana", "Reviewer", "--data", folder.Path);

        foreach (var file in Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Revoking_twice_is_as_good_as_once_and_what_is_unknown_is_told()
    {
        using var folder = new TempFolder();
        await Typed.RunAsync("token", "create", "ana", "Reviewer", "--data", folder.Path);
        var id = (await Typed.RunAsync("token", "list", "--data", folder.Path)).Output.Split('\n')[1].Split(' ')[0];

        Assert.Equal(ExitCode.Done, (await Typed.RunAsync("token", "revoke", id, "--data", folder.Path)).ExitCode);
        Assert.Equal(ExitCode.Done, (await Typed.RunAsync("token", "revoke", id, "--data", folder.Path)).ExitCode);
        Assert.Equal(
            ExitCode.NotFound,
            (await Typed.RunAsync("token", "revoke", "0", id, "--data", folder.Path)).ExitCode
        );
        Assert.Equal("No token.", (await Typed.RunAsync("token", "list", "--data", folder.Path)).Output.Trim());
    }

    // What the shell does with a line is not ours: its quotes, its redirections.
    private static string WithoutShell(string example)
    {
        foreach (var end in (string[])["  #", " < ", " | "])
            if (example.IndexOf(end, StringComparison.Ordinal) is var at and >= 0)
                example = example[..at];
        return example.Replace(" '", " \"", StringComparison.Ordinal).Replace("' ", "\" ", StringComparison.Ordinal);
    }
}
