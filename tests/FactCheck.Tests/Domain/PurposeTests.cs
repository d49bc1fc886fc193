using CsCheck;

namespace FactCheck.Tests.Domain;

/// <summary>"Own copy is never public" hangs on these rules.</summary>
public class PurposeTests
{
    private static readonly SaidPurpose Nothing = new();
    private static readonly SaidPurpose Own = new(Purpose.OwnCopy);
    private static readonly SaidPurpose Other = new(Purpose.ThirdParty);
    private static readonly SaidPurpose Damaged = new(Unreadable: "It is no JSON.");

    private static readonly Gen<SaidPurpose> AnySaid = OneOf(Nothing, Own, Other, Damaged);

    [Fact]
    public void The_first_version_is_what_it_says_and_anothers_where_nothing_is_said()
    {
        Assert.Equal(Purpose.ThirdParty, After(Nothing).Meta.Purpose);
        Assert.Equal(Purpose.ThirdParty, After(Other).Meta.Purpose);
        Assert.Equal(Purpose.OwnCopy, After(Own).Meta.Purpose);
        Assert.Null(After(Own).PurposeOrigin!.Problem);
    }

    [Fact]
    public void What_cannot_be_read_closes_and_says_so_also_when_a_later_version_says_nothing()
    {
        Assert.Contains("no JSON", After(Damaged).PurposeOrigin!.Problem, StringComparison.Ordinal);
        var later = After(Damaged, Nothing);
        Assert.Equal(Purpose.OwnCopy, later.Meta.Purpose);
        Assert.Contains("no JSON", later.PurposeOrigin!.Problem, StringComparison.Ordinal);
        Assert.Null(After(Damaged, Own).PurposeOrigin!.Problem);
    }

    /// <summary>Whatever is said in whichever order: once closed, only an editor opens.</summary>
    [Fact]
    public void No_version_makes_own_copy_public() =>
        Gen.Select(AnySaid.Array[0, 4], OneOf(Own, Damaged), AnySaid.Array[0, 4])
            .Sample(all => Assert.Equal(Purpose.OwnCopy, After([.. all.Item1, all.Item2, .. all.Item3]).Meta.Purpose));

    /// <summary>The same file under a new text asks nobody twice.</summary>
    [Fact]
    public void An_editors_word_stands_while_the_file_says_the_same() =>
        Gen.Select(AnySaid.Array[1, 4], OneOf(Purpose.OwnCopy, Purpose.ThirdParty))
            .Sample(all =>
            {
                var (said, word) = all;
                var head = PurposeOrigin.Answer(After(said), word, "ana");
                var next = Next(head, said[^1]);
                Assert.Equal(
                    (word, "ana", null),
                    (next.Meta.Purpose, next.PurposeOrigin!.By, next.PurposeOrigin.Problem)
                );
            });

    [Fact]
    public void Something_else_said_later_narrows_an_editors_word_and_never_widens_it()
    {
        Assert.Equal(
            Purpose.OwnCopy,
            Next(PurposeOrigin.Answer(After(Nothing), Purpose.ThirdParty, "ana"), Own).Meta.Purpose
        );
        Assert.Equal(
            Purpose.OwnCopy,
            Next(PurposeOrigin.Answer(After(Nothing), Purpose.OwnCopy, "ana"), Other).Meta.Purpose
        );
        Assert.Equal(
            Purpose.ThirdParty,
            Next(PurposeOrigin.Answer(After(Own), Purpose.ThirdParty, "ana"), Nothing).Meta.Purpose
        );
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static CaseHead After(params SaidPurpose[] said) => said.Aggregate(Some.Head(), Next);

    private static CaseHead Next(CaseHead head, SaidPurpose said) => PurposeOrigin.Arrive(head, said);

    /// <summary>A file that says of itself that it is own copy is that, until an editor who saw it says otherwise.</summary>
    [Fact]
    public void What_a_file_says_of_itself_closes_and_does_not_open()
    {
        var own = PurposeOrigin.Read(After(Other), isOwnByFile: true);
        Assert.Equal(Purpose.OwnCopy, own.Meta.Purpose);
        Assert.Equal(Purpose.OwnCopy, PurposeOrigin.Read(Next(own, Nothing), isOwnByFile: false).Meta.Purpose);

        var opened = PurposeOrigin.Answer(own, Purpose.ThirdParty, "ana");
        Assert.Equal(Purpose.ThirdParty, PurposeOrigin.Read(Next(opened, Other), isOwnByFile: true).Meta.Purpose);

        var before = PurposeOrigin.Answer(After(Other), Purpose.ThirdParty, "ana");
        Assert.Equal(Purpose.OwnCopy, PurposeOrigin.Read(Next(before, Other), isOwnByFile: true).Meta.Purpose);
    }
}
