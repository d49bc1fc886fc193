using FactCheck.Cli.Client;
using FactCheck.Storage.Local;

namespace FactCheck.Cli.Operate;

/// <summary><c>sign-in</c>: one-time links, made on the data folder: whoever may read it runs the desk.</summary>
internal static class SignInCommand
{
    public static Verb Create()
    {
        var name = TokenCommands.NameArgument("Who signs in; stands on every decision.");
        var role = TokenCommands.RoleArgument();
        return new Verb(
            "sign-in",
            "Print a one-time sign-in link for a person. Works while the host runs and while it does not; "
                + "the link names the address of the host that runs on the data folder, unless --urls names "
                + "another.",
            "factcheck sign-in ana Reviewer",
            "factcheck sign-in ben Editor --data /srv/factcheck",
            "factcheck sign-in ana Reviewer --urls https://desk.example.org   # as people reach it, behind a proxy"
        )
            .With(name, role, DataFolder.Data, PlaceOptions.Urls)
            .Does(
                (parse, output, cancellation) =>
                    PrintAsync(
                        output,
                        DataFolder.Of(parse),
                        parse.GetValue(PlaceOptions.Urls),
                        parse.GetRequiredValue(name),
                        parse.GetValue(role)!.Value,
                        cancellation
                    )
            );
    }

    private static async Task<int> PrintAsync(
        Output output,
        string data,
        string? urls,
        string name,
        Role role,
        CancellationToken cancellation
    )
    {
        var isNew = !Directory.Exists(data);
        LocalFiles.CreateFolder(data);
        var address = HostAddress.Of(urls, data);
        await using var tables = DataFolder.Open(data, make: true);
        var tokens = DataFolder.TokensOf(tables);
        var (code, admitted) = await tokens.AdmitAsync(name, role, SignInLink.Length, Who.CommandLine, cancellation);
        TokenCommands.TellRole(output, admitted, role);
        if (isNew)
            output.Note(
                $"A new, empty data folder was made: {data}. The link works on a host that is started with "
                    + $"--data {data}."
            );
        else if (!address.IsKnown)
            output.Note(
                $"No host runs on {data} now. The link is for one that listens on {address.Address}; "
                    + "for another, name its address with --urls."
            );
        Tell(output, name, role, address.Address, code);
        return ExitCode.Done;
    }

    private static void Tell(Output output, string name, Role role, Uri address, string code)
    {
        var (link, minutes) = (SignInLink.Of(address, code), SignInLink.Length.TotalMinutes);
        if (output.IsJson)
            output.Document(
                new JsonObject
                {
                    ["name"] = name,
                    ["role"] = role.ToString(),
                    ["link"] = link,
                    ["code"] = code,
                    ["minutes"] = minutes,
                }
            );
        else
            output.Line(
                $"""
                For {name} ({role}), once, within {minutes:0} minutes:
                  page:   {link}
                  token:  curl -s {address}api/token -H 'Content-Type: application/json' -d '{Quoted(code)}'
                """
            );
    }

    private static string Quoted(string code) => $$"""{"code":"{{code}}"}""";
}

internal static class SignInLink
{
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(15);

    /// <summary>The code stands in the fragment, which no browser sends and no log holds.</summary>
    public static string Of(Uri address, string code) => $"{address}#code={code}";
}
