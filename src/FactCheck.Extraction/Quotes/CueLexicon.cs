using System.Collections.Frozen;

namespace FactCheck.Extraction.Quotes;

/// <summary>What a cue verb takes; the letters are those of <c>quotes/verbs.txt</c>.</summary>
[Flags]
internal enum Frames
{
    None = 0,
    Quote = 1,
    That = 1 << 1,
    Bare = 1 << 2,
    Infinitive = 1 << 3,
    Hearer = 1 << 4,
    NounPhrase = 1 << 5,
    About = 1 << 6,
    Naming = 1 << 7,
    Weak = 1 << 8,
}

/// <summary>The inflected form; one spelling may be several.</summary>
[Flags]
internal enum VerbForm
{
    None = 0,
    Base = 1,
    Third = 1 << 1,
    Past = 1 << 2,
    Participle = 1 << 3,
    Ing = 1 << 4,
}

/// <summary>One spelling of a cue verb.</summary>
/// <param name="Phrasal">The verb that it is with its particle after it, or null.</param>
/// <param name="IsNounToo">True for "claims", "report": a verb only where its neighbours say so.</param>
internal sealed record CueVerb(Frames Frames, VerbForm Form, PhrasalVerb? Phrasal, bool IsNounToo, string[] Topics);

/// <summary>A verb of two words: "point out".</summary>
internal sealed record PhrasalVerb(string Particle, CueVerb Verb);

/// <summary>The words that mark saying.</summary>
internal static class CueLexicon
{
    private const string Letters = "qtbionasw";
    private static readonly FrozenDictionary<string, CueNoun> Nouns = LoadNouns();
    private static readonly FrozenDictionary<string, CueAdjective> Adjectives = LoadAdjectives();
    private static readonly FrozenSet<string> NounsToo = LoadNounsToo();
    private static readonly FrozenDictionary<string, CueVerb> Verbs = LoadVerbs();
    private static readonly FrozenDictionary<string, CueNoun>.AlternateLookup<ReadOnlySpan<char>> NounLookup =
        Nouns.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenDictionary<string, CueAdjective>.AlternateLookup<ReadOnlySpan<char>> AdjectiveLookup =
        Adjectives.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenDictionary<string, CueVerb>.AlternateLookup<ReadOnlySpan<char>> VerbLookup =
        Verbs.GetAlternateLookup<ReadOnlySpan<char>>();

    public static CueVerb? Verb(ReadOnlySpan<char> word) => VerbLookup.TryGetValue(word, out var verb) ? verb : null;

    public static CueNoun? Noun(ReadOnlySpan<char> word) => NounLookup.TryGetValue(word, out var noun) ? noun : null;

    public static CueAdjective? Adjective(ReadOnlySpan<char> word) =>
        AdjectiveLookup.TryGetValue(word, out var adjective) ? adjective : null;

    private static FrozenDictionary<string, CueNoun> LoadNouns()
    {
        var nouns = new Dictionary<string, CueNoun>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, words) in DataFiles.Groups("quotes/nouns.txt"))
        {
            if (!Enum.TryParse<NounUse>(key, ignoreCase: true, out var use))
                continue;
            foreach (var entry in words)
            {
                var (word, topics) = Topics(entry);
                var noun = nouns.TryGetValue(word, out var known)
                    ? new CueNoun(known.Use | use, [.. known.Topics.Union(topics, StringComparer.Ordinal)])
                    : new(use, topics);
                nouns[word] = nouns[Inflection.Third(word)] = noun;
            }
        }

        return nouns.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static FrozenDictionary<string, CueAdjective> LoadAdjectives()
    {
        var adjectives = new Dictionary<string, CueAdjective>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, words) in DataFiles.Groups("quotes/adjectives.txt"))
        {
            var use = Enum.Parse<AdjectiveUse>(key, ignoreCase: true);
            foreach (var entry in words)
            {
                var (word, topics) = Topics(entry);
                adjectives[word] = adjectives.TryGetValue(word, out var known)
                    ? new(known.Use | use, [.. known.Topics.Union(topics, StringComparer.Ordinal)])
                    : new(use, topics);
            }
        }

        return adjectives.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static FrozenSet<string> LoadNounsToo() =>
        Nouns
            .Keys.Concat(DataFiles.Groups("quotes/nouns.txt").SelectMany(g => g.Words).Select(w => Topics(w).Word))
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // "call>for>on": a word and the prepositions it takes.
    private static (string Word, string[] Topics) Topics(string entry) =>
        entry.Split('>') is [var word, .. var topics] ? (word, topics) : (entry, []);

    private static FrozenDictionary<string, CueVerb> LoadVerbs()
    {
        var verbs = new Dictionary<string, CueVerb>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, words) in DataFiles.Groups("quotes/verbs.txt"))
        {
            foreach (var word in words)
                AddVerb(verbs, FramesOf(key), word);
        }

        return verbs.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static Frames FramesOf(string letters)
    {
        var frames = Frames.None;
        foreach (var letter in letters)
        {
            var index = Letters.IndexOf(letter, StringComparison.Ordinal);
            if (index >= 0)
                frames |= (Frames)(1 << index);
        }

        return frames;
    }

    // "point+out", "call>for>on": the particle that must follow (one a spelling), or the prepositions of its topic.
    private static void AddVerb(Dictionary<string, CueVerb> verbs, Frames frames, string entry)
    {
        var (word, topics) = Topics(entry);
        if (topics.Length == 0 && frames.HasFlag(Frames.About))
            topics = ["about", "on", "of", "for"];
        var parts = word.Split('+');
        var forms = parts[0].Split('/');
        var past = forms.Length > 1 ? forms[1] : Inflection.Past(forms[0]);
        var ing = forms.Length > 3 ? forms[3] : Inflection.Ing(forms[0]);
        Add(verbs, forms[0], Of(VerbForm.Base, NounsToo.Contains(forms[0])));
        Add(verbs, Inflection.Third(forms[0]), Of(VerbForm.Third, NounsToo.Contains(forms[0])));
        Add(verbs, past, Of(VerbForm.Past, isNounToo: false));
        Add(verbs, forms.Length > 2 ? forms[2] : past, Of(VerbForm.Participle, isNounToo: false));
        Add(verbs, ing, Of(VerbForm.Ing, NounsToo.Contains(ing)));

        CueVerb Of(VerbForm form, bool isNounToo) =>
            parts.Length == 1
                ? new(frames, form, Phrasal: null, isNounToo, topics)
                : new(
                    Frames.None,
                    form,
                    new(parts[1], new(frames, form, Phrasal: null, isNounToo, topics)),
                    isNounToo,
                    []
                );
    }

    // A spelling listed twice takes what either line says; it is weak only if both are.
    private static void Add(Dictionary<string, CueVerb> verbs, string word, CueVerb verb) =>
        verbs[word] = verbs.TryGetValue(word, out var known) ? Both(known, verb) : verb;

    private static CueVerb Both(CueVerb known, CueVerb verb)
    {
        var frames = known.Frames | verb.Frames;
        if (frames != Frames.None && (IsStrong(known) || IsStrong(verb)))
            frames &= ~Frames.Weak;
        var phrasal =
            known.Phrasal is { } one && verb.Phrasal is { } other
                ? one with
                {
                    Verb = Both(one.Verb, other.Verb),
                }
                : known.Phrasal ?? verb.Phrasal;
        return new(
            frames,
            known.Form | verb.Form,
            phrasal,
            known.IsNounToo || verb.IsNounToo,
            [.. known.Topics.Union(verb.Topics, StringComparer.Ordinal)]
        );
    }

    private static bool IsStrong(CueVerb verb) => verb.Frames != Frames.None && !verb.Frames.HasFlag(Frames.Weak);
}
