using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using FactCheck.Runtime;

namespace FactCheck.Cli;

/// <summary><c>factcheck bench runtime</c>: measures the embedded runtime against its goals, on this machine.</summary>
internal static class RuntimeBench
{
    private static readonly string[] Rows = ["five", "fanout", "one", "chain", "replay", "waiting", "ended"];

    public static Command Create() => new("bench", "Measure speed and endurance.") { ExtractionBench.Create(), RuntimeVerb(), SoakVerbs.Soak(), SoakVerbs.Child() };

    private static Verb RuntimeVerb()
    {
        var quick = new Option<bool>("--quick") { Description = "Small sizes, to see that it works; the numbers mean nothing." };
        var rows = new Option<string[]>("--rows") { Description = $"Only these: {string.Join(", ", Rows)}.", AllowMultipleArgumentsPerToken = true };
        rows.AcceptOnlyFromAmong(Rows);
        var folder = new Option<string>("--folder") { Description = "Where the files are written: the disk that is measured.", DefaultValueFactory = _ => Path.GetTempPath() };
        return new Verb(
            "runtime",
            "Measure the embedded runtime against its goals. It takes some minutes; other work on the machine shows in the figures.",
            "factcheck bench runtime",
            "factcheck bench runtime --rows one chain --folder /var/tmp  # on the disk that matters")
        {
            quick, rows, folder,
        }.Does((parse, output, _) => RunAsync(
            parse.GetValue(rows) is { Length: > 0 } some ? some : Rows, parse.GetValue(quick), parse.GetRequiredValue(folder), output));
    }

    private static async Task<int> RunAsync(string[] rows, bool quick, string folder, Output output)
    {
        var root = Directory.CreateDirectory(Path.Combine(folder, "factcheck-bench-" + Path.GetRandomFileName())).FullName;
        var sizes = quick ? BenchSizes.Quick : BenchSizes.Full;
        var figures = new List<Figure>();
        try
        {
            if (!output.IsJson)
                WriteHead(output, root, sizes);
            foreach (var row in rows)
            {
                foreach (var figure in await MeasureAsync(row, root, sizes, quick, output.IsJson))
                {
                    figures.Add(figure);
                    output.Line(output.IsJson ? JsonSerializer.Serialize(figure) : figure.ToString());
                }
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
        if (!output.IsJson)
            WriteVerdict(output, figures, quick);
        return ExitCode.Done;
    }

    private static async Task<IReadOnlyList<Figure>> MeasureAsync(string row, string root, BenchSizes sizes, bool quick, bool inChild)
    {
        var throughput = new Throughput(root, sizes);
        var many = new ManyInstances(root, sizes);
        return row switch
        {
            "five" => await BothAsync(throughput.FiveActivitiesAsync),
            "fanout" => await BothAsync(throughput.FanOutAsync),
            "one" => await BothAsync(throughput.OneAtATimeAsync),
            "chain" => await BothAsync(throughput.ChainAsync),
            "replay" => await many.ReplayAsync(),
            "waiting" => inChild ? await many.WaitingAsync() : await InProcessOfItsOwnAsync(row, root, quick),
            _ => await many.EndedAsync(),
        };
    }

    private static async Task<IReadOnlyList<Figure>> BothAsync(Func<SynchronousMode, Task<IReadOnlyList<Figure>>> measure) =>
        [.. await measure(SynchronousMode.Full), .. await measure(SynchronousMode.Normal)];

    /// <summary>Memory is a process's; what else was measured must not be in it.</summary>
    private static async Task<IReadOnlyList<Figure>> InProcessOfItsOwnAsync(string row, string root, bool quick)
    {
        var start = Self.Command(["bench", "runtime", "--rows", row, "--folder", root, "--json", .. quick ? ["--quick"] : Array.Empty<string>()]);
        start.RedirectStandardOutput = true;
        using var child = Process.Start(start)!;
        var figures = new List<Figure>();
        while (await child.StandardOutput.ReadLineAsync() is { } line)
            figures.Add(JsonSerializer.Deserialize<Figure>(line)!);
        await child.WaitForExitAsync();
        return child.ExitCode == 0 ? figures : throw new InvalidOperationException($"Row {row} failed.");
    }

    private static void WriteHead(Output output, string root, BenchSizes sizes)
    {
        output.Line(
            $"{Environment.ProcessorCount} cores, .NET {Environment.Version}, load {Load()}, fdatasync p50 {Disk.SyncMilliseconds(root):0.00} ms in {Path.GetDirectoryName(root)}, medians of {sizes.Runs} runs");
        output.Line();
        output.Line("| what | synchronous | measured | goal | |");
        output.Line("| --- | --- | ---: | ---: | --- |");
    }

    private static string Load() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";

    private static void WriteVerdict(Output output, List<Figure> figures, bool quick)
    {
        var goals = figures.Count(figure => figure.Goal is not null);
        output.Line();
        output.Line(quick
            ? $"{goals} figures measured. With --quick they say only that the benchmark works."
            : $"{figures.Count(figure => figure.Goal is not null && figure.IsReached)} of {goals} goals reached. Load now {Load()}.");
    }
}

/// <summary>This program, to be started once more.</summary>
internal static class Self
{
    public static ProcessStartInfo Command(IEnumerable<string> arguments)
    {
        var host = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its own program.");
        // Started as "dotnet factcheck.dll", the program is the first argument.
        var start = Path.GetFileNameWithoutExtension(host) is "dotnet" ? new ProcessStartInfo(host, [typeof(Self).Assembly.Location]) : new ProcessStartInfo(host);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }
}
