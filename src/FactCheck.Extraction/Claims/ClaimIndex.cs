using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;

namespace FactCheck.Extraction.Claims;

/// <summary>A claim that was reviewed earlier.</summary>
/// <param name="Text">Its words; a title or other wording may follow.</param>
public sealed record IndexedClaim(string Id, string Text);

/// <summary>An earlier claim that resembles the one asked for.</summary>
/// <param name="Score">0..1: the share of what the question weighs that the claim has too; 1 for the same.</param>
/// <param name="IsSame">True when the two have the same words, whatever their case, marks and spaces.</param>
public sealed record ClaimMatch(string Id, double Score, bool IsSame);

/// <summary>Finds earlier claims by their words: BM25 (Robertson and Zaragoza 2009) over word stems and pairs of them,
/// rare ones counting most. Built once, never changed, the same answer every time.</summary>
public sealed class ClaimIndex
{
    private const double K1 = 0.8;
    private const double B = 0.75;
    private const double PairWeight = 0.05;

    private readonly IndexedClaim[] _claims;
    private readonly double[] _lengths;
    private readonly double _meanLength;
    private readonly FrozenDictionary<string, (int Claim, int Count)[]> _postings;
    private readonly FrozenDictionary<string, int[]> _same;

    /// <summary>Indexes claims. Of two with the same id both are kept.</summary>
    public ClaimIndex(IEnumerable<IndexedClaim> claims)
    {
        _claims = [.. claims];
        var postings = new Dictionary<string, List<(int, int)>>(StringComparer.Ordinal);
        _lengths = new double[_claims.Length];
        for (var i = 0; i < _claims.Length; i++)
        {
            foreach (var (term, count) in Terms(_claims[i].Text))
            {
                ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(postings, term, out _);
                (list ??= []).Add((i, count));
                _lengths[i] += count;
            }
        }

        _meanLength = Math.Max(1, _lengths.DefaultIfEmpty().Average());
        _postings = postings.ToFrozenDictionary(p => p.Key, p => p.Value.ToArray(), StringComparer.Ordinal);
        _same = _claims
            .Select((c, i) => (Key: Normalize(c.Text), i))
            .GroupBy(c => c.Key, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.Select(c => c.i).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>How many claims are indexed.</summary>
    public int Count => _claims.Length;

    /// <summary>Claims like a text: the same, the most similar, of equals as indexed. Null: all ids count.</summary>
    public IReadOnlyList<ClaimMatch> Find(
        string text,
        int most = 5,
        double leastScore = 0.1,
        Func<string, bool>? among = null
    )
    {
        var terms = Terms(text).ToArray();
        var scores = new Dictionary<int, double>();
        var best = 0.0;
        foreach (var (term, _) in terms)
        {
            var postings = _postings.TryGetValue(term, out var found) ? found : [];
            var rarity = Rarity(postings.Length) * (IsPair(term) ? PairWeight : 1);
            best += rarity;
            foreach (var (claim, count) in postings)
                CollectionsMarshal.GetValueRefOrAddDefault(scores, claim, out _) +=
                    rarity * Saturated(count, _lengths[claim]);
        }

        var same = _same.TryGetValue(Normalize(text), out var equal) ? equal.ToHashSet() : [];
        foreach (var claim in same)
            scores[claim] = best;
        return
        [
            .. scores
                .Select(s =>
                    (
                        Claim: s.Key,
                        Same: same.Contains(s.Key),
                        Raw: s.Value,
                        Score: best == 0 ? 1 : Math.Min(1, s.Value / best)
                    )
                )
                .Where(s => (s.Same || s.Score >= leastScore) && (among is null || among(_claims[s.Claim].Id)))
                .OrderByDescending(s => s.Same)
                .ThenByDescending(s => s.Raw)
                .ThenBy(s => s.Claim)
                .Take(most)
                .Select(s => new ClaimMatch(_claims[s.Claim].Id, s.Same ? 1 : Math.Round(s.Score, 4), s.Same)),
        ];
    }

    /// <summary>Words in lower case, one space between: equal for wordings that differ in nothing else.</summary>
    public static string Normalize(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var token in Tokens.In(text, new TextSpan(0, text.Length)))
        {
            if (token.Kind == TokenKind.Mark && text[token.Span.Start] is not ('%' or '$' or '€' or '£'))
                continue;
            if (normal.Length > 0)
                normal.Append(' ');
            normal.Append(token.Span.In(text).ToLowerInvariant().Replace('’', '\''));
        }

        return normal.ToString();
    }

    private double Rarity(int claims) => Math.Log(1 + ((_claims.Length - claims + 0.5) / (claims + 0.5)));

    private double Saturated(int count, double length) =>
        count * (K1 + 1) / (count + (K1 * (1 - B + (B * length / _meanLength))));

    private static bool IsPair(string term) => term.Contains(' ', StringComparison.Ordinal);

    private static Dictionary<string, int> Terms(string text)
    {
        var terms = new Dictionary<string, int>(StringComparer.Ordinal);
        var previous = "";
        foreach (var token in Tokens.In(text, new TextSpan(0, text.Length)))
        {
            if (token.Kind is not (TokenKind.Word or TokenKind.Number))
                continue;
            foreach (var part in PartsOf(token.Span.In(text)))
            {
                var word = part.ToLowerInvariant().Replace('’', '\'');
                if (WordClasses.Is(word, Ignored))
                    continue;
                var stem = Stems.Of(word);
                CollectionsMarshal.GetValueRefOrAddDefault(terms, stem, out _)++;
                if (previous.Length > 0)
                    CollectionsMarshal.GetValueRefOrAddDefault(terms, previous + " " + stem, out _)++;
                previous = stem;
            }
        }

        return terms;
    }

    private const WordClass Ignored =
        WordClass.Determiner
        | WordClass.Possessive
        | WordClass.SubjectPronoun
        | WordClass.ObjectPronoun
        | WordClass.Auxiliary
        | WordClass.Modal
        | WordClass.Preposition
        | WordClass.Coordinator
        | WordClass.Relative;

    // "#AustralianFires" and "well-known" are several words.
    private static IEnumerable<string> PartsOf(string word)
    {
        var start = 0;
        for (var i = 1; i <= word.Length; i++)
        {
            if (i < word.Length && !IsSeam(word, i))
                continue;
            var part = word[start..i].Trim('#', '@', '-', '_', '.', '\'');
            if (part.Length > 0)
                yield return part;
            start = i;
        }
    }

    private static bool IsSeam(string word, int at) =>
        word[at] is '-' or '_'
        || (word[0] is '#' or '@' && at > 1 && char.IsUpper(word[at]) && char.IsLower(word[at - 1]));
}

/// <summary>Words without endings: "vaccines" finds "vaccinated". Rough: equal stems need not be related.</summary>
internal static class Stems
{
    private static readonly string[] Endings =
    [
        "ations",
        "ation",
        "ements",
        "ement",
        "ments",
        "ment",
        "ingly",
        "edly",
        "ings",
        "ing",
        "ions",
        "ion",
        "ers",
        "er",
        "ies",
        "ied",
        "ed",
        "es",
        "ly",
        "s",
        "e",
        "y",
    ];

    internal static string Of(string word)
    {
        if (word.Length < 5)
            return word.Length == 4 && word[3] == 's' && word[2] != 's' ? word[..3] : word;
        foreach (var ending in Endings)
            if (word.Length - ending.Length >= 4 && word.EndsWith(ending, StringComparison.Ordinal))
                return Undoubled(word[..^ending.Length]);
        return word;
    }

    private static string Undoubled(string stem) =>
        stem.Length > 4 && stem[^1] == stem[^2] && stem[^1] is not ('s' or 'l') ? stem[..^1] : stem;
}
