namespace FactCheck.Cli.Client;

/// <summary>Which host, and as whom.</summary>
internal static class HostOptions
{
    private const string DefaultHost = "http://127.0.0.1:7071";

    public static readonly Option<string?> Host = Options
        .Text("--host", "URL", $"Address of the host; else FACTCHECK_HOST, else {DefaultHost}.")
        .Refusing(given =>
            given is null || IsAddress(given)
                ? null
                : $"--host takes an http or https address such as {DefaultHost}, not '{given}'."
        );
    public static readonly Option<string?> Token = Options.Text(
        "--token",
        "TOKEN",
        "Who you are: a token of 'factcheck token create'; else FACTCHECK_TOKEN."
    );

    public static Verb WithHost(this Verb verb)
    {
        verb.Options.Add(Host);
        verb.Options.Add(Token);
        return verb;
    }

    /// <summary>Null when none was named, on the command line or in the environment.</summary>
    public static string? Named(ParseResult parse) => parse.GetValue(Host) ?? Of("FACTCHECK_HOST");

    /// <summary>A client of that host; it does not call it yet.</summary>
    /// <exception cref="CommandException">FACTCHECK_HOST is no address, or the token none.</exception>
    public static DeskClient Connect(ParseResult parse)
    {
        var host = Named(parse) ?? DefaultHost;
        if (!IsAddress(host))
            throw new CommandException(
                ExitCode.Usage,
                $"FACTCHECK_HOST is '{host}'; it must be an http or https address such as {DefaultHost}."
            );
        // A token out of a file may bring a line end along.
        var token = (parse.GetValue(Token) ?? Of("FACTCHECK_TOKEN"))?.Trim();
        if (token is not null && !token.All(c => c is > ' ' and <= '~'))
            throw new CommandException(
                ExitCode.Usage,
                "The token (--token, FACTCHECK_TOKEN) holds characters that no token has; was it copied in one piece?"
            );
        return new(new(host.TrimEnd('/') + "/"), token is "" ? null : token);
    }

    private static bool IsAddress(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    private static string? Of(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
