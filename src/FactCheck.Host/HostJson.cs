using System.Text.Json;
using System.Text.Json.Nodes;

namespace FactCheck.Host;

/// <summary>What is read of <c>host.json</c>; Azure's other keys pass silently, unknown ones are warned of.</summary>
internal sealed record HostJson
{
    /// <summary>Known to Azure; a key above one that ends in <c>*</c> may hold anything.</summary>
    private static readonly string[] Known =
    [
        "version",
        "functionTimeout",
        "logging*",
        "extensionBundle*",
        "aggregator*",
        "concurrency*",
        "customHandler*",
        "healthMonitor*",
        "managedDependency*",
        "retry*",
        "singleton*",
        "telemetryMode",
        "watchDirectories*",
        "watchFiles*",
        "functions*",
        "$schema",
        "queues*",
        "sendGrid*",
        "extensions.http.routePrefix",
        "extensions.http.maxOutstandingRequests",
        "extensions.http.maxConcurrentRequests",
        "extensions.http.dynamicThrottlesEnabled",
        "extensions.http.hsts*",
        "extensions.http.customHeaders*",
        "extensions.blobs.maxDegreeOfParallelism",
        "extensions.blobs.poisonBlobThreshold",
        "extensions.queues*",
        "extensions.serviceBus*",
        "extensions.eventHubs*",
        "extensions.cosmosDB*",
        "extensions.eventGrid*",
        "extensions.kafka*",
        "extensions.signalR*",
        "extensions.sendGrid*",
        "extensions.tables*",
        "extensions.durableTask.maxConcurrentActivityFunctions",
        "extensions.durableTask.maxConcurrentOrchestratorFunctions",
        "extensions.durableTask.maxConcurrentEntityFunctions",
        "extensions.durableTask.defaultVersion",
        "extensions.durableTask.versionMatchStrategy",
        "extensions.durableTask.versionFailureStrategy",
        "extensions.durableTask.hubName",
        "extensions.durableTask.storageProvider*",
        "extensions.durableTask.tracing*",
        "extensions.durableTask.notifications*",
        "extensions.durableTask.extendedSessionsEnabled",
        "extensions.durableTask.extendedSessionIdleTimeoutInSeconds",
        "extensions.durableTask.useGracefulShutdown",
        "extensions.durableTask.useAppLease",
        "extensions.durableTask.maxEntityOperationBatchSize",
        "extensions.durableTask.overridableExistingInstanceStates",
        "extensions.durableTask.maxGrpcMessageSizeInBytes",
        "extensions.durableTask.grpcHttpClientTimeout",
        "extensions.durableTask.storeInputsInOrchestrationHistory",
        "extensions.durableTask.maxOrchestrationActions",
        "extensions.durableTask.entityMessageReorderWindowInMinutes",
    ];

    /// <summary>Before every HTTP route; Azure's default is <c>api</c>.</summary>
    public string RoutePrefix { get; init; } = "api";

    /// <summary>How long a function may run; null for no limit.</summary>
    public TimeSpan? FunctionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    public int MaxBlobs { get; init; } = 8 * Environment.ProcessorCount;

    /// <summary>After how many tries a blob is given up.</summary>
    public int PoisonBlobThreshold { get; init; } = 5;

    public int MaxActivities { get; init; } = 10 * Environment.ProcessorCount;

    /// <summary>How many episodes of orchestrations run at once.</summary>
    public int MaxOrchestrators { get; init; } = 10 * Environment.ProcessorCount;

    /// <summary>The version of orchestrations that are started without one.</summary>
    public string DefaultVersion { get; init; } = string.Empty;

    /// <summary>What the file has that nobody reads.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads the first of the files that exists; defaults when none does.</summary>
    /// <exception cref="FunctionHostException">It is not JSON, or a value can't be meant.</exception>
    public static HostJson Read(params ReadOnlySpan<string> candidates)
    {
        foreach (var path in candidates)
        {
            if (!File.Exists(path))
                continue;
            try
            {
                return Parse(File.ReadAllText(path));
            }
            catch (Exception exception)
                when (exception is JsonException or InvalidOperationException or FormatException or IOException)
            {
                throw new FunctionHostException($"{path} can't be read: {exception.Message}", exception);
            }
        }
        return new();
    }

    public static HostJson Parse(string text)
    {
        var root =
            JsonNode.Parse(
                text,
                documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            ) as JsonObject
            ?? throw new FormatException("it is not a JSON object");
        var warnings = new List<string>();
        Check(root, string.Empty, warnings);
        var extensions = root["extensions"];
        var durable = extensions?["durableTask"];
        var defaults = new HostJson();
        return new()
        {
            RoutePrefix = extensions?["http"]?["routePrefix"]?.GetValue<string>() ?? defaults.RoutePrefix,
            FunctionTimeout = root["functionTimeout"]?.GetValue<string>() is { } timeout
                ? Limit(timeout)
                : defaults.FunctionTimeout,
            MaxBlobs =
                Positive(extensions?["blobs"]?["maxDegreeOfParallelism"], "maxDegreeOfParallelism")
                ?? defaults.MaxBlobs,
            PoisonBlobThreshold =
                Positive(extensions?["blobs"]?["poisonBlobThreshold"], "poisonBlobThreshold")
                ?? defaults.PoisonBlobThreshold,
            MaxActivities =
                Positive(durable?["maxConcurrentActivityFunctions"], "maxConcurrentActivityFunctions")
                ?? defaults.MaxActivities,
            MaxOrchestrators =
                Positive(durable?["maxConcurrentOrchestratorFunctions"], "maxConcurrentOrchestratorFunctions")
                ?? defaults.MaxOrchestrators,
            DefaultVersion = durable?["defaultVersion"]?.GetValue<string>() ?? string.Empty,
            Warnings = warnings,
        };
    }

    private static TimeSpan? Limit(string text) =>
        string.Equals(text, "-1", StringComparison.Ordinal)
            ? null
            : TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static int? Positive(JsonNode? node, string key) =>
        node?.GetValue<int>() switch
        {
            null => null,
            > 0 and var value => value,
            var value => throw new FormatException($"{key} is {value}; it must be at least 1"),
        };

    private static void Check(JsonObject node, string path, List<string> warnings)
    {
        foreach (var (key, value) in node)
        {
            var full = path.Length == 0 ? key : $"{path}.{key}";
            if (
                Known.Any(known => known.EndsWith('*') && IsUnder(full, known[..^1]))
                || Known.Contains(full, StringComparer.OrdinalIgnoreCase)
            )
                continue;
            if (
                value is JsonObject child
                && Known.Any(known => known.StartsWith(full + ".", StringComparison.OrdinalIgnoreCase))
            )
                Check(child, full, warnings);
            else
                warnings.Add(
                    $"host.json: '{full}' is not known; did you mean "
                        + $"'{Known.MinBy(known => Distance(full, known.TrimEnd('*')))!.TrimEnd('*')}'?"
                );
        }
    }

    private static bool IsUnder(string full, string known) =>
        full.Equals(known, StringComparison.OrdinalIgnoreCase)
        || full.StartsWith(known + ".", StringComparison.OrdinalIgnoreCase);

    /// <summary>How many letters must change to make one text of the other.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost));
            }
        }
        return row[^1];
    }
}
