using System.Collections.Frozen;
using FactCheck.Host.Worker.Rpc;

namespace FactCheck.Host.Worker;

/// <summary>Gets a connected worker ready: what it can do, and which functions it has.</summary>
internal sealed class WorkerSetup(WorkerRequests requests, WorkerSettings settings, ILogger logger)
{
    /// <exception cref="FunctionHostException">It refuses.</exception>
    public async Task<FrozenDictionary<string, string>> InitAsync(CancellationToken cancellation)
    {
        var request = new WorkerInitRequest
        {
            HostVersion = "4.1000.0",
            WorkerDirectory = settings.AppDirectory,
            FunctionAppDirectory = settings.AppDirectory,
        };
        request.Capabilities["FunctionDataCache"] = bool.FalseString;
        var answer = (
            await requests.AskAsync(new() { WorkerInitRequest = request }, settings.InitLimit, cancellation)
        ).WorkerInitResponse;
        if (answer?.Result is not { Status: StatusResult.Types.Status.Success })
            throw new FunctionHostException($"The worker refused to start: {Message(answer?.Result)}");
        logger.LogDebug("The worker ({Version}) is connected.", answer.WorkerVersion);
        return answer.Capabilities.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>What it can run; functions that fail to load are left out.</summary>
    /// <exception cref="FunctionHostException">It does not list them.</exception>
    public async Task<ListedFunction[]> LoadAsync(CancellationToken cancellation)
    {
        var asked = new StreamingMessage
        {
            FunctionsMetadataRequest = new() { FunctionAppDirectory = settings.AppDirectory },
        };
        var answer =
            (await requests.AskAsync(asked, settings.LoadLimit, cancellation)).FunctionMetadataResponse
            ?? throw new FunctionHostException("The worker did not list its functions.");
        if (answer.Result is { Status: StatusResult.Types.Status.Failure } failed)
            throw new FunctionHostException($"The worker could not list its functions: {Message(failed)}");
        var listed = new FunctionCatalog(settings, logger).Read(answer.FunctionMetadataResults);
        var loaded = await Task.WhenAll(listed.Select(function => LoadAsync(function, cancellation)));
        return [.. listed.Where((_, index) => loaded[index])];
    }

    private async Task<bool> LoadAsync(ListedFunction function, CancellationToken cancellation)
    {
        var metadata = function.Metadata.Clone();
        metadata.FunctionId = function.Function.Id;
        metadata.Directory = settings.AppDirectory;
        if (metadata.ScriptFile.Length == 0)
            metadata.ScriptFile = "functions.metadata"; // never read, but must be there
        var request = new StreamingMessage
        {
            FunctionLoadRequest = new() { FunctionId = function.Function.Id, Metadata = metadata },
        };
        var answer = (await requests.AskAsync(request, settings.LoadLimit, cancellation)).FunctionLoadResponse;
        if (answer?.Result is { Status: StatusResult.Types.Status.Success })
            return true;
        logger.LogError(
            "{Function} could not be loaded, and is left out: {Reason}",
            function.Function.Name,
            Message(answer?.Result)
        );
        return false;
    }

    private static string Message(StatusResult? result) =>
        result?.Exception?.Message is { Length: > 0 } message ? message
        : result?.Result is { Length: > 0 } text ? text
        : "it did not say why";
}
