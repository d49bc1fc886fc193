using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FactCheck.Cli.Terminal;

namespace FactCheck.Cli.Bench;

/// <summary>
/// <c>factcheck bench host</c>: how fast the embedded host is. What it measures with, an app that does nothing and
/// Microsoft's in-process host beside it, is not shipped: it is built from the sources.
/// </summary>
internal static class HostBench
{
    private const int DefaultRuns = 5;
    private const int MostRuns = 100;

    public static Verb Create()
    {
        var runs = new Option<int>("--runs")
        {
            Description = "Each figure is the median of so many.",
            DefaultValueFactory = _ => DefaultRuns,
            HelpName = "N",
        };
        runs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostRuns)
                result.AddError($"--runs is 1 to {MostRuns}.");
        });
        return new Verb(
            "host",
            "Print how fast the embedded host is, beside Microsoft's in-process host. It is built for it, in Release, from the sources that this program was built from; on a quiet machine it takes three minutes.",
            "factcheck bench host",
            "factcheck bench host --runs 3 --json"
        )
        {
            runs,
        }.Does((parse, output, cancellation) => RunAsync(parse.GetValue(runs), output.IsJson, cancellation));
    }

    private static async Task<int> RunAsync(int runs, bool isJson, CancellationToken cancellation)
    {
        var project =
            FindProject()
            ?? throw new CommandException(
                ExitCode.NotFound,
                "The host is measured with parts that are not shipped: run this in a checkout of the sources, by 'dotnet run --project src/FactCheck.Cli -- bench host'."
            );
        List<string> arguments =
        [
            "run",
            "--configuration",
            "Release",
            "--project",
            project,
            "--",
            runs.ToString(CultureInfo.InvariantCulture),
        ];
        if (isJson)
            arguments.Add("--json");
        using var bench = Process.Start(new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false })!;
        try
        {
            await bench.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            bench.Kill(entireProcessTree: true);
            throw;
        }

        return bench.ExitCode == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    // Up from where this program was built.
    private static string? FindProject()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var project = Path.Combine(folder.FullName, "tests", "FactCheck.Benchmarks");
            if (File.Exists(Path.Combine(project, "FactCheck.Benchmarks.csproj")))
                return project;
        }

        return null;
    }
}
