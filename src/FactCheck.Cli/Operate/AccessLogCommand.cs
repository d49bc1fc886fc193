using System.Globalization;
using System.Text.Json;
using FactCheck.Cli.Client;
using FactCheck.Storage;

namespace FactCheck.Cli.Operate;

/// <summary><c>access-log</c>: who signed in, who was refused, who handed in what.</summary>
internal static class AccessLogCommand
{
    private const int UsualDays = 90;

    public static Verb Create()
    {
        var most = Options.Number("--most", "How many lines.", 100);
        return new Verb(
            "access-log",
            "Who signed in, who was refused (401, 403, 429) and who handed in what, newest first. On the data folder, or "
                + "through a host (--host, an operator's token). Of many refusals of one address within an hour one line tells "
                + "how many.",
            "factcheck access-log --data /srv/factcheck",
            "factcheck access-log --most 1000 --json"
        )
            .With(most, DataFolder.Data)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    var entries = await ReadAsync(parse, parse.GetValue(most), cancellation);
                    if (output.IsJson)
                        output.Document(
                            JsonSerializer.SerializeToNode(entries, HttpJson.Default.IReadOnlyListAccessEntry)!
                        );
                    else if (entries.Count == 0)
                        output.Line("Nothing.");
                    else
                        output.Table(
                            ["AT", "WHAT", "STATUS", "TIMES", "ADDRESS", "WHO", "CALL"],
                            [.. entries.Select(Row)]
                        );
                    return ExitCode.Done;
                }
            );
    }

    private static async Task<IReadOnlyList<AccessEntry>> ReadAsync(
        ParseResult parse,
        int most,
        CancellationToken cancellation
    )
    {
        if (parse.GetValue(DataFolder.Data) is null && HostOptions.Named(parse) is not null)
        {
            using var desk = HostOptions.Connect(parse);
            return await desk.ListAsync<AccessEntry>("api/access?", most, cancellation);
        }

        await using var tables = DataFolder.Open(DataFolder.Of(parse), make: false);
        return (await new AccessLog(tables, TimeProvider.System).ReadAsync(null, most, UsualDays, cancellation)).Items;
    }

    private static string[] Row(AccessEntry entry) =>
        [
            TextTable.Time(entry.At),
            entry.What.ToString(),
            entry.Status.ToString(CultureInfo.InvariantCulture),
            entry.Times.ToString(CultureInfo.InvariantCulture),
            entry.Address,
            entry.Name is null ? "–" : $"{entry.Name} ({entry.PersonId})",
            entry.Subject is { } subject ? $"{entry.Call} {subject}" : entry.Call,
        ];
}
