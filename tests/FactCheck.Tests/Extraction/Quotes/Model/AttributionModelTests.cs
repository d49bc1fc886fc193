using FactCheck.Extraction.Quotes.Model;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Extraction.Quotes.Model;

/// <summary>The learned finder: what it reads, how long it stays in memory.</summary>
public sealed class AttributionModelTests : IDisposable
{
    private const string Text =
        "The union fears the new contract will cost 300 jobs. Police accused the driver of leaving the scene.\n\n"
        + "Lunch was served at noon, and the band played until four.";

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(5);
    private static readonly string Weights = Path.Combine(AppContext.BaseDirectory, "attribution.onnx");
    private readonly FakeTimeProvider _time = new(Some.Now);
    private readonly AttributionModel _model;

    public AttributionModelTests() => _model = new(Weights, Idle, _time);

    public void Dispose() => _model.Dispose();

    [Fact]
    public void It_finds_who_says_what_where_no_marks_stand()
    {
        var found = Find().Where(f => f.CueChance > 0.5).ToArray();
        Assert.Equal(["fears", "accused"], found.Select(f => f.Cue.In(Text)));
        Assert.Equal("the new contract will cost 300 jobs", Assert.Single(found[0].Content).In(Text));
        Assert.Equal(["The union", "Police"], found.Select(f => f.Source!.Value.In(Text)));
    }

    [Fact]
    public void Many_threads_get_the_same_answer()
    {
        var alone = Find();
        var together = new IReadOnlyList<ModelAttribution>[8];
        Parallel.For(0, together.Length, i => together[i] = Find());
        Assert.All(together, found => Assert.Equivalent(alone, found));
    }

    [Fact]
    public void Its_weights_are_let_go_of_when_nobody_asks_for_a_while()
    {
        Assert.False(_model.IsLoaded);
        Find();
        _time.Advance(Idle - TimeSpan.FromSeconds(1));
        Assert.True(_model.IsLoaded);
        Find();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_model.IsLoaded);
        _time.Advance(2 * Idle);
        Assert.False(_model.IsLoaded);
        Assert.NotEmpty(Find());
    }

    [Fact]
    public void It_names_its_version() => Assert.StartsWith("attribution-", _model.Version);

    [Theory]
    [InlineData("")]
    [InlineData(" \n\n \t")]
    [InlineData("\ud83d")]
    [InlineData("😀 said 😀")]
    [InlineData("“““")]
    public void No_text_is_too_odd_for_it(string text) =>
        Assert.All(_model.Find(text, new HashSet<int>()), f => Assert.True(f.Cue.FitsIn(text)));

    private IReadOnlyList<ModelAttribution> Find() => _model.Find(Text, new HashSet<int>());
}
