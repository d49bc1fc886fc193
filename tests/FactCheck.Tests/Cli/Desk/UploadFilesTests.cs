using FactCheck.Cli.Desk;
using FactCheck.Cli.Terminal;

namespace FactCheck.Tests.Cli.Desk;

public sealed class UploadFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public UploadFilesTests()
    {
        foreach (
            var file in (string[])
                [
                    "a.txt",
                    "b.md",
                    "b.md.meta.json",
                    "picture.png",
                    "north/a.html",
                    "north/deep/c.txt",
                    "north/deep/d1.md",
                    "north/deep/d2.md",
                    ".hidden/e.txt",
                    ".f.txt",
                ]
        )
        {
            var path = Path.Combine(_folder.Path, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "{}");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.txt", "a.txt")]
    [InlineData("picture.png", "picture.png")]
    [InlineData("", "a.txt b.md north/a.html north/deep/c.txt north/deep/d1.md north/deep/d2.md")]
    [InlineData("north", "a.html deep/c.txt deep/d1.md deep/d2.md")]
    [InlineData("*.txt", "a.txt")]
    [InlineData("*", "a.txt b.md")]
    [InlineData("**/*.txt", "a.txt north/deep/c.txt")]
    [InlineData("n*/**/*.md", "north/deep/d1.md north/deep/d2.md")]
    [InlineData("north/deep/d?.md", "d1.md d2.md")]
    [InlineData("north/deep/d[!1].md", "d2.md")]
    [InlineData("north/*/c.*", "deep/c.txt")]
    public void Files_folders_and_patterns_become_articles_with_names(string path, string names) =>
        Assert.Equal(
            names,
            string.Join(' ', UploadFiles.Expand([Path.Combine(_folder.Path, path)]).Select(f => f.Name))
        );

    [Fact]
    public void What_a_folder_holds_of_other_kinds_is_named_without_what_lies_beside_an_article()
    {
        Assert.Equal(["picture.png"], UploadFiles.PassedOver([_folder.Path]));
        Assert.Empty(
            UploadFiles.PassedOver([Path.Combine(_folder.Path, "picture.png"), Path.Combine(_folder.Path, "*.md")])
        );
    }

    [Theory]
    [InlineData("none.txt")]
    [InlineData("none/*.txt")]
    [InlineData("*.docm")]
    public void What_is_not_there_is_told(string path) =>
        Assert.Equal(
            ExitCode.NotFound,
            Assert.Throws<CommandException>(() => UploadFiles.Expand([Path.Combine(_folder.Path, path)])).ExitCode
        );

    [Fact]
    public void A_bracket_without_end_is_no_pattern() =>
        Assert.Equal(
            ExitCode.Usage,
            Assert.Throws<CommandException>(() => UploadFiles.Expand([Path.Combine(_folder.Path, "d[1")])).ExitCode
        );

    [Fact]
    public void Links_in_a_folder_lead_nowhere_and_one_that_is_named_is_followed()
    {
        var elsewhere = Path.Combine(_folder.Path, ".hidden");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "north", "round"), "..");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "north", "away"), elsewhere);
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "north", "e.txt"), Path.Combine(elsewhere, "e.txt"));

        Assert.Equal(
            ["a.html", "deep/c.txt", "deep/d1.md", "deep/d2.md"],
            UploadFiles.Expand([Path.Combine(_folder.Path, "north")]).Select(f => f.Name)
        );
        Assert.Equal(["e.txt"], UploadFiles.Expand([Path.Combine(_folder.Path, "north", "e.txt")]).Select(f => f.Name));
        Assert.Equal(["e.txt"], UploadFiles.Expand([Path.Combine(_folder.Path, "north", "away")]).Select(f => f.Name));
    }

    [Fact]
    public void Two_files_of_one_name_are_not_both_sent()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "south"));
        File.WriteAllText(Path.Combine(_folder.Path, "south", "a.html"), "");

        var refused = Assert.Throws<CommandException>(() =>
            UploadFiles.Expand([Path.Combine(_folder.Path, "north"), Path.Combine(_folder.Path, "south")])
        );
        Assert.Contains("'a.html'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_named_twice_is_sent_once_and_a_prefix_stands_before_each_name() =>
        Assert.Equal(
            ["2025/a.txt", "2025/b.md"],
            UploadFiles
                .Expand([Path.Combine(_folder.Path, "*"), Path.Combine(_folder.Path, "a.txt")], "2025/")
                .Select(f => f.Name)
        );

    [Fact]
    public void What_lies_beside_a_file_is_sent_with_it_and_the_command_line_has_the_last_word()
    {
        File.WriteAllText(
            Path.Combine(_folder.Path, "b.md.meta.json"),
            """{"outlet":"Post","title":"Old","pages":"3","byline":" "}"""
        );
        var metadata = new UploadFile(Path.Combine(_folder.Path, "b.md"), "b.md").MetadataWith(
            new Dictionary<string, string> { ["title"] = "New" }
        );

        Assert.Equal(
            ["outlet=Post", "title=New"],
            metadata.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}={m.Value}")
        );
    }

    [Fact]
    public void A_broken_file_beside_is_told_and_not_passed_over()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "b.md.meta.json"), "{");
        Assert.Throws<CommandException>(() =>
            new UploadFile(Path.Combine(_folder.Path, "b.md"), "b.md").MetadataWith(new Dictionary<string, string>())
        );
    }
}
