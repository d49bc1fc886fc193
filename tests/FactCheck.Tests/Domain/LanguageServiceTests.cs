namespace FactCheck.Tests.Domain;

/// <summary>Azure AI Language's words in ours.</summary>
public sealed class LanguageServiceTests
{
    [Theory]
    [InlineData("Person", null, EntityKind.Person)]
    [InlineData("PersonType", null, EntityKind.Person)]
    [InlineData("Organization", "Sports", EntityKind.Organization)]
    [InlineData("Location", "GPE", EntityKind.Location)]
    [InlineData("Address", null, EntityKind.Location)]
    [InlineData("Event", "Natural", EntityKind.Event)]
    [InlineData("DateTime", "DateRange", EntityKind.Date)]
    [InlineData("Quantity", "Currency", EntityKind.Money)]
    [InlineData("Quantity", "Percentage", EntityKind.Percent)]
    [InlineData("Quantity", "Age", EntityKind.Quantity)]
    [InlineData("Skill", null, EntityKind.Other)]
    [InlineData("SomethingNew", "Whatever", EntityKind.Other)]
    public void A_category_is_one_of_our_kinds(string category, string? subCategory, EntityKind kind) =>
        Assert.Equal(kind, LanguageService.KindOf(category, subCategory));

    [Theory]
    [InlineData("de", 0.9, "de")]
    [InlineData("de", 0, null)]
    [InlineData("(Unknown)", 0.5, null)]
    [InlineData("zh_chs", 1, null)]
    [InlineData(null, 1, null)]
    public void A_language_is_taken_where_the_service_is_sure_of_one(
        string? code,
        double confidence,
        string? language
    ) => Assert.Equal(language, LanguageService.LanguageOf(code, confidence));

    [Theory]
    [InlineData("https://desk.cognitiveservices.azure.com/", true)]
    [InlineData("http://desk.cognitiveservices.azure.com/", false)]
    [InlineData("desk", false)]
    public void Its_address_is_https(string endpoint, bool isTaken)
    {
        if (isTaken)
            Assert.Equal(endpoint, LanguageService.AddressOf(endpoint).ToString());
        else
            Assert.Contains(
                endpoint,
                Assert.Throws<InvalidOperationException>(() => LanguageService.AddressOf(endpoint)).Message,
                StringComparison.Ordinal
            );
    }
}
