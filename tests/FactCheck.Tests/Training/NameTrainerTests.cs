using System.Text.Json;
using FactCheck.Tests.Extraction;
using FactCheck.Training;

namespace FactCheck.Tests.Training;

/// <summary>Lines that the tagger of names learns from.</summary>
public class NameTrainerTests
{
    [Theory]
    [InlineData("[Jane Doe works for Acme.")]
    [InlineData("[Jane Doe|Q] works.")]
    [InlineData("[Jane Doe|Person] works.")]
    [InlineData("[Jane Doe] works for [Acme|O].")]
    public void A_mark_that_says_no_kind_is_refused(string line) =>
        Assert.Throws<JsonException>(() => NameCorpus.Read(line));

    [Fact]
    public void Marked_names_are_read_without_their_marks()
    {
        var (text, names) = NameCorpus.Read("[Jane Doe|P] left [Acme|O] for [Paris|L] after [The Book|M].");
        Assert.Equal("Jane Doe left Acme for Paris after The Book.", text);
        Assert.Equal(
            [
                ("Acme", EntityKind.Organization),
                ("Jane Doe", EntityKind.Person),
                ("Paris", EntityKind.Location),
                ("The Book", EntityKind.Other),
            ],
            names.Select(n => (n.Span.In(text), n.Kind)).OrderBy(n => n.Item1, StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Every_line_of_the_seeds_can_be_learned_from() =>
        Assert.All(SeedData.Lines("names.txt"), line => Assert.NotEmpty(NameCorpus.Read(line).Names));
}
