using System.Text.Encodings.Web;
using System.Text.Json;

namespace FactCheck.Extraction.Evaluation;

/// <summary>A quote as data for scoring holds it; speakers and cues are every span that counts as one.</summary>
/// <param name="Confidence">0..1; 1 for gold.</param>
public sealed record ScoredQuote(
    IReadOnlyList<TextSpan> Content,
    IReadOnlyList<TextSpan> Speakers,
    IReadOnlyList<TextSpan> Cues,
    string Type,
    double Confidence = 1
)
{
    /// <summary>Extracted quotes as predictions: the outermost ones, as the annotation guides count them.</summary>
    public static IReadOnlyList<ScoredQuote> From(IEnumerable<Quote> quotes) =>
        [.. quotes.Where(q => q.Parent is null).Select(From)];

    private static ScoredQuote From(Quote quote) =>
        new(
            quote.Content,
            quote.Source is { } source ? [source.Mention] : [],
            quote.Cue is { } cue ? [cue] : [],
            quote.Kind.ToString().ToLowerInvariant(),
            quote.Confidence
        );
}

/// <summary>A document of a gold file, or of one to extract from: then without quotes.</summary>
public sealed record QuoteDocument(string Id, string Text, IReadOnlyList<ScoredQuote> Quotes);

/// <summary>Reads gold lines and writes predictions: JSON Lines, spans as [start, end] in UTF-16 code units.</summary>
public static class QuoteLines
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The documents of JSON lines <c>{id, text, quotes?}</c>; empty lines are skipped.</summary>
    /// <exception cref="JsonException">A line is not such an object.</exception>
    public static IEnumerable<QuoteDocument> Read(IEnumerable<string> lines) =>
        lines.Where(line => !string.IsNullOrWhiteSpace(line)).Select(ReadDocument);

    /// <summary>One line of predictions, without a line break.</summary>
    public static string Write(string id, IEnumerable<ScoredQuote> quotes)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteStartArray("quotes");
            foreach (var quote in quotes)
                WriteQuote(json, quote);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteQuote(Utf8JsonWriter json, ScoredQuote quote)
    {
        json.WriteStartObject();
        json.WritePropertyName("speaker_span");
        WriteSpan(json, quote.Speakers.Count > 0 ? quote.Speakers[0] : null);
        json.WritePropertyName("cue_span");
        WriteSpan(json, quote.Cues.Count > 0 ? quote.Cues[0] : null);
        json.WriteStartArray("content_spans");
        foreach (var span in quote.Content)
            WriteSpan(json, span);
        json.WriteEndArray();
        json.WriteString("type", quote.Type);
        json.WriteNumber("confidence", Math.Round(quote.Confidence, 3));
        json.WriteEndObject();
    }

    private static void WriteSpan(Utf8JsonWriter json, TextSpan? span)
    {
        if (span is not { } some)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartArray();
        json.WriteNumberValue(some.Start);
        json.WriteNumberValue(some.End);
        json.WriteEndArray();
    }

    private static QuoteDocument ReadDocument(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        if (
            root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("id", out var id)
            || !root.TryGetProperty("text", out var text)
        )
            throw new JsonException("A line needs \"id\" and \"text\".");
        return new(
            id.ToString(),
            text.GetString() ?? "",
            root.TryGetProperty("quotes", out var quotes) ? [.. quotes.EnumerateArray().Select(ReadQuote)] : []
        );
    }

    private static ScoredQuote ReadQuote(JsonElement quote) =>
        new(
            Spans(quote, "content_spans"),
            SpansOrSpan(quote, "speaker_spans", "speaker_span"),
            SpansOrSpan(quote, "cue_spans", "cue_span"),
            quote.TryGetProperty("type", out var type) ? type.GetString() ?? "" : ""
        );

    private static IReadOnlyList<TextSpan> SpansOrSpan(JsonElement quote, string list, string single) =>
        Spans(quote, list) is { Count: > 0 } spans ? spans
        : quote.TryGetProperty(single, out var one) && one.ValueKind == JsonValueKind.Array ? [ToSpan(one)]
        : [];

    private static IReadOnlyList<TextSpan> Spans(JsonElement quote, string name) =>
        quote.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(ToSpan)]
            : [];

    private static TextSpan ToSpan(JsonElement pair) => TextSpan.FromBounds(pair[0].GetInt32(), pair[1].GetInt32());
}
