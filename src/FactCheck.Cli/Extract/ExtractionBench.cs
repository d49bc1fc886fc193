using System.Diagnostics;
using System.Globalization;
using FactCheck.Extraction;
using FactCheck.Extraction.Claims;
using FactCheck.Extraction.Evaluation;
using FactCheck.Extraction.Insights;
using FactCheck.Extraction.Languages;
using FactCheck.Extraction.Quotes;
using FactCheck.Extraction.Text;

namespace FactCheck.Cli.Extract;

/// <summary><c>factcheck bench extraction</c>: how fast the stages are.</summary>
internal static class ExtractionBench
{
    private const int Thousand = 1_000;
    private const int LongestText = 1_000_000;
    private const string Description =
        "Print how fast each stage of extraction is. MB/s is million characters a second of one core's time, "
        + "B/char bytes allocated a character; then nanoseconds a character from 1 KB to 1 MB.";

    public static Verb Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "English texts, or JSON lines {id, text} (.jsonl); they are joined and repeated.",
            Arity = ArgumentArity.OneOrMore,
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = "How long each stage runs.",
            DefaultValueFactory = _ => 2,
        };
        return new Verb(
            "extraction",
            Description,
            "factcheck bench extraction seeds/articles/river-pollution.md",
            "factcheck bench extraction texts.jsonl --seconds 5 --json"
        )
            .With(files, seconds)
            .Does(
                (parse, output) =>
                {
                    var text = string.Join("\n\n", (parse.GetValue(files) ?? []).SelectMany(TextsOf));
                    if (text.Length == 0)
                        throw new InvalidDataException("The files hold no text.");
                    Run(text, TimeSpan.FromSeconds(parse.GetValue(seconds))).Print(output);
                }
            );
    }

    private static IEnumerable<string> TextsOf(string file) =>
        file.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)
            ? QuoteLines.Read(File.ReadLines(file)).Select(d => d.Text)
            : [File.ReadAllText(file)];

    private static Measured Run(string sample, TimeSpan time)
    {
        var text = OfLength(sample, 100 * Thousand);
        List<string> lines = [$"{"stage", -16}{"MB/s", 8}{"B/char", 9}"];
        var stages = new JsonArray();
        foreach (var (name, run) in Stages(text))
        {
            var (speed, allocated) = Measure(() => run(text), text.Length, time);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{name, -16}{speed, 8:0.00}{allocated, 9:0.0}"));
            stages.Add(
                new JsonObject
                {
                    ["stage"] = name,
                    ["megabytesASecond"] = speed,
                    ["bytesACharacter"] = allocated,
                }
            );
        }

        lines.Add("whole pipeline, ns/char by length of the text");
        var growth = new JsonArray();
        foreach (var length in (int[])[Thousand, 10 * Thousand, 100 * Thousand, LongestText])
        {
            var part = OfLength(sample, length);
            var (speed, _) = Measure(() => Pipeline(part), part.Length, time);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{length, 16:N0}{1000 / speed, 8:0}"));
            growth.Add(new JsonObject { ["characters"] = length, ["nanosecondsACharacter"] = 1000 / speed });
        }

        return new(lines, new() { ["stages"] = stages, ["growth"] = growth });
    }

    // What a later stage takes from an earlier one is made beforehand, so that each is measured by itself.
    private static (string Name, Action<string> Run)[] Stages(string text)
    {
        var sentences = Sentences.In(text);
        var quotes = QuoteExtractor.Extract(text);
        return
        [
            ("sentences", t => Sentences.In(t)),
            ("tokens", t => Tokens.In(t, new(0, t.Length))),
            ("quotes", t => QuoteExtractor.Extract(t)),
            ("claims", t => ClaimExtractor.Extract(t, sentences, quotes)),
            ("entities", t => EntityFinder.In(t)),
            (
                "sentiment",
                t =>
                {
                    foreach (var sentence in sentences)
                        SentimentScorer.Score(t, sentence);
                }
            ),
            ("key phrases", t => KeyPhrases.Of(t)),
            ("language", t => LanguageModel.Default.Guess(t)),
            ("whole pipeline", Pipeline),
        ];
    }

    // As the workflow does it: extraction over the whole text, analytics piece by piece.
    private static void Pipeline(string text)
    {
        Extractor.Default.Extract(new(text, new()));
        var analytics = new LocalTextAnalytics();
        for (var at = 0; at < text.Length; at += analytics.MaxCharacters)
            analytics
                .AnalyzeAsync(text.Substring(at, Math.Min(analytics.MaxCharacters, text.Length - at)), language: null)
                .GetAwaiter()
                .GetResult();
    }

    private static string OfLength(string sample, int length) =>
        string.Concat(Enumerable.Repeat(sample + "\n\n", (length / sample.Length) + 1))[..length];

    // Processor time, not the clock: other work on the machine does not count.
    private static (double Speed, double Allocated) Measure(Action run, int characters, TimeSpan time)
    {
        // Long enough for the compiler to have made its best code.
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < time; )
            run();
        using var process = Process.GetCurrentProcess();
        var runs = 0;
        var (start, allocated) = (process.TotalProcessorTime, GC.GetAllocatedBytesForCurrentThread());
        var watch = Stopwatch.StartNew();
        do
        {
            run();
            runs++;
        } while (watch.Elapsed < time);
        process.Refresh();
        // Too short a run for the system to have counted: the clock will do.
        var used = (process.TotalProcessorTime - start).TotalSeconds is > 0 and var counted
            ? counted
            : watch.Elapsed.TotalSeconds;
        return (
            runs * (double)characters / used / 1e6,
            (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)runs / characters
        );
    }
}
