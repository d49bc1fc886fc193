using System.Text.Json;
using FactCheck.Cli.Client;

namespace FactCheck.Cli.Desk;

/// <summary><c>review decide</c>: answers a task.</summary>
internal static class DecideCommand
{
    private static readonly Option<string?> ETag = Options.Text(
        "--etag",
        "ETAG",
        "The ETag that 'review show' printed: decide only if nothing changed since. Without it, the task "
            + "as it is now is decided."
    );

    private static readonly Option<string?> Key = Options.Text(
        "--key",
        "KEY",
        "Idempotency key: the same decision under the same key counts once. One of its own, when none is given."
    );

    public static Verb Create()
    {
        var task = new Argument<string>("TASK") { Description = "Its id, as 'review list' prints it." };
        var action = ActionArgument();
        var given = new Given();
        var verb = new Verb(
            "decide",
            "Decide a task. Takes it for that moment, so that nobody else works on it; says what is missing "
                + "(2), who has it (5) or that it changed meanwhile (5).",
            "factcheck review decide TASK approve --rating MostlyTrue --explanation \"The budget as adopted "
                + "says so.\" --evidence https://example.com/budget.pdf",
            "factcheck review decide TASK amend --speaker \"Adaeze Lindqvist\" --rating Unproven "
                + "--explanation \"No budget of that year is public yet.\"",
            "factcheck review decide TASK reject --reason NotAClaim --note \"A prediction.\"",
            "factcheck review decide TASK reject --reason AlreadyChecked --already-checked-at "
                + "https://example.com/checked-before",
            "factcheck review decide TASK return --note \"The evidence is of another year.\""
        ).With(task, action, ETag, Key);
        foreach (var option in given.All)
            verb.Options.Add(option);
        return verb.WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    var decision = given.Read(parse, parse.GetValue(action));
                    using var desk = HostOptions.Connect(parse);
                    var id = Uri.EscapeDataString(parse.GetRequiredValue(task));
                    var idempotency = parse.GetValue(Key) ?? Guid.NewGuid().ToString();
                    var answer = parse.GetValue(ETag) is { } seen
                        ? await SendAsync(desk, id, decision, Quoted(seen), idempotency, cancellation)
                        : await DecideAsync(desk, id, decision, idempotency, cancellation);
                    if (output.IsJson)
                        output.Document(answer.Json);
                    else
                        Tell(output, answer.As<DecisionTaken>());
                    return ExitCode.Done;
                }
            );
    }

    private static Argument<DecisionAction> ActionArgument()
    {
        var action = new Argument<DecisionAction>("ACTION")
        {
            Description =
                "approve: it stands as extracted. amend: wording or speaker change. reject: not to be "
                + "checked. confirm, return: what a colleague proposed.",
        };
        action.HelpName = "approve|amend|reject|confirm|return";
        action.CompletionSources.Clear();
        action.CompletionSources.Add("approve", "amend", "reject", "confirm", "return");
        return action;
    }

    private static Task<HostAnswer> SendAsync(
        DeskClient desk,
        string id,
        NewDecision decision,
        string etag,
        string key,
        CancellationToken cancellation
    ) => desk.DecideAsync($"api/tasks/{id}/decisions", decision, etag, key, cancellation);

    // With the lease in hand nobody else changes the task. One that this person has elsewhere, as in the page, stays.
    private static async Task<HostAnswer> DecideAsync(
        DeskClient desk,
        string id,
        NewDecision decision,
        string key,
        CancellationToken cancellation
    )
    {
        var before = (await desk.GetAsync($"api/tasks/{id}", cancellation)).As<TaskDetail>().Task;
        HostAnswer leased;
        try
        {
            leased = await desk.PutAsync($"api/tasks/{id}/lease", null, cancellation);
        }
        catch (HostException refused) when (refused.Status == 409)
        {
            // It may be closed by this decision, sent before: under its key the host answers again, else refuses.
            return await SendAsync(desk, id, decision, before.ETag, key, cancellation);
        }

        try
        {
            return await SendAsync(desk, id, decision, leased.ETag ?? before.ETag, key, cancellation);
        }
        catch (HostException) when (before.Lease is null)
        {
            await ReleaseAsync(desk, id, cancellation);
            throw;
        }
    }

    private static async Task ReleaseAsync(DeskClient desk, string id, CancellationToken cancellation)
    {
        try
        {
            await desk.DeleteAsync($"api/tasks/{id}/lease", cancellation);
        }
        catch (HostException)
        {
            // It ends by itself in minutes; what is to be told is why the decision was not taken.
        }
    }

    private static void Tell(Output output, DecisionTaken taken)
    {
        output.Line(
            taken.Task.State == TaskState.InReview
                ? "proposed: a second person confirms or returns it"
                : $"{taken.Task.State.ToString().ToLowerInvariant()}: {TextTable.Shorten(taken.Task.Text, 100)}"
        );
        output.Line(
            taken.Article.OpenTasks > 0
                ? $"{taken.Article.Name} has {taken.Article.OpenTasks} open tasks left."
                : $"{taken.Article.Name} is {taken.Article.Stage}: factcheck publish {taken.Article.Name}"
        );
    }

    // A shell takes the quotes off.
    private static string Quoted(string etag) => etag.StartsWith('"') ? etag : $"\"{etag}\"";

    private sealed class Given
    {
        private readonly Option<string?> _rating = Options.Text(
            "--rating",
            "RATING",
            "A rating that 'review show' lists."
        );
        private readonly Option<string?> _explanation = Options.Text(
            "--explanation",
            "TEXT",
            "Why the evidence leads to the rating; published."
        );
        private readonly Option<Uri[]> _evidence = new("--evidence")
        {
            Description = "An address that the verdict rests on; may be given several times.",
            HelpName = "URL",
            AllowMultipleArgumentsPerToken = false,
            CustomParser = Addresses,
        };
        private readonly Option<Stance> _stance = new("--stance")
        {
            Description = "What that evidence does to the statement.",
            DefaultValueFactory = _ => Stance.Context,
        };
        private readonly Option<FileInfo?> _evidenceFile = new("--evidence-file")
        {
            Description =
                "A JSON file with a list of evidence as the API takes it: url, title, publisher, published, "
                + "accessed, excerpt, kind, visibility, stance.",
            HelpName = "FILE",
        };
        private readonly Option<RejectReason?> _reason = new("--reason") { Description = "Of a reject." };
        private readonly Option<Uri?> _checkedAt = new("--already-checked-at")
        {
            Description = "Of a reject: where it was checked before.",
            HelpName = "URL",
            CustomParser = result => Addresses(result) is [var url] ? url : null,
        };
        private readonly Option<string?> _note = Options.Text("--note", "TEXT", "For the colleagues; never published.");
        private readonly Option<string?> _text = Options.Text("--text", "TEXT", "Of an amend: the wording.");
        private readonly Option<string?> _speaker = Options.Text(
            "--speaker",
            "NAME",
            "Of an amend: who said it; empty for nobody."
        );

        public IReadOnlyList<Option> All =>
            [_rating, _explanation, _evidence, _stance, _evidenceFile, _reason, _checkedAt, _note, _text, _speaker];

        public NewDecision Read(ParseResult parse, DecisionAction action)
        {
            var (text, speaker) = (parse.GetValue(_text), parse.GetValue(_speaker));
            List<Evidence> evidence =
            [
                .. (parse.GetValue(_evidence) ?? []).Select(url => new Evidence
                {
                    Url = url,
                    Stance = parse.GetValue(_stance),
                }),
            ];
            if (parse.GetValue(_evidenceFile) is { } file)
                evidence.AddRange(ReadEvidence(file));
            return new(
                action,
                parse.GetValue(_rating),
                parse.GetValue(_explanation),
                evidence.Count > 0 ? evidence : null,
                parse.GetValue(_reason),
                parse.GetValue(_checkedAt),
                parse.GetValue(_note),
                text is null && speaker is null ? null : new(text, null, speaker)
            );
        }

        private static IReadOnlyList<Evidence> ReadEvidence(FileInfo file)
        {
            try
            {
                return JsonSerializer.Deserialize(
                        File.ReadAllText(file.FullName),
                        HttpJson.Default.IReadOnlyListEvidence
                    ) ?? [];
            }
            catch (JsonException odd)
            {
                throw new CommandException(
                    ExitCode.Usage,
                    $"{file.Name} is no JSON list of evidence: {odd.Message}",
                    odd
                );
            }
        }

        private static Uri[] Addresses(System.CommandLine.Parsing.ArgumentResult result)
        {
            foreach (var token in result.Tokens)
                if (!IsAddress(token.Value))
                    result.AddError($"'{token.Value}' is no http or https address.");
            return [.. result.Tokens.Where(t => IsAddress(t.Value)).Select(t => new Uri(t.Value))];
        }

        private static bool IsAddress(string value) =>
            Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
    }
}
