using FactCheck.Cli.Client;

namespace FactCheck.Cli.Operate;

/// <summary>Where a desk's host listens, and where it keeps everything.</summary>
/// <param name="Urls">As ASP.NET Core takes addresses, separated by ";".</param>
/// <param name="Storage">The account for blobs; null for what the environment says, else folders.</param>
internal sealed record Place(string Data, string Urls, string? Storage = null);

/// <summary>The options of every verb that starts a host.</summary>
internal static class PlaceOptions
{
    public const string DefaultUrls = "http://127.0.0.1:7071";

    public static readonly Option<string?> Urls = Options
        .Text(
            "--urls",
            "URLS",
            $"Where the host listens; {DefaultUrls} when nothing is said. Several are separated by ';'."
        )
        .Refusing(given =>
            given is null || given.Split(';').All(IsHttp)
                ? null
                : $"--urls takes http or https addresses, separated by ';', not '{given}'."
        );

    public static readonly Option<string?> Storage = Options
        .Text(
            "--storage",
            "ACCOUNT",
            "Azure Storage for articles, reports and evidence in place of folders: "
                + "UseDevelopmentStorage=true (Azurite), "
                + "or https://ACCOUNT.blob.core.windows.net as whoever is logged in. A connection string with "
                + "a key belongs "
                + "into the environment, as FactCheck__Storage: other users of this machine can read a command line."
        )
        .Refusing(given =>
            string.IsNullOrWhiteSpace(given)
                ? "--storage is empty. Leave it out to keep everything in the data folder."
                : null
        );

    public static readonly Option<bool> Verbose = Options.Flag(
        "--verbose",
        "Say everything: each step, the whole log, and where errors come from."
    );

    public static Place Of(ParseResult parse) =>
        new(DataFolder.Of(parse), parse.GetValue(Urls) ?? DefaultUrls, parse.GetValue(Storage));

    private static bool IsHttp(string address) =>
        address.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || address.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
