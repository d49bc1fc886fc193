using System.Text.Json;
using FactCheck.Domain;
using FactCheck.Extraction.Evaluation;
using FactCheck.Extraction.Quotes;
using FactCheck.Extraction.Quotes.Model;

namespace FactCheck.Training;

/// <summary>What the attribution model finds by itself, in the shape of predictions, with its chances: what the way of
/// joining it with the rules is chosen by.</summary>
internal static class ModelLines
{
    public static IEnumerable<string> Of(AttributionModel model, IEnumerable<string> lines) =>
        QuoteLines.Read(lines).Select(document => Of(model, document));

    private static string Of(AttributionModel model, QuoteDocument document)
    {
        var cues = QuoteExtractor.Extract(document.Text).Where(q => q.Cue is not null).Select(q => q.Cue!.Value.Start);
        return JsonSerializer.Serialize(
            new
            {
                id = document.Id,
                quotes = model
                    .Find(document.Text, cues.ToHashSet())
                    .Select(found => new
                    {
                        speaker_span = found.Source is { } source ? Pair(source) : null,
                        cue_span = Pair(found.Cue),
                        content_spans = found.Content.Select(Pair),
                        raw = (double[])[found.CueChance, found.Held, found.Edge, found.SourceChance],
                    }),
            }
        );
    }

    private static int[] Pair(TextSpan span) => [span.Start, span.End];
}
