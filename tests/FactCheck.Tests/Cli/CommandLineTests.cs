using System.Text;
using FactCheck.Cli;
using FactCheck.Cli.Terminal;

namespace FactCheck.Tests.Cli;

/// <summary>What is typed, and what comes of it before any host is asked.</summary>
public sealed class CommandLineTests
{
    private const string Folder = "tests/FactCheck.Tests/Cli/";

    private static readonly string[] Wrong =
    [
        "",
        "revew list",
        "upload",
        "upload a.txt --published yesterday",
        "upload a.txt --source-url ftp://example.org/a",
        "upload a.txt --purpose Unknown",
        "watch --host example.org",
        "review decide T agree",
        "review decide T approve --evidence not-an-address",
        "review list --kind Rumour",
        "token create ana Public",
        "token create ana Host",
        "token create a/b Editor",
        "token create ana",
        "token create ana Editor --days 0",
        "evaluate keyphrases gold.jsonl --k 0",
        "completion tcsh",
        "serve --urls localhost:7071",
        "serve --data ./no-such-folder --storage  ",
        "sign-in ana King",
        "sign-in ana Host",
        "sign-in a/b Editor",
        "sign-in ana",
        "host run app --worker-port 0",
        "host run app --worker-port 5000 --wait-for-debugger",
        "host run",
        "upload FOLDER/none.txt",
        "upload FOLDER/none.txt --json",
        "token list --data FOLDER",
        "audit verify --data FOLDER",
        "demo FOLDER/none.txt",
        "evaluate quotes FOLDER/none.jsonl",
        "host run FOLDER/none --data FOLDER",
        "runtime list --data FOLDER",
    ];

    public static TheoryData<string> Examples =>
        [
            .. Typed
                .Verbs()
                .SelectMany(v => ((Verb)v).Examples)
                .Where(e => e.StartsWith("factcheck ", StringComparison.Ordinal))
                .Select(WithoutShell)
                .Distinct(),
        ];

    [Fact]
    public async Task The_help_is_the_approved_one_and_has_examples_for_every_verb()
    {
        var help = new StringBuilder();
        foreach (var path in Typed.Commands())
            help.Append($"$ factcheck {string.Join(' ', [.. path, "--help"])}\n")
                .Append((await Typed.RunAsync([.. path, "--help"])).Output);

        // It calls itself by the name of the process that it runs in.
        help.Replace($"  {FactCheckCommand.Root.Name} ", "  factcheck ");
        Approved.Matches(help.ToString(), Folder + "help.approved.txt");
        Assert.All(Typed.Verbs(), verb => Assert.NotEmpty(((Verb)verb).Examples));
    }

    [Fact]
    public async Task What_is_typed_wrong_is_told_as_it_was_approved()
    {
        using var folder = new TempFolder();
        var told = new StringBuilder();
        foreach (var line in Wrong)
        {
            var typed = await Typed.RunAsync([
                .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => w.Replace("FOLDER", folder.Path)),
            ]);
            Assert.Equal("", typed.Output);
            told.Append($"$ {$"factcheck {line}".TrimEnd()}\n")
                .Append(typed.Error.Replace(folder.Path, "FOLDER", StringComparison.Ordinal))
                .Append($"exit code {typed.ExitCode}\n\n");
        }

        Approved.Matches(told.ToString(), Folder + "errors.approved.txt");
    }

    [Theory, MemberData(nameof(Examples))]
    public void Every_example_is_understood(string example) =>
        Assert.Empty(FactCheckCommand.Root.Parse(example["factcheck ".Length..]).Errors);

    [Fact]
    public void The_help_lists_every_exit_code() =>
        Assert.Equal(
            typeof(ExitCode).GetFields().Where(f => f.IsLiteral).Select(f => (int)f.GetRawConstantValue()!).Order(),
            ExitCode.All.Select(c => c.Code).Order()
        );

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
