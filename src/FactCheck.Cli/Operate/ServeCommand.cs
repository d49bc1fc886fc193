using FactCheck.Cli.Client;
using Microsoft.Extensions.Logging;

namespace FactCheck.Cli.Operate;

/// <summary><c>serve</c>: runs the desk until Ctrl-C.</summary>
internal static class ServeCommand
{
    public static Verb Create() =>
        new Verb(
            "serve",
            "Run the desk until Ctrl-C: the review page, the HTTP API and everything that happens by itself. "
                + "Its log goes to standard error, a line an entry.",
            "factcheck serve",
            "factcheck serve --data /srv/factcheck --urls http://127.0.0.1:8080",
            "factcheck serve --storage UseDevelopmentStorage=true   # articles and reports in Azure Storage, "
                + "here its emulator"
        )
            .With(DataFolder.Data, PlaceOptions.Urls, PlaceOptions.Storage, PlaceOptions.Verbose)
            .RunsUntilStopped()
            .Does(
                (parse, output, cancellation) =>
                {
                    var verbose = parse.GetValue(PlaceOptions.Verbose);
                    var log = new HostLog(output, LogLevel.Information, verbose);
                    return DeskHost.RunAsync(
                        PlaceOptions.Of(parse),
                        output,
                        log,
                        desk => ServeAsync(desk, output, cancellation),
                        cancellation
                    );
                }
            );

    private static async Task<int> ServeAsync(DeskHost desk, Output output, CancellationToken cancellation)
    {
        if (output.IsJson)
        {
            output.JsonLine(
                new JsonObject
                {
                    ["address"] = desk.Address.ToString(),
                    ["data"] = desk.Place.Data,
                    ["functions"] = desk.Functions,
                }
            );
        }
        else
        {
            output.Line($"FactCheck serves {desk.Address} from {desk.Place.Data} ({desk.Functions} functions).");
            output.Line($"Articles go into {desk.Storage.PlaceOf("articles")}.");
            output.Line(
                "For a sign-in link, in another terminal: the same command with 'sign-in NAME ROLE' in place "
                    + "of 'serve'. Ctrl-C stops."
            );
        }

        await desk.UntilStoppedAsync(cancellation);
        return ExitCode.Done;
    }
}
