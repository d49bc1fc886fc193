namespace FactCheck.Cli.Operate;

/// <summary>Which address a link names; known unless none was named and no host runs: the default.</summary>
internal sealed record HostAddress(Uri Address, bool IsKnown)
{
    /// <summary>Holds the address of the host that runs on a data folder, while it does.</summary>
    public const string FileName = "host.url";

    /// <summary>What was named (<c>--urls</c>) wins; else the running host's; else the default.</summary>
    public static HostAddress Of(string? urls, string data)
    {
        if (urls is not null)
            return new(FirstOf(urls), IsKnown: true);
        var file = Path.Combine(data, FileName);
        return
            File.Exists(file)
            && Uri.TryCreate(File.ReadAllText(file).Trim(), UriKind.Absolute, out var running)
            && running.Scheme is "http" or "https"
            ? new(FirstOf(running.ToString()), IsKnown: true)
            : new(FirstOf(PlaceOptions.DefaultUrls), IsKnown: false);
    }

    /// <summary>The first of several, as a browser can open it: what listens everywhere is reached here.</summary>
    public static Uri FirstOf(string urls)
    {
        var first = urls.Split(';')[0];
        foreach (var everywhere in (string[])["://*", "://+", "://0.0.0.0", "://[::]"])
            first = first.Replace(everywhere, "://localhost", StringComparison.Ordinal);
        return new(first.TrimEnd('/') + "/");
    }
}
