namespace FactCheck.Tests.Domain;

public class TextSpanTests
{
    [Theory]
    [InlineData(0, 2, false)] // ends where the other begins
    [InlineData(0, 3, true)]
    [InlineData(3, 1, true)]
    [InlineData(5, 4, false)] // begins where the other ends
    [InlineData(3, 0, true)] // empty, but inside
    public void Spans_overlap_when_they_share_a_code_unit(int start, int length, bool overlaps)
    {
        var middle = new TextSpan(2, 3);
        Assert.Equal(overlaps, new TextSpan(start, length).Overlaps(middle));
        Assert.Equal(overlaps, middle.Overlaps(new(start, length)));
    }

    [Fact]
    public void A_span_contains_itself_and_what_lies_inside_but_nothing_that_reaches_out()
    {
        var span = new TextSpan(2, 3);
        Assert.True(span.Contains(span));
        Assert.True(span.Contains(new(3, 1)));
        Assert.False(span.Contains(new(1, 3)));
        Assert.False(span.Contains(new(4, 2)));
    }

    [Theory]
    [InlineData(0, 5, true)]
    [InlineData(5, 0, true)]
    [InlineData(-1, 2, false)]
    [InlineData(2, -1, false)]
    [InlineData(3, 3, false)]
    [InlineData(int.MaxValue, 1, false)]
    [InlineData(1, int.MaxValue, false)]
    public void A_span_fits_in_a_text_only_with_both_ends(int start, int length, bool fits) =>
        Assert.Equal(fits, new TextSpan(start, length).FitsIn(5));

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(1, 2, true)]
    [InlineData(0, 2, false)]
    [InlineData(2, 2, false)]
    [InlineData(3, 1, true)]
    [InlineData(4, 1, false)]
    public void A_span_that_cuts_a_character_in_two_fits_in_no_text(int start, int length, bool fits) =>
        Assert.Equal(fits, new TextSpan(start, length).FitsIn("a😀b"));

    [Fact]
    public void Bounds_in_the_wrong_order_make_no_span()
    {
        Assert.Equal(new TextSpan(2, 0), TextSpan.FromBounds(2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => TextSpan.FromBounds(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => TextSpan.FromBounds(-1, 2));
    }
}
