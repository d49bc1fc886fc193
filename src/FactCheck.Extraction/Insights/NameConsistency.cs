using System.Runtime.InteropServices;

namespace FactCheck.Extraction.Insights;

/// <summary>Names agree over a document: the same words are the same kind of thing wherever they stand, whoever was
/// called in full is later meant by the last name alone, and a name that was found twice is found everywhere.</summary>
internal sealed class NameConsistency
{
    // A kind wins over what the tagger saw at one place when the whole document speaks for it this much more.
    private const double Outvoted = 1.0;
    private const int LeastFound = 2;

    private readonly string _text;
    private readonly Dictionary<string, double[]> _votes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lastNames = new(StringComparer.Ordinal);

    private NameConsistency(string text, List<TaggedName> names)
    {
        _text = text;
        foreach (var name in names)
            Note(name);
    }

    internal static List<TaggedName> Apply(string text, IReadOnlyList<NameSentence> sentences, List<TaggedName> names)
    {
        var cut = names.SelectMany(n => n.Kind == EntityKind.Person ? Persons(text, n) : [n]).ToList();
        var document = new NameConsistency(text, cut);
        var agreed = cut.ConvertAll(document.Agreed);
        document.AddMissed(sentences, agreed);
        return agreed;
    }

    // "Gen. Jane Doe and John Roe" is Jane Doe, and John Roe; a title alone is left as it is.
    private static IEnumerable<TaggedName> Persons(string text, TaggedName name)
    {
        var words = SentenceWords.Of(text, name.Span).All;
        var start = 0;
        for (var i = 1; i <= words.Length; i++)
        {
            if (i < words.Length && words[i].Lower is not ("and" or "&" or ","))
                continue;
            if (i > start)
                yield return name with
                {
                    Span = WithoutTitle(words[start..i]),
                };
            start = i + 1;
        }
    }

    private static TextSpan WithoutTitle(SentenceWord[] words)
    {
        var start = 0;
        while (
            start < words.Length - 1
            && (words[start].Lower is "." || (Gazetteer.Of(words[start].Lower) & NameClue.Title) != NameClue.None)
        )
            start++;
        return TextSpan.FromBounds(words[start].Span.Start, words[^1].Span.End);
    }

    private void Note(TaggedName name)
    {
        var key = name.Span.In(_text);
        ref var votes = ref CollectionsMarshal.GetValueRefOrAddDefault(_votes, key, out _);
        (votes ??= new double[Enum.GetValues<EntityKind>().Length])[(int)name.Kind] += Math.Max(1, name.Margin);
        CollectionsMarshal.GetValueRefOrAddDefault(_found, key, out _)++;
        if (name.Kind == EntityKind.Person && key.LastIndexOf(' ') is var space and > 0 && key.Length - space > 3)
            _lastNames.Add(key[(space + 1)..]);
    }

    private TaggedName Agreed(TaggedName name)
    {
        var key = name.Span.In(_text);
        if (
            name.Kind != EntityKind.Person
            && _lastNames.Contains(key)
            && (Gazetteer.Of(key.ToLowerInvariant()) & ~NameClue.LastName) == NameClue.None
        )
            return name with { Kind = EntityKind.Person };
        return KindOf(key) is { } kind && _votes[key][(int)kind] > Outvoted * _votes[key][(int)name.Kind]
            ? name with
            {
                Kind = kind,
            }
            : name;
    }

    private EntityKind? KindOf(string key)
    {
        if (!_votes.TryGetValue(key, out var votes))
            return null;
        var best = Array.IndexOf(votes, votes.Max());
        return (EntityKind)best;
    }

    // A capitalised word inside no name, which is one elsewhere.
    private void AddMissed(IReadOnlyList<NameSentence> sentences, List<TaggedName> names)
    {
        var missed = new List<TaggedName>();
        var next = 0;
        foreach (var sentence in sentences)
        {
            for (var i = 0; i < sentence.Words.Length; i++)
            {
                var word = sentence.Words[i];
                if (!sentence.Candidate[i] || !word.IsWord || !char.IsUpper(_text[word.Span.Start]))
                    continue;
                while (next < names.Count && names[next].Span.End <= word.Span.Start)
                    next++;
                if (next < names.Count && names[next].Span.Overlaps(word.Span))
                    continue;
                if (KindElsewhere(word.Span.In(_text)) is { } kind)
                    missed.Add(new(word.Span, kind, 0));
            }
        }

        names.AddRange(missed);
        names.Sort((a, b) => a.Span.Start.CompareTo(b.Span.Start));
    }

    private EntityKind? KindElsewhere(string word)
    {
        if (_lastNames.Contains(word))
            return EntityKind.Person;
        return _found.GetValueOrDefault(word) >= LeastFound ? KindOf(word) : null;
    }
}
