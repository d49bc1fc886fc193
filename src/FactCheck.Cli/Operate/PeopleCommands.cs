using System.Text.Json;
using FactCheck.Cli.Client;

namespace FactCheck.Cli.Operate;

/// <summary><c>people invite|list|link|change|end|trail</c>: who is on the desk.</summary>
internal static class PeopleCommands
{
    private const string NothingToChange = "Say what changes: --name, --role, --desk, --no-desk or --readmit.";

    private static readonly Argument<string> Person = new("PERSON") { Description = "A name of the list, or an id." };

    public static Command Create() =>
        new(
            "people",
            "Who is on the desk: let somebody in, change, end. On the data folder, whether a host runs on it or not; or "
                + "through a host (--host, an operator's token)."
        )
        {
            Invite(),
            List(),
            Link(),
            Change(),
            End(),
            Trail(),
        };

    private static Verb Invite()
    {
        var name = TokenCommands.NameArgument("Who is let in; stands on every decision. No two look alike.");
        var role = TokenCommands.RoleArgument();
        var desks = Desks("A desk that they are on, where the newsroom parts its desks; several: --desk A --desk B.");
        return OnDesk(
            new Verb(
                "invite",
                "Let somebody in and print their sign-in link, once: nothing keeps it. A name that looks like another's is "
                    + "refused.",
                "factcheck people invite ana Reviewer",
                "factcheck people invite eva Reviewer --desk Sport",
                "factcheck people invite ben Editor --host https://factcheck.example.com"
            ).With(name, role, desks, PlaceOptions.Urls),
            async (parse, output, desk, cancellation) =>
                Tell(
                    output,
                    await desk.InviteAsync(
                        parse.GetRequiredValue(name),
                        parse.GetValue(role)!.Value,
                        parse.GetValue(desks) ?? [],
                        cancellation
                    )
                ),
            make: true
        );
    }

    private static Verb List()
    {
        var all = Options.Flag("--all", "Also those whose access was ended.");
        return OnDesk(
            new Verb(
                "list",
                "List people: role, since when, when they were last here, what they hold.",
                "factcheck people list"
            ).With(all),
            async (parse, output, desk, cancellation) =>
            {
                var people = (await desk.ListAsync(cancellation))
                    .Where(p => parse.GetValue(all) || p.EndedAt is null)
                    .OrderBy(p => p.Name, StringComparer.OrdinalIgnoreCase)
                    .ToList();
                if (output.IsJson)
                    output.Document(new JsonArray([.. people.Select(p => (JsonNode)Json(p))]));
                else if (people.Count == 0)
                    output.Line("Nobody.");
                else
                    output.Table(
                        ["ID", "ROLE", "SINCE", "LAST SEEN", "SESSIONS", "TOKENS", "KNOWN BY", "DESKS", "NAME"],
                        [.. people.Select(Row)]
                    );
            }
        );
    }

    private static Verb Link() =>
        OnPerson(
            new Verb(
                "link",
                "Print another sign-in link for somebody who is on the list.",
                "factcheck people link ana"
            ).With(PlaceOptions.Urls),
            async (_, output, desk, person, cancellation) => Tell(output, await desk.LinkAsync(person, cancellation))
        );

    private static Verb Change()
    {
        var name = Options.Text("--name", "NAME", "For show from now on.");
        var role = new Option<Role?>("--role")
        {
            Description = "Submitter, Reviewer, Editor or Operator.",
            HelpName = "ROLE",
            CustomParser = TokenCommands.RoleOf,
        };
        var readmit = Options.Flag("--readmit", "Let somebody in again whose access was ended.");
        var desks = Desks("A desk that they are on from now on, in place of all others; several: --desk A --desk B.");
        var none = Options.Flag("--no-desk", "Take them off every desk.");
        return OnPerson(
            new Verb(
                "change",
                "Give somebody another name for show, another role or other desks, or let them in again. What they did stays "
                    + "under the name of then, and is theirs as before.",
                "factcheck people change ana --role Editor",
                "factcheck people change ana --desk Sport --desk Culture",
                "factcheck people change ana --name \"Ana Marić\"",
                "factcheck people change ana-3kq7x2ab --readmit"
            ).With(name, role, readmit, desks, none),
            async (parse, output, desk, person, cancellation) =>
            {
                var change = new PersonChange(
                    parse.GetValue(name),
                    parse.GetValue(role),
                    parse.GetValue(readmit),
                    DesksOf(parse.GetValue(desks), parse.GetValue(none))
                );
                if (change == new PersonChange())
                    throw new CommandException(ExitCode.Usage, NothingToChange);
                var changed = await desk.ChangeAsync(person, change, cancellation);
                if (output.IsJson)
                    output.Document(Json(changed));
                else
                    output.Line($"{changed.Name} is {changed.Role}{OnDesks(changed.Desks)}.");
            }
        );
    }

    private static Verb End() =>
        OnPerson(
            new Verb(
                "end",
                "End somebody's access at once, also on a host that runs: every session, token and link of theirs.",
                "factcheck people end ana"
            ),
            async (_, output, desk, person, cancellation) =>
            {
                await desk.EndAsync(person, cancellation);
                if (output.IsJson)
                    output.Document(new JsonObject { ["id"] = person.Id, ["ended"] = true });
                else
                    output.Line($"The access of {person.Name} is ended.");
            }
        );

    private static Verb Trail()
    {
        var verb = new Verb(
            "trail",
            "What became of the list: who did what to whom, and when. Exit code 6 where the chain of entries does not hold, "
                + "or somebody on the list is other than it says.",
            "factcheck people trail"
        );
        return verb.With(DataFolder.Data)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    await using var desk = Open(parse, make: false);
                    var trail = await desk.TrailAsync(cancellation);
                    if (output.IsJson)
                        output.Document(JsonSerializer.SerializeToNode(trail, HttpJson.Default.AuditTrail)!);
                    else
                        foreach (var entry in trail.Entries)
                            output.Line(Line(entry));
                    if (!output.IsJson)
                        output.Line(trail.Problem is { } problem ? $"BROKEN: {problem}" : "intact");
                    return trail.Intact ? ExitCode.Done : ExitCode.EndedBadly;
                }
            );
    }

    private static string Line(AuditEntry entry) =>
        $"{TextTable.Time(entry.At)}  {entry.Who} {entry.What} {entry.Details.GetValueOrDefault("name")} "
        + $"({entry.Subject}, {entry.Details.GetValueOrDefault("role")}{Told(entry.Details.GetValueOrDefault("desks"))})";

    private static string Told(string? desks) => desks is null ? "" : $", desks {desks}";

    private static string OnDesks(IReadOnlyList<string> desks) =>
        desks.Count == 0 ? "" : $", on the desks {string.Join(", ", desks)}";

    // Null leaves them as they are.
    private static IReadOnlyList<string>? DesksOf(string[]? given, bool none) =>
        (given, none) switch
        {
            ({ Length: > 0 }, true) => throw new CommandException(ExitCode.Usage, "Either --desk or --no-desk."),
            (_, true) => [],
            ({ Length: > 0 }, _) => given,
            _ => null,
        };

    private static Option<string[]> Desks(string description) =>
        new("--desk") { Description = description, HelpName = "DESK" };

    private static Verb OnPerson(
        Verb verb,
        Func<ParseResult, Output, IPeopleDesk, PersonView, CancellationToken, Task> run
    ) =>
        OnDesk(
            verb.With(Person),
            async (parse, output, desk, cancellation) =>
            {
                var wanted = parse.GetRequiredValue(Person);
                var people = await desk.ListAsync(cancellation);
                var person =
                    people.FirstOrDefault(p => p.Id == wanted)
                    ?? people.FirstOrDefault(p => p.Name == wanted)
                    ?? throw new CommandException(
                        ExitCode.NotFound,
                        $"Nobody on the list is '{wanted}'. For those who are: factcheck people list --all"
                    );
                await run(parse, output, desk, person, cancellation);
            }
        );

    private static Verb OnDesk(
        Verb verb,
        Func<ParseResult, Output, IPeopleDesk, CancellationToken, Task> run,
        bool make = false
    ) =>
        verb.With(DataFolder.Data)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    await using var desk = Open(parse, make);
                    await run(parse, output, desk, cancellation);
                    return ExitCode.Done;
                }
            );

    private static IPeopleDesk Open(ParseResult parse, bool make)
    {
        if (parse.GetValue(DataFolder.Data) is null && HostOptions.Named(parse) is not null)
            return new PeopleOfHost(HostOptions.Connect(parse));
        var data = DataFolder.Of(parse);
        return new PeopleInFolder(data, HostAddress.Of(UrlsOf(parse), data).Address, make);
    }

    // Only verbs that print links take it.
    private static string? UrlsOf(ParseResult parse) =>
        parse.CommandResult.Command.Options.Contains(PlaceOptions.Urls) ? parse.GetValue(PlaceOptions.Urls) : null;

    private static void Tell(Output output, Invitation invitation)
    {
        var person = invitation.Person;
        if (output.IsJson)
        {
            var json = Json(person);
            json["link"] = invitation.Link;
            json["expiresAt"] = invitation.ExpiresAt;
            output.Document(json);
            return;
        }

        output.Line(invitation.Link);
        output.Note(
            $"For {person.Name} ({person.Role}), once, until {TextTable.Time(invitation.ExpiresAt)} UTC. To end their "
                + $"access: factcheck people end {person.Id}"
        );
    }

    private static string[] Row(PersonView person) =>
        [
            person.Id,
            person.Role.ToString(),
            TextTable.Time(person.Since),
            person.EndedAt is not null ? "ended"
            : person.LastSeenAt is { } seen ? TextTable.Time(seen)
            : "never",
            $"{person.Sessions}",
            $"{person.Tokens}",
            person.Issuer ?? "this desk",
            person.Desks.Count > 0 ? string.Join(", ", person.Desks) : "none",
            person.LikeName is { } like ? $"{person.Name} (not {like})" : person.Name,
        ];

    private static JsonObject Json(PersonView person) =>
        (JsonObject)JsonSerializer.SerializeToNode(person, HttpJson.Default.PersonView)!;
}
