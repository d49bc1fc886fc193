namespace FactCheck.Tests.Domain;

public sealed class BlankTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData(" \t\r\n\u00A0\u2028", true)]
    [InlineData("\u200B\u200D\u202E\uFEFF\u0007", true)]
    [InlineData(" a\u200Bb ", false)]
    [InlineData("不", false)]
    public void What_a_reader_does_not_see_says_nothing(string? text, bool isBlank) =>
        Assert.Equal(isBlank, Blank.Is(text));
}
