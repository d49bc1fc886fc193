using System.Globalization;

namespace FactCheck.Cli.Soak;

/// <summary><c>factcheck bench desk</c>: how much a desk bears, beside another build of it.</summary>
internal static class DeskBench
{
    private const int MostUploads = 5_000; // what a person may hand in on a day
    private const string Description =
        "Print how many uploads and decisions a desk bears. Each round starts a desk of its own, hands in a burst of "
        + "short articles over HTTP while somebody reads the queue, and then lets reviewers decide what it found. "
        + "With --against, the same is done on another build in turn, so that both are measured on the same machine "
        + "at the same time. Figures are medians of the rounds; times are milliseconds, 95th percentile.";

    public static Verb Create()
    {
        var uploads = Options.Number("--uploads", "Articles of the burst.", 2_000, MostUploads);
        var reviewers = Options.Number("--reviewers", "How many decide at once.", 50, 500);
        var seconds = Options.Number("--seconds", "How long they decide.", 30, 3_600);
        var rounds = Options.Number("--rounds", "How often all of it is done.", 3, 100);
        var against = new Option<FileInfo?>("--against")
        {
            Description = "The factcheck.dll of another build.",
            HelpName = "FILE",
        }.Refusing(file => file is { Exists: false } ? $"There is no '{file.FullName}'." : null);
        return new Verb(
            "desk",
            Description,
            "factcheck bench desk --uploads 500 --rounds 1",
            "factcheck bench desk --rounds 5 --reviewers 20 --seconds 60 --json"
        )
            .With(uploads, reviewers, seconds, rounds, against)
            .RunsUntilStopped()
            .Does(
                async (parse, output, cancellation) =>
                {
                    DeskLoad Load(string data, string? build) =>
                        new(
                            data,
                            build,
                            parse.GetValue(uploads),
                            parse.GetValue(reviewers),
                            TimeSpan.FromSeconds(parse.GetValue(seconds))
                        );
                    await RunAsync(
                        Load,
                        parse.GetValue(against)?.FullName,
                        parse.GetValue(rounds),
                        output,
                        cancellation
                    );
                    return ExitCode.Done;
                }
            );
    }

    private static async Task RunAsync(
        Func<string, string?, DeskLoad> load,
        string? against,
        int rounds,
        Output output,
        CancellationToken cancellation
    )
    {
        var (here, there) = (new List<DeskFigures>(), new List<DeskFigures>());
        for (var round = 1; round <= rounds; round++)
        {
            output.Note($"Round {round} of {rounds}…");
            here.Add(await MeasureAsync(load, null, cancellation));
            if (against is not null)
                there.Add(await MeasureAsync(load, against, cancellation));
        }

        Table(here, there).Print(output);
    }

    private static async Task<DeskFigures> MeasureAsync(
        Func<string, string?, DeskLoad> load,
        string? build,
        CancellationToken cancellation
    )
    {
        var data = Directory.CreateTempSubdirectory("factcheck-bench-").FullName;
        try
        {
            return await load(data, build).MeasureAsync(cancellation);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static Measured Table(List<DeskFigures> here, List<DeskFigures> there)
    {
        (string Name, string Key, Func<DeskFigures, double> Of)[] rows =
        [
            ("articles checked a second", "articlesASecond", one => one.Checked),
            ("queue during the burst, ms", "queueInBurstMilliseconds", one => one.Page),
            ("decisions a second", "decisionsASecond", one => one.Decisions),
            ("queue while all decide, ms", "queueMilliseconds", one => one.Queue),
            ("calls that had to wait", "waits", one => one.Busy),
        ];
        List<string> lines =
        [
            there.Count == 0 ? $"{"", -28}{"here", 10}" : $"{"", -28}{"here", 10}{"there", 10}{"ratio", 8}",
        ];
        var json = new JsonObject { ["rounds"] = here.Count };
        foreach (var (name, key, of) in rows)
        {
            var (mine, other) = (Median(here, of), Median(there, of));
            lines.Add(
                string.Create(CultureInfo.InvariantCulture, $"{name, -28}{mine, 10:0.0}")
                    + (
                        there.Count == 0
                            ? ""
                            : string.Create(CultureInfo.InvariantCulture, $"{other, 10:0.0}{mine / other, 8:0.00}")
                    )
            );
            json[key] = there.Count == 0 ? mine : new JsonObject { ["here"] = mine, ["there"] = other };
        }

        return new(lines, json);
    }

    private static double Median(List<DeskFigures> rounds, Func<DeskFigures, double> of)
    {
        double[] sorted = [.. rounds.Select(of).Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
