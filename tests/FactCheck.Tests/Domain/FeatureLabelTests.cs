using FactCheck.Extraction.Claims;

namespace FactCheck.Tests.Domain;

public class FeatureLabelTests
{
    [Fact]
    public void Every_feature_has_a_label_that_is_not_its_name() =>
        Assert.All(
            SentenceFeatures.Names.Append("words"),
            name =>
            {
                var label = Assert.Contains(name, FeatureLabels.All);
                Assert.NotEqual(name, label, StringComparer.OrdinalIgnoreCase);
                Assert.True(char.IsUpper(label.First(char.IsLetter)), label);
            }
        );

    [Fact]
    public void No_two_features_have_the_same_label() =>
        Assert.Equal(
            FeatureLabels.All.Count,
            FeatureLabels.All.Values.Distinct(StringComparer.OrdinalIgnoreCase).Count()
        );

    [Fact]
    public void A_feature_without_a_label_is_called_by_its_name() =>
        Assert.Equal("Something new", new CheckWorthinessReason("something new", 1, null).Label);
}
