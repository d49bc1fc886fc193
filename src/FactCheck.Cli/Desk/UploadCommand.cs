using FactCheck.Cli.Client;
using FactCheck.Extraction.Text;
using Spectre.Console;

namespace FactCheck.Cli.Desk;

/// <summary><c>upload</c>: hands articles in, and waits for their checks where that is asked.</summary>
internal static class UploadCommand
{
    // The host stores one after the other; more at once only keeps it from waiting for the network.
    private const int AtOnce = 4;
    private const int MostNamed = 5;

    private const string Description =
        "Hand in articles. A file NAME.meta.json beside NAME says more of it, as the options do. What "
        + "the host holds already is not sent again, unless its check failed or it was rejected: to go on "
        + "after an interruption, repeat the command.";

    public static Verb Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description =
                "Files, folders (with all below them but links and what is hidden) and patterns such as "
                + "'news/**/*.md'.",
            Arity = ArgumentArity.OneOrMore,
        };
        var prefix = Options.Text("--name-prefix", "TEXT", "Put before each article's name, such as drafts/.");
        var wait = Options.Flag(
            "--wait",
            "Wait until each check is through; exit code 6 when one ends as Rejected or Failed."
        );
        var metadata = Metadata();
        var verb = new Verb(
            "upload",
            Description,
            "factcheck upload city-budget.md --wait",
            "factcheck upload articles/ --name-prefix 2025/  # every article below a folder",
            "factcheck upload 'archive/**/*.html' --outlet \"Orsel Valley Post\"",
            "factcheck upload draft.md --purpose OwnCopy     # the newsroom's own text: never public",
            "factcheck upload articles/ --wait --json        # a JSON line a file"
        ).With(paths, prefix, wait);
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
                    NotePassedOver(output, UploadFiles.PassedOver(parse.GetRequiredValue(paths)));
                    return exitCode;
                }
            );
    }

    private static void NotePassedOver(Output output, IReadOnlyList<string> files)
    {
        if (files.Count == 0)
            return;
        var named = string.Join(", ", files.Take(MostNamed)) + (files.Count > MostNamed ? ", …" : "");
        output.Note($"passed over: {files.Count} files of kinds that are not read: {named}");
    }

    private static async Task<int> RunAsync(
        Uploader uploader,
        IReadOnlyList<UploadFile> files,
        bool wait,
        Output output,
        CancellationToken cancellation
    )
    {
        var uploads = output.IsTerminal
            ? await RunLiveAsync(uploader, files, wait, output, cancellation)
            : await RunQuietlyAsync(uploader, files, wait, output, cancellation);
        output.Note(
            $"{Count(UploadOutcome.Sent)} sent, {Count(UploadOutcome.Held)} held already, "
                + $"{Count(UploadOutcome.Refused)} refused."
        );
        return uploads.Max(u => u.ExitCode);

        int Count(UploadOutcome outcome) => uploads.Count(u => u.Outcome == outcome);
    }

    private static async Task<IReadOnlyList<Upload>> RunQuietlyAsync(
        Uploader uploader,
        IReadOnlyList<UploadFile> files,
        bool wait,
        Output output,
        CancellationToken cancellation
    )
    {
        var uploads = await SendAsync(
            uploader,
            files,
            upload => TellUnless(wait && !upload.IsThrough && output.IsJson, output, upload),
            cancellation
        );
        return wait ? await uploader.UntilThroughAsync(uploads, upload => Tell(output, upload), cancellation) : uploads;
    }

    // Bars that grow, and at the end what became of each.
    private static async Task<IReadOnlyList<Upload>> RunLiveAsync(
        Uploader uploader,
        IReadOnlyList<UploadFile> files,
        bool wait,
        Output output,
        CancellationToken cancellation
    )
    {
        IReadOnlyList<Upload> uploads = [];
        ProgressColumn[] columns =
        [
            new TaskDescriptionColumn(),
            new ProgressBarColumn(),
            new PercentageColumn(),
            new RemainingTimeColumn(),
        ];
        await output
            .Live()
            .Progress()
            .Columns(columns)
            .StartAsync(async progress =>
            {
                var sending = progress.AddTask("handing in", maxValue: files.Count);
                var checking = wait ? progress.AddTask("checking", maxValue: files.Count) : null;
                uploads = await SendAsync(uploader, files, upload => Count(sending, checking, upload), cancellation);
                if (wait)
                    uploads = await uploader.UntilThroughAsync(uploads, _ => checking!.Increment(1), cancellation);
            });
        foreach (var upload in uploads)
            Tell(output, upload);
        return uploads;

        static void Count(ProgressTask sending, ProgressTask? checking, Upload upload)
        {
            sending.Increment(1);
            if (upload.IsThrough)
                checking?.Increment(1);
        }
    }

    // Answers in the order of the files.
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
        {
            var state =
                upload.Stage is { } stage && upload.Outcome != UploadOutcome.Held
                    ? stage.ToString()
                    : upload.Outcome.ToString();
            var why = upload.Message is { } message ? $": {message}" : "";
            output.Line($"{state.ToLowerInvariant(), -10} {upload.File.Name}{why}");
        }
    }

    private static IReadOnlyList<(string Name, Option<string?> Option)> Metadata()
    {
        var published = Options
            .Text("--published", "DATE", "Date of publication, such as 2025-11-19.")
            .Refusing(given =>
                // Which of two days it is, the desk's setting says, or the desk.
                given is null
                || Dates.Parse(given, DateOrder.DayMonth) is not null
                    ? null
                    : $"--published takes a date such as 2025-11-19, not '{given}'."
            );
        var source = Options
            .Text("--source-url", "URL", "Where the article stands in public.")
            .Refusing(given =>
                given is null || (Uri.TryCreate(given, UriKind.Absolute, out var url) && WebAddress.Is(url))
                    ? null
                    : $"--source-url takes an http or https address without a user name, not '{given}'."
            );
        var purpose = new Option<string?>("--purpose")
        {
            Description = "ThirdParty (may be published) or OwnCopy (the newsroom's own text: never public).",
        };
        purpose.AcceptOnlyFromAmong(Enum.GetNames<Purpose>());
        return
        [
            ("title", Options.Text("--title", "TEXT", "Headline, where the file has none.")),
            ("byline", Options.Text("--byline", "TEXT", "Who wrote it.")),
            ("outlet", Options.Text("--outlet", "TEXT", "Who published it.")),
            ("published", published),
            ("sourceUrl", source),
            ("language", Options.Text("--language", "CODE", "Two-letter code such as en.")),
            ("purpose", purpose),
            ("desk", Options.Text("--desk", "DESK", "The desk that it is for, where the newsroom parts its desks.")),
        ];
    }
}
