using System.Text;
using System.Text.Json;
using FactCheck.Domain;
using FactCheck.Extraction.Insights;
using FactCheck.Extraction.Text;

namespace FactCheck.Training;

/// <summary>Corpora of entities in one form: names only, flat, without titles, articles and what follows.</summary>
internal static class NameCorpus
{
    private static readonly char[] Ends = [',', ';', '(', ':'];

    /// <summary>JSON, or marked text: <c>[Jane Doe|P] works for [Acme|O] in [Paris|L], says [The Book|M]</c>.</summary>
    internal static NamedDocument Read(string line) => line.StartsWith('{') ? OfJson(line) : OfMarks(line);

    private static NamedDocument OfMarks(string line)
    {
        var text = new StringBuilder(line.Length);
        var names = new List<(TextSpan Span, EntityKind Kind)>();
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] != '[')
            {
                text.Append(line[at]);
                continue;
            }

            var (bar, end) = (line.IndexOf('|', at), line.IndexOf(']', at));
            if (bar < 0 || end != bar + 2)
                throw new JsonException(
                    "A name is not marked as [name|P], [name|O], [name|L] or [name|M]: "
                        + $"{line[at..Math.Min(line.Length, at + 40)]}"
                );
            names.Add((new(text.Length, bar - at - 1), KindOf(line[bar + 1])));
            text.Append(line, at + 1, bar - at - 1);
            at = end;
        }

        return new(text.ToString(), names);
    }

    private static EntityKind KindOf(char mark) =>
        mark switch
        {
            'P' => EntityKind.Person,
            'O' => EntityKind.Organization,
            'L' => EntityKind.Location,
            'M' => EntityKind.Other,
            _ => throw new JsonException($"\"{mark}\" marks no kind of name: P, O, L and M do."),
        };

    private static NamedDocument OfJson(string line)
    {
        using var document = JsonDocument.Parse(line);
        var text = document.RootElement.GetProperty("text").GetString()!;
        var names = new List<(TextSpan Span, EntityKind Kind)>();
        var mentions = document
            .RootElement.GetProperty("entities")
            .EnumerateArray()
            .Select(e => (Mention: Entity(e), Named: IsNamed(e)))
            .ToArray();
        var entities = mentions.Where(m => m.Named).Select(m => m.Mention).ToArray();
        // The longest first: "Bank of England" is one name, the England in it is none.
        foreach (var (span, kind) in entities.OrderByDescending(e => e.Span.Length))
        {
            var inner = entities
                .Where(e => span.Contains(e.Span) && e.Span.Length < span.Length && e.Kind != kind)
                .Select(e => e.Span);
            if (Core(text, span, kind, inner) is { } core && !names.Exists(n => n.Span.Overlaps(core)))
                names.Add((core, kind));
        }

        foreach (var (mention, _) in mentions.Where(m => !m.Named && m.Mention.Kind == EntityKind.Person))
            if (Apposed(text, mention.Span) is { } core && !names.Exists(n => n.Span.Overlaps(core)))
                names.Add((core, EntityKind.Person));
        return new(text, names);
    }

    // "the Swedish captain Jane Doe" counts as unnamed by its head: the name is what the last small letter leaves.
    private static TextSpan? Apposed(string text, TextSpan span)
    {
        var words = SentenceWords.Of(text, span).All;
        var start = words.Length;
        while (start > 0 && IsCapital(text, words[start - 1]))
            start--;
        return
            start > 0 && words.Length - start is 2 or 3 && words[start - 1].IsWord && words[start - 1].Lower.Length > 3
            ? TextSpan.FromBounds(words[start].Span.Start, words[^1].Span.End)
            : null;
    }

    internal static NameTag[] Tags(NameSentence sentence, IReadOnlyList<(TextSpan Span, EntityKind Kind)> names)
    {
        var tags = new NameTag[sentence.Words.Length];
        foreach (var (span, kind) in names)
        {
            var first = true;
            for (var i = 0; i < tags.Length; i++)
            {
                if (!span.Contains(sentence.Words[i].Span) || !sentence.Candidate[i])
                    continue;
                tags[i] = (NameTag)((int)TagOf(kind) + (first ? 0 : 1));
                first = false;
            }
        }

        return tags;
    }

    private static NameTag TagOf(EntityKind kind) =>
        kind switch
        {
            EntityKind.Person => NameTag.BPerson,
            EntityKind.Organization => NameTag.BOrganization,
            EntityKind.Location => NameTag.BLocation,
            _ => NameTag.BOther,
        };

    private static bool IsNamed(JsonElement entity) =>
        (!entity.TryGetProperty("named", out var named) || named.GetBoolean())
        && entity.GetProperty("type").GetString() is not "time";

    private static (TextSpan Span, EntityKind Kind) Entity(JsonElement entity) =>
        (
            TextSpan.FromBounds(entity.GetProperty("span")[0].GetInt32(), entity.GetProperty("span")[1].GetInt32()),
            KindOf(entity.GetProperty("type").GetString()!)
        );

    private static EntityKind KindOf(string type) =>
        type switch
        {
            "person" or "PER" => EntityKind.Person,
            "organization" or "corporation" or "group" or "ORG" => EntityKind.Organization,
            "place" or "location" or "LOC" => EntityKind.Location,
            _ => EntityKind.Other,
        };

    // A mention is more than its name: "the Afghan President Jane Doe, 42, of Kabul" is the person "Jane Doe".
    private static TextSpan? Core(string text, TextSpan span, EntityKind kind, IEnumerable<TextSpan> inner)
    {
        var cut = text.AsSpan(span.Start, span.Length).IndexOfAny(Ends);
        var words = SentenceWords.Of(text, cut > 0 ? new(span.Start, cut) : span).All.ToList();
        while (words.Count > 0 && !IsCapital(text, words[0]))
            words.RemoveAt(0);
        if (
            words.Count > 1
            && !IsInName(text, words[0])
            && words[0].Lower is "the" or "a" or "an" or "this" or "our" or "his" or "her" or "their" or "my"
        )
            words.RemoveAt(0);
        if (kind == EntityKind.Person)
        {
            var others = inner.ToArray();
            words.RemoveAll(w => Array.Exists(others, o => o.Contains(w.Span)));
            while (words.Count > 1 && !IsCapital(text, words[0]))
                words.RemoveAt(0);
            while (words.Count > 1 && IsTitle(words[0].Lower))
                words.RemoveAt(0);
        }

        var end = 0;
        for (var i = 0; i < words.Count && (IsCapital(text, words[i]) || IsInner(words[i])); i++)
            if (IsCapital(text, words[i]))
                end = i + 1;
        return end == 0 ? null : TextSpan.FromBounds(words[0].Span.Start, words[end - 1].Span.End);
    }

    // "signed to The Orchard": an article with a capital that no sentence begins with.
    private static bool IsInName(string text, SentenceWord word)
    {
        var before = text.AsSpan(0, word.Span.Start).TrimEnd();
        return char.IsUpper(text[word.Span.Start])
            && before.Length > 0
            && before.Length < word.Span.Start
            && (char.IsLetterOrDigit(before[^1]) || before[^1] is ',' or ';' or '(');
    }

    private static bool IsTitle(string word) =>
        (Gazetteer.Of(word) & (NameClue.Title | NameClue.Demonym)) != NameClue.None
        || word is "." or "prime" or "vice" or "deputy" or "former" or "acting" or "first";

    private static bool IsInner(SentenceWord word) =>
        word.Lower
            is "of"
                or "and"
                or "&"
                or "for"
                or "the"
                or "de"
                or "la"
                or "von"
                or "van"
                or "der"
                or "del"
                or "di"
                or "da"
                or "al"
                or "bin"
                or "."
                or "-"
        || word.IsNumber;

    private static bool IsCapital(string text, SentenceWord word) =>
        word.IsWord && word.Span.In(text).Any(char.IsUpper);
}
