using System.CommandLine;
using System.Globalization;
using FactCheck.Cli.Client;
using FactCheck.Cli.Terminal;
using FactCheck.Domain;
using Spectre.Console;

namespace FactCheck.Cli.Desk;

/// <summary><c>upload</c>: hands articles in, and waits for their checks where that is asked.</summary>
internal static class UploadCommand
{
    // The host stores one after the other; more at once only keeps it from waiting for the network.
    private const int AtOnce = 4;
    private const int MostNamed = 5;

    public static Verb Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description =
                "Files, folders (with all below them but links and what is hidden) and patterns such as 'news/**/*.md'.",
            Arity = ArgumentArity.OneOrMore,
        };
        var prefix = new Option<string?>("--name-prefix")
        {
            Description = "Put before each article's name, such as drafts/.",
            HelpName = "TEXT",
        };
        var wait = new Option<bool>("--wait")
        {
            Description = "Wait until each check is through; exit code 6 when one ends as Rejected or Failed.",
        };
        var metadata = Metadata();
        var verb = new Verb(
            "upload",
            "Hand in articles. A file NAME.meta.json beside NAME says more of it, as the options do. What the host holds already is not sent again, unless its check failed or it was rejected: to go on after an interruption, repeat the command.",
            "factcheck upload city-budget.md --wait",
            "factcheck upload articles/ --name-prefix 2025/  # every article below a folder",
            "factcheck upload 'archive/**/*.html' --outlet \"Orsel Valley Post\"",
            "factcheck upload draft.md --purpose OwnCopy     # the newsroom's own text: never public",
            "factcheck upload articles/ --wait --json        # a JSON line a file"
        )
        {
            paths,
            prefix,
            wait,
        };
        foreach (var (_, option) in metadata)
            verb.Options.Add(option);
        return verb.WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    var files = UploadFiles.Expand(parse.GetRequiredValue(paths), parse.GetValue(prefix));
                    var given = metadata
                        .Where(m => !string.IsNullOrWhiteSpace(parse.GetValue(m.Option)))
                        .ToDictionary(m => m.Name, m => parse.GetValue(m.Option)!, StringComparer.Ordinal);
                    using var desk = HostOptions.Connect(parse);
                    var exitCode = await RunAsync(new(desk, given), files, parse.GetValue(wait), output, cancellation);
                    if (UploadFiles.PassedOver(parse.GetRequiredValue(paths)) is { Count: > 0 } others)
                        output.Note(
                            $"passed over: {others.Count} files of kinds that are not read: {string.Join(", ", others.Take(MostNamed))}{(others.Count > MostNamed ? ", …" : "")}"
                        );
                    return exitCode;
                }
            );
    }

    private static async Task<int> RunAsync(
        Uploader uploader,
        IReadOnlyList<UploadFile> files,
        bool wait,
        Output output,
        CancellationToken cancellation
    )
    {
        IReadOnlyList<Upload> uploads = [];
        if (output.IsTerminal)
        {
            await output
                .Live()
                .Progress()
                .Columns(
                    new TaskDescriptionColumn(),
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new RemainingTimeColumn()
                )
                .StartAsync(async progress =>
                {
                    var sending = progress.AddTask("handing in", maxValue: files.Count);
                    var checking = wait ? progress.AddTask("checking", maxValue: files.Count) : null;
                    uploads = await SendAsync(
                        uploader,
                        files,
                        upload => Count(sending, checking, upload),
                        cancellation
                    );
                    if (wait)
                        uploads = await uploader.UntilThroughAsync(uploads, _ => checking!.Increment(1), cancellation);
                });
            foreach (var upload in uploads)
                Tell(output, upload);
        }
        else
        {
            uploads = await SendAsync(
                uploader,
                files,
                upload => TellUnless(wait && !upload.IsThrough && output.IsJson, output, upload),
                cancellation
            );
            if (wait)
                uploads = await uploader.UntilThroughAsync(uploads, upload => Tell(output, upload), cancellation);
        }

        output.Note(
            $"{uploads.Count(u => u.Outcome == UploadOutcome.Sent)} sent, {uploads.Count(u => u.Outcome == UploadOutcome.Held)} held already, {uploads.Count(u => u.Outcome == UploadOutcome.Refused)} refused."
        );
        return uploads.Max(u => u.ExitCode);

        static void Count(ProgressTask sending, ProgressTask? checking, Upload upload)
        {
            sending.Increment(1);
            if (upload.IsThrough)
                checking?.Increment(1);
        }
    }

    // Tells of each as it comes; answers in the order of the files.
    private static async Task<IReadOnlyList<Upload>> SendAsync(
        Uploader uploader,
        IReadOnlyList<UploadFile> files,
        Action<Upload> tell,
        CancellationToken cancellation
    )
    {
        var uploads = new Upload[files.Count];
        // The first alone: whether anybody answers and lets this person in is told once, not four times.
        uploads[0] = await uploader.SendAsync(files[0], cancellation);
        tell(uploads[0]);
        await Parallel.ForAsync(
            1,
            files.Count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (i, stop) =>
            {
                uploads[i] = await uploader.SendAsync(files[i], stop);
                tell(uploads[i]);
            }
        );
        return uploads;
    }

    // With --json each file has one line: the one that says how it ended.
    private static void TellUnless(bool later, Output output, Upload upload)
    {
        if (!later)
            Tell(output, upload);
    }

    private static void Tell(Output output, Upload upload)
    {
        if (output.IsJson)
            output.JsonLine(upload.Json);
        else
            output.Line(
                $"{(upload.Stage is { } stage && upload.Outcome != UploadOutcome.Held ? stage.ToString() : upload.Outcome.ToString()).ToLowerInvariant(), -10} {upload.File.Name}{(upload.Message is { } why ? $": {why}" : "")}"
            );
    }

    private static IReadOnlyList<(string Name, Option<string?> Option)> Metadata()
    {
        var published = new Option<string?>("--published")
        {
            Description = "Date of publication, such as 2025-11-19.",
            HelpName = "DATE",
        };
        published.Validators.Add(result =>
        {
            if (
                result.GetValueOrDefault<string?>() is { } date
                && !DateOnly.TryParse(date, CultureInfo.InvariantCulture, out _)
            )
                result.AddError($"--published takes a date such as 2025-11-19, not '{date}'.");
        });
        var source = new Option<string?>("--source-url")
        {
            Description = "Where the article stands in public.",
            HelpName = "URL",
        };
        source.Validators.Add(result =>
        {
            if (
                result.GetValueOrDefault<string?>() is { } url
                && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            )
                result.AddError($"--source-url takes an http or https address, not '{url}'.");
        });
        var purpose = new Option<string?>("--purpose")
        {
            Description = "ThirdParty (may be published) or OwnCopy (the newsroom's own text: never public).",
        };
        purpose.AcceptOnlyFromAmong(Enum.GetNames<Purpose>());
        return
        [
            ("title", new("--title") { Description = "Headline, where the file has none.", HelpName = "TEXT" }),
            ("byline", new("--byline") { Description = "Who wrote it.", HelpName = "TEXT" }),
            ("outlet", new("--outlet") { Description = "Who published it.", HelpName = "TEXT" }),
            ("published", published),
            ("sourceUrl", source),
            ("language", new("--language") { Description = "Two-letter code such as en.", HelpName = "CODE" }),
            ("purpose", purpose),
        ];
    }
}
