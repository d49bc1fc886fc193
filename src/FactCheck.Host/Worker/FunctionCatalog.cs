using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using FactCheck.Host.Worker.Rpc;

namespace FactCheck.Host.Worker;

/// <summary>A function, and what goes to the worker beside the trigger's data.</summary>
/// <param name="Inputs">The data of its other inputs, the same for each call.</param>
internal sealed record ListedFunction(
    HostedFunction Function,
    RpcFunctionMetadata Metadata,
    IReadOnlyList<ParameterBinding> Inputs
);

/// <summary>Makes of a worker's listing what this host can run.</summary>
internal sealed class FunctionCatalog(WorkerSettings settings, ILogger logger)
{
    private const string DefaultHub = "default";

    private static readonly FrozenSet<string> Triggers = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "httpTrigger",
        "timerTrigger",
        "blobTrigger",
        "orchestrationTrigger",
        "activityTrigger",
        "entityTrigger"
    );

    /// <summary>The functions that can be run; of the others the log says why not.</summary>
    /// <exception cref="FunctionHostException">Two functions have one name.</exception>
    public IReadOnlyList<ListedFunction> Read(IEnumerable<RpcFunctionMetadata> metadata)
    {
        var functions = new Dictionary<string, ListedFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (var listed in metadata)
        {
            if (TryRead(listed) is not { } function)
                continue;
            if (!functions.TryAdd(listed.Name, function))
                throw new FunctionHostException(
                    $"Two functions are named '{listed.Name}'. Give one of them another name in its [Function] attribute."
                );
        }
        return [.. functions.Values];
    }

    private ListedFunction? TryRead(RpcFunctionMetadata listed)
    {
        if (listed.Name.Length == 0)
        {
            logger.LogError("The worker lists a function without a name; it is left out.");
            return null;
        }
        if (IsDisabled(listed.Name))
        {
            logger.LogInformation("{Function} is disabled by a setting.", listed.Name);
            return null;
        }
        var bindings = Bindings(listed);
        if (TriggerOf(listed.Name, bindings) is not { } trigger)
            return null;
        var inputs = bindings
            .Where(binding =>
                binding != trigger && Text(binding, "direction").Equals("in", StringComparison.OrdinalIgnoreCase)
            )
            .ToArray();
        foreach (var binding in bindings.Where(binding => binding != trigger && !IsKnown(binding)))
            logger.LogWarning(
                "{Function} has a binding '{Binding}' ({Type}), which this host does not have: it carries nothing.",
                listed.Name,
                Text(binding, "name"),
                Text(binding, "type")
            );
        // By name, so that it is the same whenever the app is started.
        var function = new HostedFunction(listed.Name, listed.Name, trigger, inputs);
        return new(
            function,
            listed,
            [.. inputs.Select(input => new ParameterBinding { Name = Text(input, "name"), Data = Data(input) })]
        );
    }

    private List<JsonObject> Bindings(RpcFunctionMetadata listed)
    {
        var bindings = new List<JsonObject>();
        foreach (var raw in listed.RawBindings)
        {
            if (Parse(raw) is { } binding)
                bindings.Add(binding);
            else
                logger.LogError(
                    "{Function} has a binding that is no JSON object with a name and a type: {Binding}",
                    listed.Name,
                    raw
                );
        }
        return bindings;
    }

    private JsonObject? TriggerOf(string function, List<JsonObject> bindings)
    {
        var trigger = bindings.Find(binding =>
            Text(binding, "type").EndsWith("Trigger", StringComparison.OrdinalIgnoreCase)
        );
        if (trigger is null)
            logger.LogError("{Function} has no trigger; it is left out.", function);
        else if (!Triggers.Contains(Text(trigger, "type")))
            logger.LogError(
                "{Function} is triggered by a {Trigger}, which this host does not have; it is left out.",
                function,
                Text(trigger, "type")
            );
        else
            return trigger;
        return null;
    }

    private TypedData Data(JsonObject input) =>
        IsDurableClient(input) ? new() { String = DurableClient(input) } : new();

    /// <summary>What the durable client binding is made of; a message size limit, left out, would be nothing.</summary>
    private string DurableClient(JsonObject binding) =>
        new JsonObject
        {
            ["taskHubName"] = Text(binding, "taskHub") is { Length: > 0 } hub ? hub : DefaultHub,
            ["connectionName"] = settings.ClientKey.Text,
            ["requiredQueryStringParameters"] = string.Empty,
            ["rpcBaseUrl"] = settings.HostEndpoint.AbsoluteUri,
            ["httpBaseUrl"] = new Uri(settings.PublicAddress, "runtime/webhooks/durabletask").AbsoluteUri,
            ["maxGrpcMessageSizeInBytes"] = int.MaxValue,
            ["grpcHttpClientTimeout"] = "\"00:01:40\"", // JSON within JSON: the client reads it so
        }.ToJsonString();

    private bool IsDisabled(string name)
    {
        var key = $"AzureWebJobs.{name}.Disabled";
        return new[] { key, key.Replace(".", "__", StringComparison.Ordinal) }
            .Select(variable =>
                settings.Environment.GetValueOrDefault(variable) ?? Environment.GetEnvironmentVariable(variable)
            )
            .Any(value =>
                value is not null && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase))
            );
    }

    private static bool IsKnown(JsonObject binding) =>
        IsDurableClient(binding) || Text(binding, "type").Equals("http", StringComparison.OrdinalIgnoreCase);

    private static bool IsDurableClient(JsonObject binding) =>
        Text(binding, "type").Equals("durableClient", StringComparison.OrdinalIgnoreCase);

    private static JsonObject? Parse(string raw)
    {
        try
        {
            return
                JsonNode.Parse(raw) is JsonObject binding
                && Text(binding, "type").Length > 0
                && Text(binding, "name").Length > 0
                ? binding
                : null;
        }
        catch (JsonException)
        {
            return null; // the caller says so
        }
    }

    private static string Text(JsonObject binding, string key) =>
        binding[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : string.Empty;
}
