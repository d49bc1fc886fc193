using CsCheck;
using FactCheck.Functions.Articles;

namespace FactCheck.Tests.Functions.Articles;

/// <summary>Where a text is cut that is too long for one call.</summary>
public sealed class ChunksTests
{
    [Theory]
    [InlineData("", 4, "")]
    [InlineData("abcd", 4, "abcd")]
    [InlineData("abcde", 4, "abcd|e")]
    [InlineData("ab\n\ncdef", 5, "ab\n\n|cdef")]
    [InlineData("ab\n\ncdef", 4, "ab\n\n|cdef")] // the break ends where the room does
    [InlineData("ab\n\ncdef", 3, "ab\n|\ncd|ef")] // it does not fit any more
    [InlineData("a\n\nb\n\nc d", 7, "a\n\nb\n\n|c d")] // the last that fits
    [InlineData("a b\n\nc d", 7, "a b\n\n|c d")] // rather a paragraph than a space
    [InlineData("\n\nab cd", 6, "\n\nab |cd")] // not at the very start: that would be no text
    [InlineData("ab cd", 4, "ab |cd")]
    [InlineData("ab cd", 3, "ab |cd")]
    [InlineData("ab cd", 2, "ab| c|d")]
    [InlineData(" abcd", 4, " abc|d")]
    [InlineData("abc😀", 4, "abc|😀")]
    [InlineData("ab😀c", 4, "ab😀|c")]
    [InlineData("😀😀", 3, "😀|😀")]
    public void At_a_paragraph_else_at_a_space_else_between_characters(string text, int most, string chunks) =>
        Assert.Equal(chunks, string.Join('|', Chunks.Of(text, most).Select(span => span.In(text))));

    [Fact]
    public void Every_code_unit_is_in_exactly_one_chunk_and_none_is_too_long() =>
        Gen.Select(Gen.String[Gen.OneOf('a', ' ', '\n', '\ud83d', '\ude00'), 0, 60], Gen.Int[1, 12])
            .Sample(
                (text, most) =>
                {
                    var chunks = Chunks.Of(text, most);
                    Assert.Equal(text, string.Concat(chunks.Select(span => span.In(text))));
                    Assert.All(chunks, span => Assert.InRange(span.Length, 1, most));
                }
            );
}
