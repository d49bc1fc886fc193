using System.Collections.Frozen;
using FactCheck.Extraction.Text;

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
/// <param name="Frames">What its verb takes.</param>
/// <param name="Form">Which forms it can be.</param>
/// <param name="Particle">The word that must follow, or null.</param>
/// <param name="IsNounToo">True for "claims", "report": a verb only where its neighbours say so.</param>
/// <param name="Topics">The prepositions its topic may stand after.</param>
internal sealed record CueVerb(Frames Frames, VerbForm Form, string? Particle, bool IsNounToo, string[] Topics);

/// <summary>The words that mark saying.</summary>
internal static class CueLexicon
{
    private const string Letters = "qtbionasw";
    private static readonly FrozenDictionary<string, bool> Nouns = LoadNouns();
    private static readonly FrozenSet<string> NounsToo = Nouns.Keys.Concat(DataFiles.Groups("quotes/nouns.txt").SelectMany(g => g.Words)).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenDictionary<string, CueVerb> Verbs = LoadVerbs();
    private static readonly FrozenDictionary<string, bool>.AlternateLookup<ReadOnlySpan<char>> NounLookup = Nouns.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenDictionary<string, CueVerb>.AlternateLookup<ReadOnlySpan<char>> VerbLookup = Verbs.GetAlternateLookup<ReadOnlySpan<char>>();

    public static CueVerb? Verb(ReadOnlySpan<char> word) => VerbLookup.TryGetValue(word, out var verb) ? verb : null;

    /// <summary>Whether the word is a noun cue; <paramref name="isSpeech"/> tells speech from belief.</summary>
    public static bool IsNoun(ReadOnlySpan<char> word, out bool isSpeech) => NounLookup.TryGetValue(word, out isSpeech);

    private static FrozenDictionary<string, bool> LoadNouns()
    {
        var nouns = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, words) in DataFiles.Groups("quotes/nouns.txt"))
        {
            if (string.Equals(key, "homograph", StringComparison.Ordinal)) continue;
            foreach (var word in words)
            {
                nouns[word] = nouns[Inflection.Third(word)] = string.Equals(key, "speech", StringComparison.Ordinal);
            }
        }

        return nouns.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static FrozenDictionary<string, CueVerb> LoadVerbs()
    {
        var verbs = new Dictionary<string, CueVerb>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, words) in DataFiles.Groups("quotes/verbs.txt"))
        {
            foreach (var word in words) AddVerb(verbs, FramesOf(key), word);
        }

        return verbs.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static Frames FramesOf(string letters)
    {
        var frames = Frames.None;
        foreach (var letter in letters)
        {
            var index = Letters.IndexOf(letter, StringComparison.Ordinal);
            if (index >= 0) frames |= (Frames)(1 << index);
        }

        return frames;
    }

    // "point+out", "call>for>on": the particle that must follow, or the prepositions before its topic.
    private static void AddVerb(Dictionary<string, CueVerb> verbs, Frames frames, string entry)
    {
        var (word, topics) = entry.Split('>') is [var bare, .. var named] ? (bare, named) : (entry, []);
        if (topics.Length == 0 && frames.HasFlag(Frames.About)) topics = ["about", "on", "of", "for"];
        var parts = word.Split('+');
        var forms = parts[0].Split('/');
        var particle = parts.Length > 1 ? parts[1] : null;
        var past = forms.Length > 1 ? forms[1] : Inflection.Past(forms[0]);
        var ing = forms.Length > 3 ? forms[3] : Inflection.Ing(forms[0]);
        Add(verbs, forms[0], new(frames, VerbForm.Base, particle, NounsToo.Contains(forms[0]), topics));
        Add(verbs, Inflection.Third(forms[0]), new(frames, VerbForm.Third, particle, NounsToo.Contains(forms[0]), topics));
        Add(verbs, past, new(frames, VerbForm.Past, particle, IsNounToo: false, topics));
        Add(verbs, forms.Length > 2 ? forms[2] : past, new(frames, VerbForm.Participle, particle, IsNounToo: false, topics));
        Add(verbs, ing, new(frames, VerbForm.Ing, particle, NounsToo.Contains(ing), topics));
    }

    // A spelling listed twice takes what either line says; it is weak only if both are.
    private static void Add(Dictionary<string, CueVerb> verbs, string word, CueVerb verb)
    {
        if (!verbs.TryGetValue(word, out var known))
        {
            verbs[word] = verb;
            return;
        }

        var frames = known.Frames | verb.Frames;
        if (!known.Frames.HasFlag(Frames.Weak) || !verb.Frames.HasFlag(Frames.Weak)) frames &= ~Frames.Weak;
        var particle = string.Equals(known.Particle, verb.Particle, StringComparison.Ordinal) ? known.Particle : null;
        verbs[word] = new(frames, known.Form | verb.Form, particle, known.IsNounToo || verb.IsNounToo, [.. known.Topics.Union(verb.Topics, StringComparer.Ordinal)]);
    }
}

/// <summary>Regular English inflection; the irregular forms stand in the word lists.</summary>
internal static class Inflection
{
    public static string Third(string word) => word switch
    {
        [.. var stem, 'y'] when stem.Length > 0 && !IsVowel(stem[^1]) => stem + "ies",
        [.., 's' or 'x' or 'z'] or [.., 'c' or 's', 'h'] or [.., 'g', 'o'] => word + "es",
        _ => word + "s",
    };

    public static string Past(string word) => word switch
    {
        [.. var stem, 'y'] when stem.Length > 0 && !IsVowel(stem[^1]) => stem + "ied",
        [.., 'e'] => word + "d",
        _ => word + "ed",
    };

    public static string Ing(string word) => word is [.. var stem, 'e'] && word is not [.., 'e', 'e'] ? stem + "ing" : word + "ing";

    private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u';
}
