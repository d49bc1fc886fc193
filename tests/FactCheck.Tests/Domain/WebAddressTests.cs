namespace FactCheck.Tests.Domain;

public class WebAddressTests
{
    [Theory]
    [InlineData("https://example.org/a?b#c", true)]
    [InlineData("http://example.org", true)]
    [InlineData("https://example.org/@ana", true)]
    [InlineData("https://example.org@evil.example/", false)]
    [InlineData("https://user:secret@example.org/", false)]
    [InlineData("ftp://example.org/", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("/here", false)]
    public void An_address_of_the_web_leads_where_it_seems_to(string address, bool isOne) =>
        Assert.Equal(isOne, WebAddress.Is(new(address, UriKind.RelativeOrAbsolute)));

    [Fact]
    public void Nothing_is_no_address() => Assert.False(WebAddress.Is(null));
}
