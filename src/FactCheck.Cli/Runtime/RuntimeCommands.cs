using FactCheck.Cli.Client;

namespace FactCheck.Cli.Runtime;

/// <summary><c>runtime list</c>, <c>show</c>, <c>history</c> and <c>poison</c>: what waits on whom.</summary>
internal static class RuntimeCommands
{
    private static readonly InstanceState[] NotWell =
    [
        InstanceState.Pending,
        InstanceState.Running,
        InstanceState.Suspended,
        InstanceState.Failed,
    ];

    public static Command Create() =>
        new(
            "runtime",
            "See and steer the host's orchestrations: on a running host with an operator's token, or "
                + "read-only in a stopped host's data folder."
        )
        {
            List(),
            Show(),
            History(),
            Poison(),
            ExportCommand.Create(),
            SteerCommands.Raise(),
            SteerCommands.Terminate(),
            SteerCommands.Suspend(),
            SteerCommands.Resume(),
            SteerCommands.Rewind(),
            SteerCommands.RetryBlob(),
            PurgeCommand.Create(),
        };

    /// <summary>Which instances, for <c>list</c> and <c>export</c>.</summary>
    internal sealed class Filter
    {
        private readonly Option<string?> _prefix = Options.Text(
            "--prefix",
            "TEXT",
            "Only ids that begin so: check-, review-, publish-."
        );
        private readonly Option<InstanceState[]> _states = new("--state")
        {
            Description = "Only these states.",
            AllowMultipleArgumentsPerToken = true,
        };
        private readonly Option<TimeSpan?> _since = Age.Option(
            "--since",
            "Only what was scheduled within this time, such as 2h or 30d."
        );

        public void AddTo(Verb verb)
        {
            foreach (var option in (Option[])[_prefix, _states, _since, Instances.Data])
                verb.Options.Add(option);
        }

        public InstanceQuery Of(ParseResult parse, IReadOnlyList<InstanceState>? otherwise) =>
            new(
                parse.GetValue(_prefix),
                parse.GetValue(_states) is { Length: > 0 } states ? states : otherwise,
                parse.GetValue(_since) is { } since ? DateTimeOffset.UtcNow - since : null
            );
    }

    private static Verb List()
    {
        var filter = new Filter();
        var all = Options.Flag("--all", "Also those that have completed or were terminated.");
        var most = Options.Number("--most", "At most so many.", 50);
        var cursor = Options.Text("--cursor", "CURSOR", "Go on after an earlier list: what that said at its end.");
        var verb = new Verb(
            "list",
            "List instances that have not ended, or failed, by id: for how long they are there, for how long "
                + "nothing has happened, and what they wait for.",
            "factcheck runtime list",
            "factcheck runtime list --state Failed Suspended      # what wants a person",
            "factcheck runtime list --prefix review- --most 200",
            "factcheck runtime list --all --data /srv/factcheck   # after the host has stopped"
        ).With(all, most, cursor);
        filter.AddTo(verb);
        return verb.WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    using var instances = Instances.Open(parse, output);
                    var (items, next) = await instances.ListAsync(
                        filter.Of(parse, parse.GetValue(all) ? null : NotWell),
                        parse.GetValue(cursor),
                        parse.GetValue(most),
                        cancellation
                    );
                    Tell(output, items, next, parse.GetValue(all));
                    if (!output.IsJson && await instances.PoisonAsync(cancellation) is { Count: > 0 } poison)
                        output.Note($"Blobs that were given up: {poison.Count}. To see them: factcheck runtime poison");
                    return ExitCode.Done;
                }
            );
    }

    private static void Tell(Output output, IReadOnlyList<JsonNode> items, string? next, bool all)
    {
        if (output.IsJson)
        {
            output.Document(
                new JsonObject
                {
                    ["items"] = new JsonArray([.. items.Select(item => item.DeepClone())]),
                    ["cursor"] = next,
                }
            );
            return;
        }

        var now = DateTimeOffset.UtcNow;
        if (items.Count == 0)
            output.Line(
                all
                    ? "No instance."
                    : "No instance that has not ended, or failed; --all shows those that have ended too."
            );
        else
            output.Table(InstanceText.Heads, [.. items.Select(item => InstanceText.Row(InstanceStatus.Of(item), now))]);
        if (next is not null)
            output.Note($"There may be more: --cursor '{next}'");
    }

    private static Verb Show()
    {
        var id = Id();
        return new Verb(
            "show",
            "Show one instance: its state, and what it waits for.",
            "factcheck runtime show review-rp3tapq4bf6pcdmmx7h5fu6rjb.q2xl6mwkqmgdtcvh-1.1",
            "factcheck runtime show check-rp3tapq4bf6pcdmmx7h5fu6rjb-1 --data /srv/factcheck --json"
        )
            .With(id, Instances.Data)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    using var instances = Instances.Open(parse, output);
                    var found = await instances.GetAsync(parse.GetRequiredValue(id), history: false, cancellation);
                    if (output.IsJson)
                        output.Document(found);
                    else
                        InstanceText.Write(output, InstanceStatus.Of(found), DateTimeOffset.UtcNow);
                    return ExitCode.Done;
                }
            );
    }

    private static Verb History()
    {
        var id = Id();
        return new Verb(
            "history",
            "Show what happened to one instance, event by event, since it last began anew. With --json also "
                + "inputs and results.",
            "factcheck runtime history check-rp3tapq4bf6pcdmmx7h5fu6rjb-1"
        )
            .With(id, Instances.Data)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    using var instances = Instances.Open(parse, output);
                    var events = (await instances.GetAsync(parse.GetRequiredValue(id), history: true, cancellation))[
                        "historyEvents"
                    ]!.AsArray();
                    if (output.IsJson)
                        output.Document(events);
                    else if (events.Count == 0)
                        output.Line("Nothing has happened yet.");
                    else
                        output.Table(
                            ["TIME (UTC)", "EVENT", "WHAT"],
                            [.. events.Select(happened => InstanceText.EventRow(happened!))]
                        );
                    return ExitCode.Done;
                }
            );
    }

    private static Verb Poison() =>
        new Verb(
            "poison",
            "List blobs that were given up: a function failed for each as often as host.json's "
                + "poisonBlobThreshold says. A new version of a blob is tried by itself; 'runtime retry' lets the "
                + "same one be tried again.",
            "factcheck runtime poison",
            "factcheck runtime poison --data /srv/factcheck --json"
        )
            .With(Instances.Data)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    using var instances = Instances.Open(parse, output);
                    var blobs = await instances.PoisonAsync(cancellation);
                    if (output.IsJson)
                        output.Document(new JsonArray([.. blobs.Select(blob => blob.DeepClone())]));
                    else if (blobs.Count == 0)
                        output.Line("No blob was given up.");
                    else
                        output.Table(
                            ["GIVEN UP (UTC)", "FUNCTION", "BLOB", "WHY"],
                            [
                                .. blobs
                                    .Select(PoisonStatus.Of)
                                    .Select(blob =>
                                        (string[])
                                            [
                                                TextTable.Time(blob.At),
                                                blob.FunctionId,
                                                $"{blob.ContainerName}/{blob.BlobName}",
                                                blob.Reason,
                                            ]
                                    ),
                            ]
                        );
                    return ExitCode.Done;
                }
            );

    internal static Argument<string> Id() =>
        new("ID") { Description = "The instance's id, as 'runtime list' prints it." };
}
