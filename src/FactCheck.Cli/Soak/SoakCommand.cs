using FactCheck.Storage.Local;

namespace FactCheck.Cli.Soak;

/// <summary><c>soak</c>: whether the desk loses anything while it works for hours and dies again and again.</summary>
internal static class SoakCommand
{
    private const double MostMinutes = 7 * 24 * 60;

    private const string Description =
        "Run a desk of its own under load, kill its worker and its host at random moments, and check "
        + "that nothing was lost. "
        + "Articles arrive over HTTP and in the folder, people take tasks, decide and publish; every "
        + "minute says what was counted. "
        + "At the end all comes to rest: each article that was acknowledged must be there once, each "
        + "task decided once, each version published once, "
        + "every audit chain whole, no instance stuck and nothing left to do in runtime.db. Exit code "
        + "6 says that it is not so; each fault is a sentence.";

    public static Verb Create()
    {
        var data = new Option<DirectoryInfo>("--data")
        {
            Description = "A folder for this run alone: it is made, or must be empty. It is kept.",
            HelpName = "FOLDER",
            Required = true,
        }.Refusing(WhyNot);
        var minutes = Within("--minutes", "How long people work and processes are killed.", 60, "N", 0.05, MostMinutes);
        var every = Within("--kill-every", "Seconds from one kill to the next, on average.", 10, "SECONDS", 0.2, 3600);
        var seed = new Option<int>("--seed")
        {
            Description = "Of what is chosen at random: texts, decisions, moments and victims.",
            DefaultValueFactory = _ => 1,
            HelpName = "N",
        };
        return new Verb(
            "soak",
            Description,
            "factcheck soak --data /tmp/soak",
            "factcheck soak --data /tmp/soak --minutes 5 --kill-every 2 --seed 7"
        )
            .With(data, minutes, every, seed)
            .RunsUntilStopped()
            .Does(
                (parse, output, cancellation) =>
                    new SoakRun(
                        parse.GetRequiredValue(data).FullName,
                        TimeSpan.FromMinutes(parse.GetValue(minutes)),
                        TimeSpan.FromSeconds(parse.GetValue(every)),
                        parse.GetValue(seed),
                        output
                    ).RunAsync(cancellation)
            );
    }

    private static string? WhyNot(DirectoryInfo? data) =>
        File.Exists(data?.FullName) ? $"--data names a folder; '{data.FullName}' is a file."
        : data is { Exists: true } && data.EnumerateFileSystemInfos().Any()
            ? $"'{data.FullName}' is not empty; a soak works and kills on a folder of its own."
        : null;

    private static Option<double> Within(
        string name,
        string description,
        double otherwise,
        string value,
        double least,
        double most
    ) =>
        new Option<double>(name)
        {
            Description = description,
            DefaultValueFactory = _ => otherwise,
            HelpName = value,
        }.Refusing(given => given >= least && given <= most ? null : $"{name} is {least} to {most}.");
}

internal sealed class SoakRun(string data, TimeSpan length, TimeSpan pause, int seed, Output output)
{
    private const int Desks = 3;
    private static readonly TimeSpan SignInPause = TimeSpan.FromMinutes(10);

    private readonly Ledger _ledger = new(problem => output.Fail(problem, ExitCode.EndedBadly));

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        LocalFiles.CreateFolder(data);
        await using var host = new SoakHost(data);
        await using var tables = new SqliteTables(Path.Combine(data, "desk.db"));
        using var people = new People(host, tables, _ledger);
        host.Start();
        await Waiting.ForAsync(host.UntilReadyAsync(cancellation), output, "Starting the desk…");
        foreach (var post in Enum.GetValues<Post>())
            await people.SignInAsync(post, cancellation);
        var figures = new SoakFigures(host, new Killer(host, new Random(seed), pause), _ledger);
        if (!output.IsJson)
            output.Line(
                $"A desk of its own serves {host.Address} from {data}; everything is killed about every "
                    + $"{pause.TotalSeconds:0.#} s, for {length.TotalMinutes:0.##} minutes. Seed {seed}."
            );

        try
        {
            await RunAsync(host, people, figures, cancellation);
        }
        finally
        {
            if (output.IsJson)
                output.JsonLine(figures.Summary(length, seed).Json); // as every minute's
            else
                figures.Summary(length, seed).Print(output);
        }

        var faults = _ledger.Problems.Count;
        var kills = figures.Killer.Workers + figures.Killer.Hosts + figures.Killer.Both;
        if (!output.IsJson)
            output.Line(
                faults == 0
                    ? $"Nothing is lost, and nothing happened twice, over {kills} kills."
                    : $"{faults} faults; standard error has them."
            );
        return faults == 0 ? ExitCode.Done : ExitCode.EndedBadly;
    }

    private async Task RunAsync(SoakHost host, People people, SoakFigures figures, CancellationToken cancellation)
    {
        await WorkAsync(people, figures, cancellation);
        var check = new SoakCheck(host, people, _ledger);
        await check.RestAsync(cancellation);
        await check.ArticlesAsync(cancellation);
        figures.Look();
        if (await host.StopAsync() is not 0 and var code)
            _ledger.Fault($"The host ended with code {code} when it was told to. Its log: {host.LogFile}");
        check.File();
    }

    // Who fails takes the others along: there is no use in waiting for a host that is no more.
    private async Task WorkAsync(People people, SoakFigures figures, CancellationToken cancellation)
    {
        using var timeIsOver = new CancellationTokenSource(length);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var articles = Path.Combine(data, "articles");
        var desks = Enumerable
            .Range(1, Desks)
            .Select(number => new SoakDesk(number, people, articles, _ledger, new Random(seed + number)));
        Task[] all =
        [
            figures.Killer.RunAsync(timeIsOver.Token, failed.Token),
            SignInAgainAsync(people, timeIsOver.Token, failed.Token),
            .. desks.Select(desk => desk.RunAsync(timeIsOver.Token, failed.Token)),
        ];
        var work = Task.WhenAll(all.Select(OrNobodyAsync));
        try
        {
            await figures.TellUntilAsync(work, output, failed.Token);
        }
        finally
        {
            if (!work.IsCompleted)
                await failed.CancelAsync();
            await work; // nobody works or kills on when this has ended
        }

        async Task OrNobodyAsync(Task one)
        {
            try
            {
                await one;
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }
    }

    private static async Task SignInAgainAsync(
        People people,
        CancellationToken timeIsOver,
        CancellationToken cancellation
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeIsOver, cancellation);
        for (var post = Post.Submitter; ; post = post == Post.Operator ? Post.Submitter : post + 1)
        {
            try
            {
                await Task.Delay(SignInPause, either.Token);
            }
            catch (OperationCanceledException) when (timeIsOver.IsCancellationRequested)
            {
                return;
            }

            await people.SignInAsync(post, cancellation);
        }
    }
}
