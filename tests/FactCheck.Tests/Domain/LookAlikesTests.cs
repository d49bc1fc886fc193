namespace FactCheck.Tests.Domain;

/// <summary>Which names the eye takes for one another.</summary>
public sealed class LookAlikesTests
{
    [Theory]
    [InlineData("qReviewer", "QReviewer")]
    [InlineData("ana", "аna")] // Cyrillic а
    [InlineData("Ana", "ΑΝΑ")] // Greek capitals
    [InlineData("olga", "0lga")]
    [InlineData("olga", "o1ga")]
    [InlineData("ivo", "lvo")]
    [InlineData("Ivo", "1vo")]
    [InlineData("ana", "ａｎａ")] // full width
    [InlineData("Straße", "STRASSE")]
    [InlineData("arno", "amo")]
    [InlineData("Нора", "Hopa")]
    [InlineData("ﬁona", "fiona")] // a ligature
    public void Names_that_look_alike_are(string one, string other) => Assert.True(LookAlikes.Are(one, other));

    [Theory]
    [InlineData("ana", "anna")]
    [InlineData("ana", "ána")]
    [InlineData("ana b", "ana c")]
    [InlineData("qReviewer", "qReviewer (2)")]
    [InlineData("ben", "hen")]
    public void Others_are_not(string one, string other) => Assert.False(LookAlikes.Are(one, other));
}
