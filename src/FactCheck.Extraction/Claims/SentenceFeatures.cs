using System.Collections.Frozen;

namespace FactCheck.Extraction.Claims;

/// <summary>One thing that a sentence shows.</summary>
/// <param name="Name">As in <see cref="SentenceFeatures.Names"/>; for word features the word or pair of words.</param>
/// <param name="Value">How strongly; 1 for what is there or not.</param>
/// <param name="Because">The words that fired it, in the text around the sentence; null for all of it.</param>
public readonly record struct SentenceFeature(string Name, double Value, TextSpan? Because);

/// <summary>What a sentence shows about whether it deserves a check.</summary>
/// <param name="Named">Features with a name that a reviewer understands.</param>
/// <param name="Words">Words and pairs of neighbouring words in lower case, numbers as "#"; every one once.</param>
public sealed record SentenceFeatures(IReadOnlyList<SentenceFeature> Named, IReadOnlyList<SentenceFeature> Words)
{
    /// <summary>Every named feature there is; what a weights file may name.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. MarkerWords.Features,
        "number",
        "many-numbers",
        "percent",
        "currency",
        "year",
        "date",
        "name",
        "acronym",
        "past-event",
        "perfect",
        "passive",
        "present-state",
        "speaker-record",
        "their-record",
        "first-person",
        "first-person-plural",
        "second-person",
        "third-person",
        "negation",
        "question",
        "imperative",
        "fragment",
        "short",
        "long",
        "very-long",
        "quotation",
        "first-person-opinion",
        "number-and-comparison",
        "number-and-past",
        "future-and-first-person",
        "unfinished",
    ];

    // In the order in which they are told; at most 64, so that a bit each says which there are.
    private static readonly string[] Ordered = [.. Names.Order(StringComparer.Ordinal)];
    private static readonly FrozenDictionary<string, int> Numbers = Ordered
        .Select((name, i) => KeyValuePair.Create(name, i))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>True when the sentence shows that feature.</summary>
    public bool Has(string name)
    {
        foreach (var feature in Named)
            if (feature.Name.Equals(name, StringComparison.Ordinal))
                return true;
        return false;
    }

    /// <summary>Looks at one sentence of a text.</summary>
    public static SentenceFeatures Of(string text, TextSpan sentence) => new FeatureReader(text, sentence).Read();

    private sealed class FeatureReader
    {
        private readonly string _text;
        private readonly SentenceWords _words;
        private readonly SentenceFeature[] _named = new SentenceFeature[Ordered.Length];
        private ulong _has;

        internal FeatureReader(string text, TextSpan sentence)
        {
            _text = text;
            _words = SentenceWords.Of(text, sentence);
        }

        internal SentenceFeatures Read()
        {
            AddMarkers();
            AddFigures();
            AddNames();
            AddVerbs();
            AddPersons();
            AddShape();
            AddCombinations();
            return new(Named(), WordFeatures());
        }

        private SentenceFeature[] Named()
        {
            var found = new SentenceFeature[System.Numerics.BitOperations.PopCount(_has)];
            for (var (i, at) = (0, 0); i < _named.Length; i++)
                if ((_has & (1UL << i)) != 0)
                    found[at++] = _named[i];
            return found;
        }

        private void Add(string name) => Add(name, because: null);

        private void Add(string name, TextSpan? because)
        {
            var index = Numbers[name];
            if ((_has & (1UL << index)) != 0)
                return;
            _has |= 1UL << index;
            _named[index] = new(name, 1, because);
        }

        private bool Has(string name) => (_has & (1UL << Numbers[name])) != 0;

        private void AddMarkers()
        {
            MarkerWords.AddFirst(_words, Add);
            if (!Has("superlative"))
                foreach (var word in _words.All)
                    if (
                        word.Lower.Length > 5
                        && word.Lower.EndsWith("est", StringComparison.Ordinal)
                        && !MarkerWords.IsNoSuperlative(word.Lower)
                    )
                        Add("superlative", word.Span);
        }

        private void AddFigures()
        {
            var numbers = 0;
            foreach (var word in _words.All)
            {
                if (word.IsYear)
                    Add("year", word.Span);
                else if (word.IsNumber)
                {
                    numbers++;
                    Add("number", word.Span);
                }

                if (word.Lower is "%" or "percent")
                    Add("percent", word.Span);
                if (word.Lower is "$" or "€" or "£" or "¥")
                    Add("currency", word.Span);
                if (WordClasses.Is(word.Lower, WordClass.Day | WordClass.Month) && char.IsUpper(_text[word.Span.Start]))
                    Add("date", word.Span);
            }

            if (numbers >= 2)
                Add("many-numbers");
        }

        private void AddNames()
        {
            for (var i = 1; i < _words.Count; i++)
            {
                var word = _words[i];
                if (
                    !word.IsWord
                    || !char.IsUpper(_text[word.Span.Start])
                    || word.Lower is "i"
                    || _words[i - 1].Lower is "\"" or "“"
                )
                    continue;
                var isAcronym = word.Span.Length is >= 2 and <= 6 && IsCapitals(word.Span);
                Add(isAcronym ? "acronym" : "name", word.Span);
            }
        }

        private bool IsCapitals(TextSpan word)
        {
            foreach (var c in _text.AsSpan(word.Start, word.Length))
                if (!char.IsUpper(c) && c != '.')
                    return false;
            return true;
        }

        private void AddVerbs()
        {
            for (var i = 0; i < _words.Count; i++)
            {
                var word = _words[i];
                if (!word.IsWord)
                    continue;
                if (Verbs.IsPast(word.Lower))
                    AddPast(i);
                if (word.Lower is "is" or "are" && i > 0)
                    Add("present-state", word.Span);
                if (
                    word.Lower is "not" or "no" or "never" or "nor"
                    || word.Lower.EndsWith("n't", StringComparison.Ordinal)
                )
                    Add("negation", word.Span);
            }
        }

        private void AddPast(int i)
        {
            var before = i > 0 ? _words[i - 1].Lower : "";
            if (before is "not" or "never" or "already" or "also" && i > 1)
                before = _words[i - 2].Lower;
            if (Verbs.IsHave(before))
                Add("perfect", _words[i].Span);
            else if (Verbs.IsBe(before))
                Add("passive", _words[i].Span);
            else
                Add("past-event", _words[i].Span);
            if (before is "i" or "we")
                Add("speaker-record", _words[i].Span);
            if (before is "he" or "she" or "they" or "it" or "you" or "president" or "senator")
                Add("their-record", _words[i].Span);
        }

        private void AddPersons()
        {
            foreach (var word in _words.All)
            {
                var name = word.Lower switch
                {
                    "i" or "me" or "my" or "mine" or "myself" => "first-person",
                    "we" or "us" or "our" or "ours" => "first-person-plural",
                    "you" or "your" or "yours" => "second-person",
                    "he" or "she" or "they" or "his" or "her" or "their" or "him" or "them" => "third-person",
                    _ => null,
                };
                if (name is not null)
                    Add(name, word.Span);
            }
        }

        private void AddShape()
        {
            var length = _words.All.Count(w => w.IsWord || w.IsNumber);
            if (length <= 4)
                Add("fragment");
            else if (length <= 8)
                Add("short");
            else if (length >= 35)
                Add("very-long");
            else if (length >= 20)
                Add("long");
            if (_words.Count == 0)
                return;
            if (_words.All.Any(w => w.Lower is "?"))
                Add("question", _words.All.First(w => w.Lower is "?").Span);
            if (_words.All.Any(w => w.Lower is "\"" or "“" or "”"))
                Add("quotation");
            if (
                _words[^1].Lower is "-" or "—" or "…"
                || (_words.Count > 2 && _words[^1].Lower is "." && _words[^2].Lower is ".")
            )
                Add("unfinished", _words[^1].Span);
            var first = _words.All.FirstOrDefault(w => w.IsWord);
            if (
                first.Lower is not null
                && MarkerWords.IsImperative(first.Lower)
                && !(_words.Count > 1 && _words[1].Lower is "i" or "we")
            )
                Add("imperative", first.Span);
        }

        private void AddCombinations()
        {
            var number = Has("number") || Has("percent");
            if (number && Has("comparison"))
                Add("number-and-comparison");
            if (number && (Has("past-event") || Has("perfect") || Has("passive")))
                Add("number-and-past");
            if (Has("future") && (Has("first-person") || Has("first-person-plural")))
                Add("future-and-first-person");
            for (var i = 0; i + 1 < _words.Count; i++)
                if (_words[i].Lower is "i" or "we" && MarkerWords.IsMentalVerb(_words[i + 1].Lower))
                    Add("first-person-opinion", TextSpan.FromBounds(_words[i].Span.Start, _words[i + 1].Span.End));
        }

        private List<SentenceFeature> WordFeatures()
        {
            var seen = new HashSet<string>(_words.Count * 2, StringComparer.Ordinal);
            var features = new List<SentenceFeature>(_words.Count * 2);
            var (previous, start) = ("<s>", -1);
            foreach (var word in _words.All)
            {
                if (
                    !word.IsWord
                    && !word.IsNumber
                    && word.Lower is not ("%" or "$" or "?" or "'s" or "'re" or "'ve" or "'ll")
                )
                    continue;
                var shape =
                    word.IsYear ? "#year"
                    : word.IsNumber ? "#"
                    : word.Lower;
                if (seen.Add(shape))
                    features.Add(new(shape, 1, word.Span));
                var pair = LowerForms.Pair(previous, shape);
                if (seen.Add(pair))
                    features.Add(new(pair, 1, TextSpan.FromBounds(start < 0 ? word.Span.Start : start, word.Span.End)));
                (previous, start) = (shape, word.Span.Start);
            }

            return features;
        }
    }
}
