namespace FactCheck.Extraction.Insights;

/// <summary>Persons, organisations, places and events by <see cref="NameTagger"/>, figures and dates by rule.</summary>
public static class EntityFinder
{
    private const double SureOfFigures = 0.95;

    /// <summary>The entities of a text, in order. They don't overlap.</summary>
    public static IReadOnlyList<Entity> In(string text)
    {
        var features = new NameFeatures(text);
        var names = NameTagger.Default.In(features);
        var found = new List<Entity>();
        foreach (var tagged in names)
        {
            if (Checked(tagged, tagged.Span.In(text)) is not { } name)
                continue;
            var kind = name.Kind == EntityKind.Other && IsEvent(name.Span.In(text)) ? EntityKind.Event : name.Kind;
            if (kind != EntityKind.Other)
                found.Add(new(name.Span, name.Span.In(text), kind, Confidence(name.Margin)));
        }

        var figures = features.Sentences.SelectMany(s => Figures.In(text, s.Words));
        found.AddRange(figures.Select(f => new Entity(f.Span, f.Span.In(text), f.Kind, SureOfFigures)));
        return WithoutOverlaps(found);
    }

    // General knowledge: a country is a place, and neither a number, nor "nobody", nor "Belarusian" names anything.
    private static TaggedName? Checked(TaggedName name, string words)
    {
        if (!words.Any(char.IsLetter))
            return null;
        if (words.Contains(' ', StringComparison.Ordinal))
            return name;
        var lower = words.ToLowerInvariant();
        var clue = Gazetteer.Of(lower);
        if (clue == NameClue.None)
            return WordClasses.Of(lower) == WordClass.None ? name : null;
        if (clue == NameClue.Demonym)
            return null;
        return (clue & (NameClue.Country | NameClue.FirstName | NameClue.LastName)) == NameClue.Country
            ? name with
            {
                Kind = EntityKind.Location,
            }
            : name;
    }

    // The longer stays: "May 2009" is a date although May may be a name, "Super Bowl 50" an event although 50 counts.
    private static List<Entity> WithoutOverlaps(List<Entity> found)
    {
        var kept = new List<Entity>(found.Count);
        foreach (var entity in found.OrderBy(e => e.Span.Start).ThenByDescending(e => e.Span.Length))
        {
            if (kept.Count == 0 || !kept[^1].Span.Overlaps(entity.Span))
                kept.Add(entity);
            else if (entity.Span.Length > kept[^1].Span.Length)
                kept[^1] = entity;
        }

        return kept;
    }

    private static bool IsEvent(string name) =>
        name.Split(' ').Any(word => (Gazetteer.Of(word.ToLowerInvariant()) & NameClue.EventWord) != NameClue.None);

    // The margin is a sum of whole steps of learning; this only brings it between a half and one.
    private static double Confidence(double margin) => Math.Round(1 - (0.5 * Math.Exp(-Math.Max(0, margin) / 10)), 3);
}
