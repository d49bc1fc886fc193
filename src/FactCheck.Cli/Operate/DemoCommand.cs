using FactCheck.Cli.Client;
using Microsoft.Extensions.Logging;

namespace FactCheck.Cli.Operate;

/// <summary><c>demo</c>: the desk on sample articles.</summary>
internal static class DemoCommand
{
    public static Verb Create()
    {
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description =
                "Your own articles (.txt, .md, .html, .docx, .pdf, .srt, .vtt); the samples when none is given.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var approve = Options.Flag(
            "--approve",
            "Decide every task as demo reviewers, publish as a demo editor, print where the results are, and stop."
        );
        return new Verb(
            "demo",
            "Start the desk on sample articles, show what it finds, and serve the review page until Ctrl-C.",
            "factcheck demo",
            "factcheck demo my-article.txt --verbose   # everything that is found, and why",
            "factcheck demo --approve --data /tmp/demo  # the whole road at once"
        )
            .With(files, approve, DataFolder.Data, PlaceOptions.Urls, PlaceOptions.Storage, PlaceOptions.Verbose)
            .RunsUntilStopped()
            .Does(
                (parse, output, cancellation) =>
                    RunAsync(
                        PlaceOptions.Of(parse),
                        parse.GetValue(files) ?? [],
                        parse.GetValue(approve),
                        parse.GetValue(PlaceOptions.Verbose),
                        output,
                        cancellation
                    )
            );
    }

    private static async Task<int> RunAsync(
        Place place,
        FileInfo[] files,
        bool approve,
        bool verbose,
        Output output,
        CancellationToken cancellation
    )
    {
        MustBeThere(files);
        var log = new HostLog(output, LogLevel.Warning, verbose);
        var (reports, address) = ("", "");
        var done = await DeskHost.RunAsync(
            place,
            output,
            log,
            async desk =>
            {
                (reports, address) = (desk.Storage.PlaceOf("reports"), desk.Address.GetLeftPart(UriPartial.Authority));
                using var demo = new Demo(desk, output, verbose);
                return await demo.RunAsync(files.Length > 0 ? files : Samples(), approve, cancellation);
            },
            cancellation
        );
        if (approve && !output.IsJson)
        {
            output.Line();
            output.Line(
                "The host has stopped: these addresses answer again once it is started, by the same command "
                    + $"with 'serve' in place of 'demo' and what follows it, and with --data {place.Data} --urls "
                    + $"{address}."
            );
            output.Line(
                "Each report can be read without it too: report.html, in the folder under its address, below "
                    + $"{reports}."
            );
        }

        return done;
    }

    private static FileInfo[] Samples() =>
        [
            .. new DirectoryInfo(Path.Combine(AppContext.BaseDirectory, "seeds", "articles"))
                .GetFiles()
                .OrderBy(f => f.Name, StringComparer.Ordinal),
        ];

    private static void MustBeThere(FileInfo[] files)
    {
        foreach (var file in files)
        {
            if (Directory.Exists(file.FullName))
                throw new CommandException(ExitCode.Usage, $"'{file}' is a folder; name files.");
            if (!file.Exists)
                throw new CommandException(ExitCode.NotFound, $"There is no file '{file}'.");
        }
    }
}
