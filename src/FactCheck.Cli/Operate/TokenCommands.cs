using System.Globalization;
using System.Text.Json;
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
        var days = Options.Number("--days", "How long it is good.", UsualDays(), MostDays);
        var readOnly = Options.Flag("--read-only", "It reads and changes nothing.");
        return new Verb(
            "create",
            "Make a token and print it, once: nothing keeps it. What else there is to say goes to standard error.",
            "factcheck token create ana Reviewer",
            "factcheck token create cms Submitter --days 365 --data /srv/factcheck",
            "export FACTCHECK_TOKEN=$(factcheck token create wall Reviewer --read-only)"
        )
            .With(name, role, days, readOnly, DataFolder.Data)
            .Does(
                (parse, output, cancellation) =>
                    IssueAsync(
                        output,
                        DataFolder.Of(parse),
                        parse.GetRequiredValue(name),
                        parse.GetValue(role)!.Value,
                        TimeSpan.FromDays(parse.GetValue(days)),
                        parse.GetValue(readOnly),
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
        bool readOnly,
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
        var admitted = await tokens.People.AdmitAsync(name, role, AuditVerb.TokenMade, Who.CommandLine, cancellation);
        TellRole(output, admitted, role);
        var (token, record) = await tokens.IssueAsync(
            admitted.Member,
            role,
            length,
            readOnly: readOnly,
            cancellation: cancellation
        );
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

    // A desk whose programs need longer ones says so once, as it does its other settings.
    private static int UsualDays() =>
        int.TryParse(
            Environment.GetEnvironmentVariable("FactCheck__Access__TokenDays"),
            CultureInfo.InvariantCulture,
            out var days
        ) && days is >= 1 and <= MostDays
            ? days
            : 7;

    /// <summary>What became of a person's role, where a verb names one.</summary>
    public static void TellRole(Output output, RosterOutcome.Taken admitted, Role asked)
    {
        var (name, role) = (admitted.Member.Name, admitted.Member.Role);
        if (admitted.Verb == AuditVerb.ChangedPerson)
            output.Note($"{name} is {role} from now on.");
        else if (role != asked)
            output.Note($"{name} is {role}; this is for the role {asked} alone.");
    }

    private static Verb List()
    {
        var all = Options.Flag("--all", "Also those that are over or revoked.");
        return new Verb(
            "list",
            "List tokens and the page's sessions, without the tokens themselves. On the data folder those of everybody; through "
                + "a host (--host, a token of one's own) one's own.",
            "factcheck token list",
            "factcheck token list --all --json",
            "factcheck token list --host https://factcheck.example.com"
        )
            .With(all, DataFolder.Data)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    if (IsRemote(parse))
                        return await ListMineAsync(parse, output, cancellation);
                    await using var tables = DataFolder.Open(DataFolder.Of(parse), make: false);
                    var (now, tokens) = (TimeProvider.System.GetUtcNow(), DataFolder.TokensOf(tables));
                    var uses = await tokens.LastUsesAsync(cancellation);
                    var records = (await tokens.ListAsync(cancellation))
                        .Where(r => parse.GetValue(all) || StateOf(r, now) == "good")
                        .OrderBy(r => r.IssuedAt)
                        .ToList();
                    if (output.IsJson)
                        output.Document(new JsonArray([.. records.Select(r => Json(r, LastUse(r, uses)))]));
                    else if (records.Count == 0)
                        output.Line("No token.");
                    else
                        output.Table(
                            ["ID", "ROLE", "MADE", "UNTIL", "LAST USED", "STATE", "NAME"],
                            [.. records.Select(r => Row(r, now, LastUse(r, uses)))]
                        );
                    return ExitCode.Done;
                }
            );
    }

    private static bool IsRemote(ParseResult parse) =>
        parse.GetValue(DataFolder.Data) is null && HostOptions.Named(parse) is not null;

    private static async Task<int> ListMineAsync(ParseResult parse, Output output, CancellationToken cancellation)
    {
        using var desk = HostOptions.Connect(parse);
        var mine = (await desk.GetAsync("api/me/tokens", cancellation)).As<ListOf<TokenView>>();
        if (output.IsJson)
            output.Document(JsonSerializer.SerializeToNode(mine.Items, HttpJson.Default.IReadOnlyListTokenView)!);
        else if (mine.Items.Count == 0)
            output.Line("No token.");
        else
            output.Table(["ID", "ROLE", "MADE", "UNTIL", "LAST USED", "KIND"], [.. mine.Items.Select(Row)]);
        return ExitCode.Done;
    }

    private static string[] Row(TokenView token) =>
        [
            token.Id,
            token.Role + (token.ReadOnly ? ", reads" : ""),
            TextTable.Time(token.IssuedAt),
            TextTable.Time(token.ExpiresAt),
            token.LastUsedAt is { } at ? TextTable.Time(at) : "never",
            (token.IsSession ? "session" : "token") + (token.IsCurrent ? ", this one" : ""),
        ];

    private static DateTimeOffset? LastUse(TokenRecord record, IReadOnlyDictionary<string, DateTimeOffset> uses) =>
        uses.TryGetValue(record.Id, out var at) ? at : null;

    private static string[] Row(TokenRecord record, DateTimeOffset now, DateTimeOffset? used) =>
        [
            record.Id,
            record.Role + (record.ReadOnly ? ", reads" : ""),
            TextTable.Time(record.IssuedAt),
            TextTable.Time(record.ExpiresAt),
            used is { } at ? TextTable.Time(at) : "never",
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
            "End tokens at once, also on a host that runs: anybody's on the data folder, one's own through a host (--host).",
            "factcheck token revoke 3f2b8c0d6d0e4c6f9b1c2a7d5e8f9a0b"
        )
            .With(ids, DataFolder.Data)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    using var desk = IsRemote(parse) ? HostOptions.Connect(parse) : null;
                    await using var tables = desk is null ? DataFolder.Open(DataFolder.Of(parse), make: false) : null;
                    var worst = ExitCode.Done;
                    foreach (var id in parse.GetRequiredValue(ids))
                    {
                        var done = desk is null
                            ? await DataFolder.TokensOf(tables!).RevokeAsync(id, cancellation)
                            : await EndMineAsync(desk, id, cancellation);
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

    private static async Task<bool> EndMineAsync(DeskClient desk, string id, CancellationToken cancellation)
    {
        try
        {
            await desk.DeleteAsync($"api/me/tokens/{Uri.EscapeDataString(id)}", cancellation);
            return true;
        }
        catch (HostException missing) when (missing.Status == 404)
        {
            return false;
        }
    }

    private static string StateOf(TokenRecord record, DateTimeOffset now) =>
        record.RevokedAt is not null ? "revoked"
        : record.ExpiresAt <= now ? "over"
        : "good";

    private static JsonObject Json(TokenRecord record, DateTimeOffset? used = null) =>
        new()
        {
            ["id"] = record.Id,
            ["name"] = record.Name,
            ["role"] = record.Role.ToString(),
            ["issuedAt"] = record.IssuedAt,
            ["expiresAt"] = record.ExpiresAt,
            ["revokedAt"] = record.RevokedAt,
            ["personId"] = record.PersonId,
            ["isSession"] = record.IsSession,
            ["readOnly"] = record.ReadOnly,
            ["lastUsedAt"] = used,
        };

    public static Role? RoleOf(System.CommandLine.Parsing.ArgumentResult result)
    {
        var role = Roles.Highest([result.Tokens[0].Value]);
        if (role is null)
            result.AddError("ROLE is Submitter, Reviewer, Editor or Operator.");
        return role;
    }
}
