using FactCheck.Domain;

namespace FactCheck.Extraction;

/// <summary>What a text names: persons, organisations, places and events by <see cref="NameTagger"/>, figures and dates by rule.</summary>
public static class EntityFinder
{
    private const double SureOfFigures = 0.95;

    /// <summary>The entities of a text, in order. They don't overlap.</summary>
    public static IReadOnlyList<Entity> In(string text)
    {
        var features = new NameFeatures(text);
        var names = NameConsistency.Apply(text, NameTagger.Default.In(features));
        var found = new List<Entity>();
        foreach (var name in names)
        {
            var kind = name.Kind == EntityKind.Other && IsEvent(name.Span.In(text)) ? EntityKind.Event : name.Kind;
            if (kind != EntityKind.Other) found.Add(new(name.Span, name.Span.In(text), kind, Confidence(name.Margin)));
        }

        var figures = features.Sentences.SelectMany(s => Figures.In(text, s.Words));
        found.AddRange(figures.Select(f => new Entity(f.Span, f.Span.In(text), f.Kind, SureOfFigures)));
        return WithoutOverlaps(found);
    }

    // "May 2009" is a date although May may be a name, "Super Bowl 50" an event although 50 is a number: the longer one stays.
    private static List<Entity> WithoutOverlaps(List<Entity> found)
    {
        var kept = new List<Entity>(found.Count);
        foreach (var entity in found.OrderBy(e => e.Span.Start).ThenByDescending(e => e.Span.Length))
        {
            if (kept.Count == 0 || !kept[^1].Span.Overlaps(entity.Span)) kept.Add(entity);
            else if (entity.Span.Length > kept[^1].Span.Length) kept[^1] = entity;
        }

        return kept;
    }

    private static bool IsEvent(string name) =>
        name.Split(' ').Any(word => (Gazetteer.Of(word.ToLowerInvariant()) & NameClue.EventWord) != NameClue.None);

    // The margin is a sum of whole steps of learning; this only brings it between a half and one.
    private static double Confidence(double margin) => Math.Round(1 - (0.5 * Math.Exp(-Math.Max(0, margin) / 10)), 3);
}

/// <summary>Names agree over a document: whoever was called in full is later meant by the last name alone.</summary>
internal static class NameConsistency
{
    // "Gen. Jane Doe" is called Jane Doe; a title alone is left as it is.
    private static TaggedName WithoutTitle(string text, TaggedName name)
    {
        var words = SentenceWords.Of(text, name.Span).All;
        var start = 0;
        while (start < words.Length - 1 && (words[start].Lower is "." || (Gazetteer.Of(words[start].Lower) & NameClue.Title) != NameClue.None)) start++;
        return name with { Span = TextSpan.FromBounds(words[start].Span.Start, name.Span.End) };
    }

    internal static IEnumerable<TaggedName> Apply(string text, List<TaggedName> names)
    {
        var lastNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names.Select(n => n.Kind == EntityKind.Person ? WithoutTitle(text, n) : n))
        {
            var words = name.Span.In(text).Split(' ');
            if (name.Kind == EntityKind.Person && words.Length > 1 && words[^1].Length > 2) lastNames.Add(words[^1]);
            yield return words.Length == 1 && name.Kind != EntityKind.Person && lastNames.Contains(words[0]) && Gazetteer.Of(words[0].ToLowerInvariant()) == NameClue.None
                ? name with { Kind = EntityKind.Person }
                : name;
        }
    }
}
