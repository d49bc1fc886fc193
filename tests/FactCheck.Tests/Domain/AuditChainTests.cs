using CsCheck;

namespace FactCheck.Tests.Domain;

public class AuditChainTests
{
    // One way to falsify each part of an entry.
    public static readonly TheoryData<string> Parts =
    [
        "At",
        "Who",
        "What",
        "Subject",
        "detail's value",
        "detail's name",
        "detail removed",
        "Previous",
        "Hash",
    ];

    [Fact]
    public void A_chain_that_nobody_touched_holds()
    {
        Assert.Null(Break(Chain(5)));
        Assert.Null(AuditChain.FirstBreak([], 0, ""));
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_changed_part_of_an_entry_breaks_the_chain(string part)
    {
        var chain = Chain(5);
        var last = chain[^1];
        chain[2] = Falsify(chain[2], part);
        var problem = AuditChain.FirstBreak(chain, last.Seq, last.Hash);
        Assert.Equal(part == "Previous" ? "Entry 3 does not follow entry 2." : "Entry 3 was changed.", problem);
    }

    [Fact]
    public void An_entry_that_was_changed_and_hashed_anew_no_longer_fits_the_next()
    {
        var chain = Chain(5);
        chain[2] = AuditChain.Append(2, chain[1].Hash, new("somebody else", AuditVerb.Decided, "x"), Some.Now);
        Assert.Equal("Entry 4 does not follow entry 3.", Break(chain));
    }

    [Fact]
    public void The_last_entry_changed_and_hashed_anew_no_longer_fits_the_case()
    {
        var chain = Chain(5);
        var last = chain[^1];
        chain[^1] = AuditChain.Append(4, chain[3].Hash, new("somebody else", AuditVerb.Decided, "x"), Some.Now);
        Assert.Equal("The chain ends at entry 5, its head says 5.", AuditChain.FirstBreak(chain, last.Seq, last.Hash));
    }

    [Theory]
    [InlineData(0, "Entry 1 is missing.")]
    [InlineData(2, "Entry 3 is missing.")]
    [InlineData(4, "The chain ends at entry 4, its head says 5.")]
    public void A_removed_entry_is_missed(int index, string problem)
    {
        var chain = Chain(5);
        var last = chain[^1];
        chain.RemoveAt(index);
        Assert.Equal(problem, AuditChain.FirstBreak(chain, last.Seq, last.Hash));
    }

    [Fact]
    public void Entries_in_another_order_break_the_chain()
    {
        var chain = Chain(5);
        (chain[1], chain[3]) = (chain[3], chain[1]);
        Assert.Equal("Entry 2 is missing.", Break(chain));
    }

    [Fact]
    public void Entries_that_changed_places_and_numbers_break_the_chain()
    {
        var chain = Chain(5);
        (chain[1], chain[2]) = (chain[2] with { Seq = 2 }, chain[1] with { Seq = 3 });
        Assert.Equal("Entry 2 does not follow entry 1.", Break(chain));
    }

    [Fact]
    public void An_entry_put_in_between_breaks_the_chain()
    {
        var chain = Chain(5);
        chain.Insert(2, AuditChain.Append(2, chain[1].Hash, new("somebody", AuditVerb.Decided, "x"), Some.Now));
        Assert.Equal("Entry 4 is missing.", Break(chain));
    }

    [Fact]
    public void Words_can_not_wander_from_one_part_to_the_next()
    {
        Assert.NotEqual(HashOf(new("ab", AuditVerb.Decided, "c")), HashOf(new("a", AuditVerb.Decided, "bc")));
        Assert.NotEqual(HashOf(Note(("a", "b"), ("c", "d"))), HashOf(Note(("a", "b\n1:c\n1:d"))));
        Assert.Equal(HashOf(Note(("a", "1"), ("b", "2"))), HashOf(Note(("b", "2"), ("a", "1"))));

        static AuditNote Note(params (string Name, string Value)[] details) =>
            new(
                "who",
                AuditVerb.Decided,
                "subject",
                details.ToDictionary(d => d.Name, d => d.Value, StringComparer.Ordinal)
            );
        static string HashOf(AuditNote note) => AuditChain.Append(0, "", note, Some.Now).Hash;
    }

    [Fact]
    public void Any_one_change_of_any_chain_is_found() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[0, 7], Gen.Int[0, Parts.Count])
            .Sample(
                (length, at, how) =>
                {
                    var chain = Chain(length);
                    var last = chain[^1];
                    if (how == Parts.Count)
                        chain.RemoveAt(at % length);
                    else
                        chain[at % length] = Falsify(chain[at % length], Parts.ElementAt(how).Data);
                    Assert.NotNull(AuditChain.FirstBreak(chain, last.Seq, last.Hash));
                }
            );

    private static List<AuditEntry> Chain(int length)
    {
        var chain = new List<AuditEntry>();
        for (var i = 0; i < length; i++)
        {
            var details = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["rating"] = "False",
                ["number"] = i.ToString(),
            };
            chain.Add(
                AuditChain.Append(
                    i,
                    i == 0 ? "" : chain[i - 1].Hash,
                    new("reviewer", AuditVerb.Decided, $"task {i}", details),
                    Some.Now.AddMinutes(i)
                )
            );
        }

        return chain;
    }

    private static string? Break(List<AuditEntry> chain) => AuditChain.FirstBreak(chain, chain[^1].Seq, chain[^1].Hash);

    private static AuditEntry Falsify(AuditEntry entry, string part) =>
        part switch
        {
            "At" => entry with { At = entry.At.AddTicks(1) },
            "Who" => entry with { Who = "somebody" },
            "What" => entry with { What = "published" },
            "Subject" => entry with { Subject = "another" },
            "detail's value" => entry with
            {
                Details = new Dictionary<string, string>(entry.Details, StringComparer.Ordinal) { ["rating"] = "True" },
            },
            "detail's name" => entry with
            {
                Details = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["Rating"] = "False",
                    ["number"] = entry.Details["number"],
                },
            },
            "detail removed" => entry with
            {
                Details = new Dictionary<string, string>(StringComparer.Ordinal) { ["rating"] = "False" },
            },
            "Previous" => entry with { Previous = new string('0', 64) },
            "Hash" => entry with { Hash = new string('0', 64) },
            _ => throw new ArgumentException($"An entry has no '{part}'.", nameof(part)),
        };
}
