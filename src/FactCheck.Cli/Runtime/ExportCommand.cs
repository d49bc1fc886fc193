using System.Text;
using System.Text.Json;
using FactCheck.Cli.Client;

namespace FactCheck.Cli.Runtime;

/// <summary><c>runtime export</c>: instances with their histories, a JSON line each.</summary>
internal static class ExportCommand
{
    private const int PageSize = 100;
    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Verb Create()
    {
        var filter = new RuntimeCommands.Filter();
        var file = Options.Text(
            "--output",
            "FILE",
            "Write to this file, which must not be there yet; else to standard output."
        );
        var verb = new Verb(
            "export",
            "Write instances with their histories, inputs and results as JSON lines: for support, or before "
                + "a purge. Every state, unless --state says which.",
            "factcheck runtime export --output instances.jsonl",
            "factcheck runtime export --prefix check- --since 2d --data /srv/factcheck"
        ).With(file);
        filter.AddTo(verb);
        return verb.WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    using var instances = Instances.Open(parse, output);
                    var path = parse.GetValue(file);
                    await using var writer = path is null ? null : Create(path);
                    var count = 0;
                    await foreach (var line in LinesAsync(instances, filter.Of(parse, otherwise: null), cancellation))
                    {
                        if (writer is null)
                            output.JsonLine(line);
                        else
                            await writer.WriteLineAsync(line.ToJsonString(OneLine).AsMemory(), cancellation);
                        count++;
                    }

                    output.Note($"{count} written.");
                    return ExitCode.Done;
                }
            );
    }

    private static async IAsyncEnumerable<JsonNode> LinesAsync(
        IInstances instances,
        InstanceQuery query,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        string? cursor = null;
        do
        {
            (var page, cursor) = await instances.ListAsync(query, cursor, PageSize, cancellation);
            foreach (var id in page.Select(item => (string)item["instanceId"]!))
                if (await instances.FindAsync(id, history: true, cancellation) is { } whole)
                    yield return whole; // else it was purged since
        } while (cursor is not null);
    }

    // Who wrote it may read it: inputs and results can hold what is not public.
    private static StreamWriter Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
    }
}
