using System.Globalization;
using FactCheck.Cli.Client;
using FactCheck.Host;
using FactCheck.Host.Durable;

namespace FactCheck.Cli.Runtime;

/// <summary>Which instances; null for any.</summary>
internal sealed record InstanceQuery(string? Prefix, IReadOnlyList<InstanceState>? States, DateTimeOffset? CreatedFrom);

/// <summary>Orchestration instances of a running host, or of a stopped one's file. The JSON is the same.</summary>
internal interface IInstances : IDisposable
{
    /// <summary>By id; the cursor is null at the end.</summary>
    Task<(IReadOnlyList<JsonNode> Items, string? Cursor)> ListAsync(
        InstanceQuery query,
        string? cursor,
        int size,
        CancellationToken cancellation
    );

    /// <summary>With what it waits for, and its history where that is asked for; null when there is none.</summary>
    Task<JsonNode?> FindAsync(string id, bool history, CancellationToken cancellation);

    /// <summary>Blobs that were given up.</summary>
    Task<IReadOnlyList<JsonNode>> PoisonAsync(CancellationToken cancellation);
}

internal static class Instances
{
    public static readonly Option<string?> Data = Options.Text(
        "--data",
        "FOLDER",
        "Read the file of a host that has stopped (or runs elsewhere on it), in this data folder, instead of "
            + "asking a host."
    );

    public static IInstances Open(ParseResult parse, Output output)
    {
        if (parse.GetValue(Data) is not { } folder)
            return new HostInstances(HostOptions.Connect(parse));
        var file = new FileInstances(Path.GetFullPath(folder));
        if (file.Owner is { } owner)
            output.Note($"A host runs on this file ({owner}): this is what it has committed.");
        return file;
    }

    /// <summary>One that is there.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static async Task<JsonNode> GetAsync(
        this IInstances instances,
        string id,
        bool history,
        CancellationToken cancellation
    ) => await instances.FindAsync(id, history, cancellation) ?? throw NotThere(id);

    public static CommandException NotThere(string id) =>
        new(ExitCode.NotFound, $"There is no instance '{id}'. For those there are: factcheck runtime list --all");
}

/// <summary>Through the HTTP management of a host that runs.</summary>
internal sealed class HostInstances(DeskClient desk) : IInstances
{
    public const string Root = "runtime/webhooks/durabletask/instances";
    public const string Poison = "runtime/webhooks/blobs/poison";

    public async Task<(IReadOnlyList<JsonNode> Items, string? Cursor)> ListAsync(
        InstanceQuery query,
        string? cursor,
        int size,
        CancellationToken cancellation
    )
    {
        var path =
            $"{Root}?showWaits=true&top={size.ToString(CultureInfo.InvariantCulture)}"
            + Asked("instanceIdPrefix", query.Prefix)
            + Asked("runtimeStatus", query.States is { } states ? string.Join(',', states) : null)
            + Asked("createdTimeFrom", query.CreatedFrom?.UtcDateTime.ToString("o", CultureInfo.InvariantCulture));
        var answer = await OrHintAsync(desk.GetPageAsync(path, cursor, cancellation));
        return ([.. answer.Json.AsArray().Select(item => item!)], answer.Continuation);
    }

    public async Task<JsonNode?> FindAsync(string id, bool history, CancellationToken cancellation) =>
        (
            await OrHintAsync(
                desk.FindAsync(
                    $"{PathOf(id)}?showWaits=true{(history ? "&showHistory=true&showHistoryOutput=true" : "")}",
                    cancellation
                )
            )
        )?.Json;

    public async Task<IReadOnlyList<JsonNode>> PoisonAsync(CancellationToken cancellation) =>
        [.. (await OrHintAsync(desk.GetAsync(Poison, cancellation))).Json.AsArray().Select(item => item!)];

    public void Dispose() => desk.Dispose();

    public static string PathOf(string id) => $"{Root}/{Uri.EscapeDataString(id)}";

    private static async Task<T> OrHintAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (HostException gone) when (gone is { ExitCode: ExitCode.Unreachable, Status: 0 })
        {
            throw new HostException(
                gone.ExitCode,
                $"{gone.Message} Or read a stopped host's folder with --data FOLDER.",
                0,
                gone
            );
        }
    }

    private static string Asked(string name, string? value) =>
        value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}

/// <summary>In a data folder, without a host; nothing is changed there.</summary>
internal sealed class FileInstances : IInstances
{
    private readonly RuntimeFile _file;

    /// <summary>Opens the file in a data folder.</summary>
    /// <exception cref="CommandException">It can't be read.</exception>
    public FileInstances(string folder)
    {
        try
        {
            _file = RuntimeFile.OpenRead(folder);
        }
        catch (FunctionHostException refused)
        {
            throw new CommandException(ExitCode.Failed, refused.Message, refused);
        }
    }

    public string? Owner => _file.Owner;

    public Task<(IReadOnlyList<JsonNode> Items, string? Cursor)> ListAsync(
        InstanceQuery query,
        string? cursor,
        int size,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        var states = query
            .States?.Select(state => Enum.Parse<FactCheck.Host.Storage.InstanceStatus>(state.ToString()))
            .ToList();
        var (items, next) = _file.List(query.Prefix, query.CreatedFrom, states, size, cursor);
        return Task.FromResult<(IReadOnlyList<JsonNode>, string?)>((items, next));
    }

    public Task<JsonNode?> FindAsync(string id, bool history, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult<JsonNode?>(_file.Find(id, history));
    }

    public Task<IReadOnlyList<JsonNode>> PoisonAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<JsonNode>>(_file.PoisonBlobs);

    public void Dispose() => _file.Dispose();
}
