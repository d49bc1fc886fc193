using FactCheck.Extraction.Evaluation;
using FactCheck.Extraction.Quotes;
using FactCheck.Extraction.Quotes.Model;

namespace FactCheck.Cli.Extract;

/// <summary><c>extract quotes</c> and <c>evaluate quotes</c>.</summary>
internal static class QuoteCommands
{
    private const string Metrics =
        "Measure quote extraction against gold lines {id, text, quotes}. "
        + """
            Figures, over all documents (PRF is precision, recall, F1 in percent):
              exact            the content spans, trimmed of outer marks, space and a leading "that", equal a gold quote's
              overlap>=.5      quotes paired one to one, sharing at least half of their letters (Jaccard)
              touch            quotes paired one to one, sharing any letter
              token            words inside any gold content and any predicted content
              recall TYPE      share of gold quotes of that type (direct, indirect, mixed) paired at half their letters
              speaker          of paired quotes whose gold has a speaker, those whose predicted mention shares a letter with it
              end-to-end       paired at half their letters and the speaker right (none where the gold has none)
              cue              of paired quotes whose gold has a cue, those whose predicted cue shares a letter with it
            """;

    /// <summary>Rules alone: a hundred times as fast.</summary>
    public static Option<bool> Fast { get; } =
        Options.Flag("--fast", "Find quotes by rules alone, without the attribution model.");

    /// <summary>The shipped model, or null with <see cref="Fast"/> or in a build that has none.</summary>
    public static AttributionModel? ModelOf(ParseResult parse) =>
        parse.GetValue(Fast) ? null : AttributionModel.Shipped;

    public static Verb Extract()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description =
                "Articles (.txt, .md, .html, .docx, .pdf, .srt, .vtt), or JSON lines {id, text} with "
                + "--format jsonl; - is standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var format = new Option<string>("--format")
        {
            Description = "text: one readable block a quote. jsonl: one line a document, spans in UTF-16 code units.",
            DefaultValueFactory = _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "jsonl");
        var explain = Options.Flag(
            "--explain",
            "Also say why: what marks the words as a quote, and how the speaker was found."
        );
        return new Verb(
            "quotes",
            "Find who said what.",
            "factcheck extract quotes article.md --explain",
            "factcheck extract quotes --format jsonl < texts.jsonl > quotes.jsonl"
        )
            .With(files, format, explain, Fast)
            .Does(
                (parse, output) =>
                {
                    var model = ModelOf(parse);
                    if (string.Equals(parse.GetValue(format), "jsonl", StringComparison.Ordinal))
                        ExtractLines(parse.GetValue(files) ?? [], model, output);
                    else
                        ExtractText(parse.GetValue(files) ?? [], model, parse.GetValue(explain), output);
                }
            );
    }

    public static Verb Evaluate()
    {
        var gold = new Argument<string>("GOLD.jsonl") { Description = "Gold lines." };
        var errors = new Option<int>("--errors")
        {
            Description = "Also count the errors by cause, with up to N examples each.",
            HelpName = "N",
            DefaultValueFactory = _ => -1,
        };
        return new Verb(
            "quotes",
            Metrics,
            "factcheck evaluate quotes seeds/gold/quotes.jsonl",
            "factcheck evaluate quotes gold.jsonl --predictions found.jsonl",
            "factcheck evaluate quotes gold.jsonl --errors 5"
        )
            .With(gold, errors, EvaluateCommands.Predictions, Fast)
            .Does(
                (parse, output) =>
                {
                    using var predictions = EvaluateCommands.PredictionsOf(parse);
                    Evaluate(parse.GetRequiredValue(gold), predictions, parse.GetValue(errors), ModelOf(parse))
                        .Print(output);
                }
            );
    }

    private static void ExtractLines(IReadOnlyList<string> files, AttributionModel? model, Output output)
    {
        foreach (var document in QuoteLines.Read(InputFiles.Lines(files)))
            output.Line(Predict(document, model).Line);
    }

    private static void ExtractText(IReadOnlyList<string> files, AttributionModel? model, bool explain, Output output)
    {
        var articles = new JsonArray();
        foreach (var (name, article) in InputFiles.Articles(files))
        {
            var quotes = QuoteExtractor.Extract(article.Text, model);
            InputFiles.NoteIfNone(output, name, "quotes", quotes.Count);
            if (output.IsJson)
                articles.Add(
                    new JsonObject
                    {
                        ["file"] = name,
                        ["quotes"] = new JsonArray([.. quotes.Select(q => Json(article, q))]),
                    }
                );
            else
                foreach (var quote in quotes)
                    Tell(output, article, quote, explain);
        }

        if (output.IsJson)
            output.Document(new JsonObject { ["articles"] = articles });
    }

    private static void Tell(Output output, ArticleText article, Quote quote, bool explain)
    {
        var text = article.Text;
        var who = quote.Source is { } source
            ? $"{source.Name ?? source.Mention.In(text)} ({source.Reason})"
            : "nobody named: orphan";
        output.Line(
            $"{quote.Kind} {quote.Confidence:0.00}  {who}{(TimeOf(article, quote) is { } at ? $" at {at}" : "")}"
        );
        output.Line($"  {Words(text, quote)}");
        if (explain)
            foreach (var reason in QuoteReasons.Of(text, quote))
                output.Line($"       {reason}");
        output.Line();
    }

    private static string Words(string text, Quote quote) =>
        string.Join(" … ", quote.Content.Select(span => span.In(text)));

    private static string? TimeOf(ArticleText article, Quote quote) =>
        article.TimeAt(quote.Extent.Start) is { } at ? $"{(int)at.TotalHours:D2}:{at:mm\\:ss}" : null;

    private static JsonObject Json(ArticleText article, Quote quote)
    {
        var text = article.Text;
        return new()
        {
            ["kind"] = quote.Kind.ToString(),
            ["text"] = Words(text, quote),
            ["content"] = new JsonArray([.. quote.Content.Select(Span)]),
            ["cue"] = quote.Cue is { } cue ? new JsonObject { ["text"] = cue.In(text), ["span"] = Span(cue) } : null,
            ["speaker"] = quote.Source is { } source
                ? new JsonObject
                {
                    ["name"] = source.Name,
                    ["mention"] = source.Mention.In(text),
                    ["span"] = Span(source.Mention),
                    ["confidence"] = source.Confidence,
                    ["reason"] = source.Reason,
                }
                : null,
            ["parent"] = quote.Parent,
            ["confidence"] = quote.Confidence,
            ["foundBy"] = quote.FoundBy,
            ["why"] = new JsonArray([.. QuoteReasons.Of(text, quote).Select(r => (JsonNode)r)]),
            ["at"] = TimeOf(article, quote),
        };
    }

    private static JsonArray Span(TextSpan span) => new(span.Start, span.End);

    private static (IReadOnlyList<ScoredQuote> Quotes, string Line) Predict(
        QuoteDocument document,
        AttributionModel? model
    )
    {
        var quotes = ScoredQuote.From(QuoteExtractor.Extract(document.Text, model));
        return (quotes, QuoteLines.Write(document.Id, quotes));
    }

    private static Measured Evaluate(string gold, TextWriter predictions, int examples, AttributionModel? model)
    {
        var (scorer, errors) = (new QuoteScorer(), new QuoteErrors());
        foreach (var document in QuoteLines.Read(File.ReadLines(gold)))
        {
            var (quotes, line) = Predict(document, model);
            predictions.WriteLine(line);
            scorer.Add(document.Text, document.Quotes, quotes);
            if (examples >= 0)
                errors.Add(document, quotes);
        }

        var scores = scorer.Scores();
        var json = new JsonObject { ["gold"] = scores.Overlap.Gold, ["predicted"] = scores.Overlap.Predicted };
        foreach (
            var (name, prf) in ((string, Prf)[])
                [
                    ("exact", scores.Exact),
                    ("overlap", scores.Overlap),
                    ("touch", scores.Touch),
                    ("token", scores.Token),
                    ("endToEnd", scores.EndToEnd),
                ]
        )
            json[name] = Measured.Prf(prf.Precision / 100, prf.Recall / 100, prf.F1 / 100);
        foreach (var (type, share) in scores.RecallByType.OrderBy(r => r.Key, StringComparer.Ordinal))
            json[$"recall {type}"] = share.Percent / 100;
        (json["speaker"], json["cue"]) = (scores.Speaker.Percent / 100, scores.Cue.Percent / 100);
        if (examples >= 0)
            json["errors"] = new JsonObject(errors.Counts.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value)));
        return new([.. scores.Lines(), .. errors.Lines(examples)], json);
    }
}

/// <summary>Why words are taken for a quote of somebody, in sentences.</summary>
internal static class QuoteReasons
{
    public static IEnumerable<string> Of(string text, Quote quote)
    {
        var pieces = quote.Content.Count > 1 ? $", in {quote.Content.Count} pieces" : "";
        yield return quote.Kind switch
        {
            QuoteKind.Direct => $"words: all of them stand inside quotation marks{pieces}",
            QuoteKind.Indirect => $"words: none of them stand inside quotation marks{pieces}: reported, not quoted",
            _ => $"words: some of them stand inside quotation marks{pieces}",
        };
        yield return quote.Cue is { } cue
            ? $"cue: \"{cue.In(text)}\" {Where(cue, quote)} marks saying"
            : "cue: none beside it; the quotation marks, and what was said before, make it a quote";
        yield return quote.Source is { } source
            ? $"speaker: \"{source.Mention.In(text)}\"{Named(text, source)}: {source.Reason}, "
                + $"confidence {source.Confidence:0.00}"
            : "speaker: none was found; a person decides";
        if (quote.Parent is not null)
            yield return "it stands inside another quote";
        yield return $"confidence that these words are attributed at all: {quote.Confidence:0.00}";
    }

    private static string Named(string text, QuoteSource source) =>
        source.Name is not { } name ? ", whom the text does not name"
        : name == source.Mention.In(text) ? ""
        : $" = {name}";

    private static string Where(TextSpan cue, Quote quote) =>
        cue.End <= quote.Extent.Start ? "before the words"
        : cue.Start >= quote.Extent.End ? "after the words"
        : "between the words";
}
