using System.Text.Json.Nodes;

namespace FactCheck.Tests.Cli.Extract;

/// <summary><c>extract text --explain</c>.</summary>
public sealed class ReadingCommandsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_says_what_was_taken_from_where_what_was_left_out_and_what_is_doubtful()
    {
        await File.WriteAllTextAsync(
            _folder["toll.md"],
            "---\ndate: 03/04/2026\n---\n# Toll rises\n\nIt rose in May.\n"
        );
        var typed = await Typed.RunAsync("extract", "text", _folder["toll.md"], "--explain");
        Assert.Equal(
            [
                _folder["toll.md"],
                "  Title      Toll rises (the headline)",
                "  Byline     not found",
                "  Published  not found",
                "  Outlet     not found",
                "  Language   en (guessed from the words)",
                "  Taken      4 words, 12 characters",
                "  Left out   2 words, 9 characters: headline, byline and date lines",
                "  Doubtful   The date of publication '03/04/2026' is not read: it can be two days, or is none; write it as "
                    + "2026-04-03.",
            ],
            typed.Output.TrimEnd().ReplaceLineEndings("\n").Split('\n')
        );
    }

    [Fact]
    public async Task As_JSON_it_is_the_receipt_of_the_API()
    {
        await File.WriteAllTextAsync(_folder["toll.md"], "# Toll rises\n\nIt rose in May.\n");
        var typed = await Typed.RunAsync("extract", "text", _folder["toll.md"], "--explain", "--json");
        var receipt = JsonNode.Parse(typed.Output)!["articles"]![0]!["receipt"]!;
        Assert.Equal("Headline", receipt["facts"]![0]!["source"]!.GetValue<string>());
        Assert.Equal(4, receipt["taken"]!["words"]!.GetValue<int>());
    }
}
