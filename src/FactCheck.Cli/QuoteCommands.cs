using System.CommandLine;
using System.Text.Json;
using FactCheck.Domain;
using FactCheck.Extraction;
using FactCheck.Extraction.Evaluation;

namespace FactCheck.Cli;

/// <summary><c>extract quotes</c> and <c>evaluate quotes</c>.</summary>
internal static class QuoteCommands
{
    private const string Metrics = """
        Measure quote extraction against gold lines {id, text, quotes}. Figures, over all documents (PRF is precision, recall, F1 in percent):
          exact            the content spans, trimmed of outer marks, space and a leading "that", equal a gold quote's
          overlap>=.5      quotes paired one to one, sharing at least half of their letters (Jaccard)
          touch            quotes paired one to one, sharing any letter
          token            words inside any gold content and any predicted content
          recall TYPE      share of gold quotes of that type (direct, indirect, mixed) paired at half their letters
          speaker          of paired quotes whose gold has a speaker, those whose predicted mention shares a letter with it
          end-to-end       paired at half their letters and the speaker right (none where the gold has none)
          cue              of paired quotes whose gold has a cue, those whose predicted cue shares a letter with it
        """;

    public static Command Extract()
    {
        var files = new Argument<string[]>("FILE") { Description = "Text files, or JSON lines {id, text} with --format jsonl; - is standard input.", Arity = ArgumentArity.ZeroOrMore };
        var format = new Option<string>("--format") { Description = "text: one readable block a quote. jsonl: one line a document, spans in UTF-16 code units.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "jsonl");
        var explain = new Option<bool>("--explain") { Description = "With text: also the cue, how sure the attribution and the speaker are, and which quotes are nested." };
        var command = new Command("quotes", "Find who said what.") { files, format, explain };
        command.SetAction(parse => Run(() =>
        {
            if (string.Equals(parse.GetValue(format), "jsonl", StringComparison.Ordinal)) ExtractLines(parse.GetValue(files) ?? []);
            else ExtractText(parse.GetValue(files) ?? [], parse.GetValue(explain) ? Explain : Describe);
        }));
        return command;
    }

    public static Command Evaluate()
    {
        var gold = new Argument<string>("GOLD.jsonl") { Description = "Gold lines." };
        var predictions = new Option<string?>("--predictions") { Description = "Also write the prediction lines that were scored to this file." };
        var errors = new Option<int>("--errors") { Description = "Also count the errors by cause, with up to N examples each.", HelpName = "N", DefaultValueFactory = _ => -1 };
        var command = new Command("quotes", Metrics) { gold, predictions, errors };
        command.SetAction(parse => Run(() => Evaluate(parse.GetRequiredValue(gold), parse.GetValue(predictions), parse.GetValue(errors))));
        return command;
    }

    // What a user can get wrong is said in one line; anything else is a defect and keeps its trace.
    private static int Run(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or JsonException)
        {
            Console.Error.WriteLine(wrong.Message);
            return 1;
        }
    }

    private static void ExtractLines(IReadOnlyList<string> files)
    {
        foreach (var document in QuoteLines.Read(InputFiles.Lines(files))) Console.Out.WriteLine(Predict(document).Line);
    }

    private static void ExtractText(IReadOnlyList<string> files, Func<string, Quote, string> describe)
    {
        foreach (var (name, raw) in InputFiles.Texts(files))
        {
            var text = ClaimCommands.ArticleOf(name, raw).Text;
            foreach (var quote in QuoteExtractor.Extract(text)) Console.Out.WriteLine(describe(text, quote));
        }
    }

    private static string Describe(string text, Quote quote)
    {
        var who = quote.Source is { } source ? $"{source.Name ?? source.Mention.In(text)} ({source.Reason})" : "nobody named: orphan";
        return $"""
            {quote.Kind} {quote.Confidence:0.00}  {who}
              {string.Join(" … ", quote.Content.Select(span => span.In(text)))}

            """;
    }

    private static string Explain(string text, Quote quote)
    {
        var speaker = quote.Source is { } source
            ? $"'{source.Mention.In(text)}'{(source.Name is null ? "" : $" = {source.Name}")}, {source.Confidence:0.00}: {source.Reason}"
            : "nobody named: orphan";
        return $"""
            {(quote.Parent is null ? "" : "  nested ")}{quote.Kind} {quote.Confidence:0.00}
              said:    {string.Join(" … ", quote.Content.Select(span => span.In(text)))}
              cue:     {(quote.Cue is { } cue ? cue.In(text) : "none")}
              speaker: {speaker}

            """;
    }

    private static (IReadOnlyList<ScoredQuote> Quotes, string Line) Predict(QuoteDocument document)
    {
        var quotes = ScoredQuote.From(QuoteExtractor.Extract(document.Text));
        return (quotes, QuoteLines.Write(document.Id, quotes));
    }

    private static void Evaluate(string gold, string? predictions, int examples)
    {
        var scorer = new QuoteScorer();
        var errors = new QuoteErrors();
        using var output = predictions is null ? TextWriter.Null : new StreamWriter(predictions);
        foreach (var document in QuoteLines.Read(File.ReadLines(gold)))
        {
            var (quotes, line) = Predict(document);
            output.WriteLine(line);
            scorer.Add(document.Text, document.Quotes, quotes);
            if (examples >= 0) errors.Add(document, quotes);
        }

        foreach (var line in scorer.Scores().Lines().Concat(errors.Lines(examples))) Console.Out.WriteLine(line);
    }
}
