using FactCheck.Domain;
using FactCheck.Storage;

namespace FactCheck.Functions;

/// <summary>Sign-in links, made on the data folder itself: whoever may read it runs the desk.</summary>
internal static class SignInLink
{
    public static async Task<int> PrintAsync(EmbeddedApp.Place place, string name, Role role, CancellationToken cancellation)
    {
        if (!Directory.Exists(place.Data)) await Console.Error.WriteLineAsync($"A new, empty data folder was made: {place.Data}. The link works on a host that is started with --data {place.Data}.");
        LocalFiles.CreateFolder(place.Data);
        await using var tables = new SqliteTables(Path.Combine(place.Data, "desk.db"));
        var settings = new Settings();
        var code = await new Tokens(tables, TimeProvider.System).CreateCodeAsync(name, role, settings.Access.SignInCodeLength, cancellation);
        Console.WriteLine($"""
            For {name} ({role}), once, within {settings.Access.SignInCodeLength.TotalMinutes:0} minutes:
              page:   {LinkTo(place, code)}
              token:  curl -s {place.Base}api/token -H 'Content-Type: application/json' -d '{Quote(code)}'
            """);
        return 0;
    }

    /// <summary>The code stands in the fragment, which no browser sends and no log holds.</summary>
    public static string LinkTo(EmbeddedApp.Place place, string code) => $"{place.Base}#code={code}";

    private static string Quote(string code) => $$"""{"code":"{{code}}"}""";
}
