using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FactCheck.Domain;

namespace FactCheck.Training;

/// <summary>An attribution as the marks give it; a part that is in pieces has several spans.</summary>
internal sealed record MarkedAttribution(
    IReadOnlyList<TextSpan> Content,
    IReadOnlyList<TextSpan> Cue,
    IReadOnlyList<TextSpan> Source
);

/// <summary>Paragraphs in which <c>&lt;s1&gt;Jan Novak&lt;/&gt; &lt;c1&gt;said&lt;/&gt; &lt;q1&gt;that …&lt;/&gt;</c> marks who says
/// what; <c> ¶ </c> is a paragraph's end. What the attribution model learns from.</summary>
internal sealed partial class MarkedParagraphs
{
    private const int MostPieces = 2;
    private readonly StringBuilder _text = new();
    private readonly Stack<(char Part, int Number, int Start)> _open = [];
    private readonly SortedDictionary<int, List<(char Part, TextSpan Span)>> _parts = [];

    /// <summary>The text without its marks, and the attributions in the order of their numbers.</summary>
    /// <exception cref="JsonException">The marks are wrong; the message says how and where.</exception>
    public static (string Text, IReadOnlyList<MarkedAttribution> Attributions) Read(string line)
    {
        var item = new MarkedParagraphs();
        item.ReadMarks(line);
        return (item._text.ToString(), [.. item._parts.Select(part => ToAttribution(part.Key, part.Value))]);
    }

    /// <summary>The items of files as lines of gold; <c>#</c> opens a remark.</summary>
    /// <exception cref="JsonException">An item is wrong, or stands there twice; the message names its line.</exception>
    public static IEnumerable<string> ToGold(IEnumerable<(string File, IEnumerable<string> Lines)> files)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (file, lines) in files)
        {
            foreach (var (i, line) in lines.Index())
            {
                if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
                    continue;
                var id = string.Create(CultureInfo.InvariantCulture, $"{file}:{i + 1}");
                var (text, attributions) = ReadNamed(id, line);
                if (!seen.Add(text))
                    throw new JsonException($"{id}: the item stands there twice: {text}");
                yield return ToLine(id, text, attributions);
            }
        }
    }

    private static (string Text, IReadOnlyList<MarkedAttribution> Attributions) ReadNamed(string id, string line)
    {
        try
        {
            return Read(line);
        }
        catch (JsonException e)
        {
            throw new JsonException($"{id}: {e.Message}", e);
        }
    }

    private static string ToLine(string id, string text, IReadOnlyList<MarkedAttribution> attributions) =>
        JsonSerializer.Serialize(
            new
            {
                id,
                text,
                quotes = attributions.Select(a => new
                {
                    speaker_spans = Pairs(a.Source),
                    cue_spans = Pairs(a.Cue),
                    content_spans = Pairs(a.Content),
                }),
            }
        );

    private static IEnumerable<int[]> Pairs(IReadOnlyList<TextSpan> spans) =>
        spans.Select(span => new[] { span.Start, span.End });

    private void ReadMarks(string line)
    {
        var at = 0;
        foreach (Match mark in Mark.Matches(line))
        {
            Append(line[at..mark.Index]);
            at = mark.Index + mark.Length;
            if (mark.Groups["part"].Success)
                _open.Push(
                    (
                        mark.Groups["part"].ValueSpan[0],
                        int.Parse(mark.Groups["number"].ValueSpan, CultureInfo.InvariantCulture),
                        _text.Length
                    )
                );
            else
                Close(line[..at]);
        }

        Append(line[at..]);
        if (_open.TryPeek(out var left))
            throw new JsonException($"<{left.Part}{left.Number}> is not closed.");
    }

    private void Append(string piece)
    {
        if (piece.AsSpan().ContainsAny('<', '>'))
            throw new JsonException($"Only <s1>, <c1>, <q1> and </> are marks: {piece}");
        _text.Append(piece.Replace(" ¶ ", "\n\n", StringComparison.Ordinal));
    }

    private void Close(string before)
    {
        if (!_open.TryPop(out var mark))
            throw new JsonException($"</> closes nothing: {before}");
        var (start, end) = (mark.Start, _text.Length);
        while (start < end && char.IsWhiteSpace(_text[start]))
            start++;
        while (end > start && char.IsWhiteSpace(_text[end - 1]))
            end--;
        if (start == end)
            throw new JsonException($"<{mark.Part}{mark.Number}> holds no word.");
        if (!_parts.TryGetValue(mark.Number, out var parts))
            _parts[mark.Number] = parts = [];
        parts.Add((mark.Part, TextSpan.FromBounds(start, end)));
    }

    private static MarkedAttribution ToAttribution(int number, List<(char Part, TextSpan Span)> parts)
    {
        var inOrder = parts.OrderBy(part => part.Span.Start).ToArray();
        var found = new MarkedAttribution(Of('q'), Of('c'), Of('s'));
        if (found.Content.Count == 0)
            throw new JsonException($"Attribution {number} has no <q{number}>.");
        if (found.Cue.Count > MostPieces || found.Source.Count > MostPieces)
            throw new JsonException(
                $"Attribution {number} has more than {MostPieces} cues or sources: number them apart."
            );
        for (var i = 1; i < inOrder.Length; i++)
        {
            if (inOrder[i].Span.Overlaps(inOrder[i - 1].Span))
                throw new JsonException($"Marks of attribution {number} lie in each other.");
        }

        return found;

        TextSpan[] Of(char part) => [.. inOrder.Where(p => p.Part == part).Select(p => p.Span)];
    }

    [GeneratedRegex(
        @"<(?<part>[scq])(?<number>\d{1,3})(?:\|[^<>]*)?>|</>",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Mark { get; }
}
