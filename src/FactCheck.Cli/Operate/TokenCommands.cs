using FactCheck.Cli.Client;
using FactCheck.Storage;

namespace FactCheck.Cli.Operate;

/// <summary><c>token create|list|revoke</c>: who may call the host, on the data folder itself. A running host takes
/// note at the next call.</summary>
internal static class TokenCommands
{
    private const int MostDays = 3650;

    public static Command Create() =>
        new(
            "token",
            "Let somebody in, see who is, and shut somebody out: on the data folder, whether a host runs on it or not."
        )
        {
            CreateOne(),
            List(),
            Revoke(),
        };

    public static Argument<string> NameArgument(string description)
    {
        var name = new Argument<string>("NAME") { Description = description };
        name.Validators.Add(result =>
        {
            if (!Person.IsName(result.GetValueOrDefault<string>()))
                result.AddError($"NAME has {Person.NameRule}.");
        });
        return name;
    }

    public static Argument<Role?> RoleArgument()
    {
        var role = new Argument<Role?>("ROLE")
        {
            Description = "Submitter, Reviewer, Editor or Operator.",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = RoleOf,
            HelpName = "ROLE",
        };
        role.CompletionSources.Clear();
        role.CompletionSources.Add("Submitter", "Reviewer", "Editor", "Operator");
        return role;
    }

    private static Verb CreateOne()
    {
        var name = NameArgument($"Who holds it; stands on every decision. {Person.NameRule}.");
        var role = RoleArgument();
        var days = Options.Number("--days", "How long it is good.", 30, MostDays);
        return new Verb(
            "create",
            "Make a token and print it, once: nothing keeps it. What else there is to say goes to standard error.",
            "factcheck token create ana Reviewer",
            "export FACTCHECK_TOKEN=$(factcheck token create cms Submitter --days 365 --data /srv/factcheck)"
        )
            .With(name, role, days, DataFolder.Data)
            .Does(
                (parse, output, cancellation) =>
                    IssueAsync(
                        output,
                        DataFolder.Of(parse),
                        parse.GetRequiredValue(name),
                        parse.GetValue(role)!.Value,
                        TimeSpan.FromDays(parse.GetValue(days)),
                        cancellation
                    )
            );
    }

    private static async Task<int> IssueAsync(
        Output output,
        string data,
        string name,
        Role role,
        TimeSpan length,
        CancellationToken cancellation
    )
    {
        var isNew = !File.Exists(Path.Combine(data, "desk.db"));
        await using var tables = DataFolder.Open(data, make: true);
        if (isNew)
            output.Note(
                $"{data} was no data folder until now: a host takes this token when it is started with --data {data}."
            );
        var tokens = DataFolder.TokensOf(tables, SigningKey.ReadOrMake(data));
        var admitted = await tokens.People.AdmitAsync(name, role, Who.CommandLine, cancellation);
        TellRole(output, admitted, role);
        var (token, record) = await tokens.IssueAsync(admitted.Member, role, length, cancellation);
        var json = Json(record);
        json["token"] = token;
        if (output.IsJson)
            output.Document(json);
        else
            output.Line(token);
        var until = TextTable.Time(record.ExpiresAt);
        output.Note(
            $"For {record.Name} ({record.Role}), until {until} UTC. To end it: factcheck token revoke {record.Id}"
        );
        return ExitCode.Done;
    }

    /// <summary>What became of a person's role, where a verb names one.</summary>
    public static void TellRole(Output output, RosterOutcome.Taken admitted, Role asked)
    {
        var (name, role) = (admitted.Member.Name, admitted.Member.Role);
        if (admitted is { Verb: not null, IsNew: false })
            output.Note($"{name} is {role} from now on.");
        else if (role != asked)
            output.Note($"{name} is {role}; this is for the role {asked} alone.");
    }

    private static Verb List()
    {
        var all = Options.Flag("--all", "Also those that are over or revoked.");
        return new Verb(
            "list",
            "List tokens and the page's sessions, without the tokens themselves.",
            "factcheck token list",
            "factcheck token list --all --json"
        )
            .With(all, DataFolder.Data)
            .Does(
                async (parse, output, cancellation) =>
                {
                    await using var tables = DataFolder.Open(DataFolder.Of(parse), make: false);
                    var now = TimeProvider.System.GetUtcNow();
                    var records = (await DataFolder.TokensOf(tables).ListAsync(cancellation))
                        .Where(r => parse.GetValue(all) || StateOf(r, now) == "good")
                        .OrderBy(r => r.IssuedAt)
                        .ToList();
                    if (output.IsJson)
                        output.Document(new JsonArray([.. records.Select(r => Json(r))]));
                    else if (records.Count == 0)
                        output.Line("No token.");
                    else
                        output.Table(
                            ["ID", "ROLE", "MADE", "UNTIL", "STATE", "NAME"],
                            [.. records.Select(r => Row(r, now))]
                        );
                    return ExitCode.Done;
                }
            );
    }

    private static string[] Row(TokenRecord record, DateTimeOffset now) =>
        [
            record.Id,
            record.Role.ToString(),
            TextTable.Time(record.IssuedAt),
            TextTable.Time(record.ExpiresAt),
            StateOf(record, now),
            record.Name,
        ];

    private static Verb Revoke()
    {
        var ids = new Argument<string[]>("ID")
        {
            Description = "Ids, as 'token list' prints them.",
            Arity = ArgumentArity.OneOrMore,
        };
        return new Verb(
            "revoke",
            "End tokens at once, also on a host that runs.",
            "factcheck token revoke 3f2b8c0d6d0e4c6f9b1c2a7d5e8f9a0b"
        )
            .With(ids, DataFolder.Data)
            .Does(
                async (parse, output, cancellation) =>
                {
                    await using var tables = DataFolder.Open(DataFolder.Of(parse), make: false);
                    var tokens = DataFolder.TokensOf(tables);
                    var worst = ExitCode.Done;
                    foreach (var id in parse.GetRequiredValue(ids))
                    {
                        var done = await tokens.RevokeAsync(id, cancellation);
                        if (output.IsJson)
                            output.JsonLine(new JsonObject { ["id"] = id, ["revoked"] = done });
                        else
                            output.Line(done ? $"revoked {id}" : $"no such token {id}");
                        if (!done)
                            worst = ExitCode.NotFound;
                    }

                    return worst;
                }
            );
    }

    private static string StateOf(TokenRecord record, DateTimeOffset now) =>
        record.RevokedAt is not null ? "revoked"
        : record.ExpiresAt <= now ? "over"
        : "good";

    private static JsonObject Json(TokenRecord record) =>
        new()
        {
            ["id"] = record.Id,
            ["name"] = record.Name,
            ["role"] = record.Role.ToString(),
            ["issuedAt"] = record.IssuedAt,
            ["expiresAt"] = record.ExpiresAt,
            ["revokedAt"] = record.RevokedAt,
        };

    public static Role? RoleOf(System.CommandLine.Parsing.ArgumentResult result)
    {
        var role = Roles.Highest([result.Tokens[0].Value]);
        if (role is null)
            result.AddError("ROLE is Submitter, Reviewer, Editor or Operator.");
        return role;
    }
}
