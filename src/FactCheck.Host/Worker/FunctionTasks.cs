using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using FactCheck.Host.Durable;
using FactCheck.Host.Worker.Rpc;
using Google.Protobuf;

namespace FactCheck.Host.Worker;

/// <summary>Runs the episodes and activities of the engine as functions of the worker.</summary>
internal sealed class FunctionTasks(IFunctionInvoker invoker) : ITaskRunner
{
    private static readonly Dictionary<string, TypedData> NoMetadata = [];
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private volatile Names _names = new(
        [],
        FrozenDictionary<string, HostedFunction>.Empty,
        FrozenDictionary<string, HostedFunction>.Empty
    );

    public int Generation => invoker.Generation;

    private Names Known
    {
        get
        {
            var known = _names;
            var functions = invoker.Functions;
            return ReferenceEquals(known.Of, functions)
                ? known
                : _names = new(functions, Find(functions, "orchestration"), Find(functions, "activity"));
        }
    }

    public bool HasOrchestrator(string name) => Known.Orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => Known.Activities.ContainsKey(name);

    public async Task<OrchestratorResponse> RunEpisodeAsync(EpisodeCall episode, CancellationToken cancellation)
    {
        var orchestrator = episode.Orchestrator;
        if (!Known.Orchestrators.TryGetValue(orchestrator, out var function))
            throw new EpisodeFailedException(
                Failures.Make("OrchestratorNotFound", $"The app has no orchestrator '{orchestrator}'.")
            );
        var request = await episode.WithPastAsync();
        TypedData? answer;
        try
        {
            answer = await invoker.InvokeAsync(
                new(function, new() { String = Encode(request) }, NoMetadata),
                cancellation
            );
        }
        catch (FunctionFailedException exception)
        {
            throw new EpisodeFailedException(Failures.Read(exception.Error));
        }
        var response = Decode(orchestrator, answer);
        return IsOutOfMemory(response) ? throw new WorkerLostException($"{orchestrator} ran out of memory.") : response;
    }

    public async Task<ActivityResponse> RunActivityAsync(ActivityRequest request, CancellationToken cancellation)
    {
        var response = new ActivityResponse
        {
            InstanceId = request.OrchestrationInstance?.InstanceId ?? string.Empty,
            TaskId = request.TaskId,
        };
        if (!Known.Activities.TryGetValue(request.Name, out var function))
        {
            response.FailureDetails = Failures.Make("ActivityNotFound", $"The app has no activity '{request.Name}'.");
            return response;
        }
        var metadata = new Dictionary<string, TypedData>(StringComparer.Ordinal)
        {
            ["instanceId"] = new() { String = response.InstanceId },
        };
        var input = new TypedData { Json = ArgumentOf(request.Input) };
        try
        {
            response.Result = Json(await invoker.InvokeAsync(new(function, input, metadata), cancellation));
        }
        catch (FunctionFailedException exception)
        {
            response.FailureDetails = Failures.Read(exception.Error);
        }
        catch (TimeoutException exception)
        {
            response.FailureDetails = Failures.Make(typeof(TimeoutException).FullName!, exception.Message);
        }
        return response;
    }

    /// <summary>The one argument of a call. Durable Task sends arguments as an array.</summary>
    private static string ArgumentOf(string? input) =>
        input switch
        {
            null or "" or "[]" => "null",
            ['[', .. var argument, ']'] => argument,
            _ => input,
        };

    /// <summary>What an activity returned, as JSON. Text is sent raw.</summary>
    private static string? Json(TypedData? value) =>
        value?.DataCase switch
        {
            TypedData.DataOneofCase.String => JsonSerializer.Serialize(value.String, Plain),
            TypedData.DataOneofCase.Json => value.Json,
            TypedData.DataOneofCase.Bytes => $"\"{value.Bytes.ToBase64()}\"",
            TypedData.DataOneofCase.Stream => $"\"{value.Stream.ToBase64()}\"",
            TypedData.DataOneofCase.Int => JsonSerializer.Serialize(value.Int),
            TypedData.DataOneofCase.Double => JsonSerializer.Serialize(value.Double),
            _ => null,
        };

    private static string Encode(OrchestratorRequest request)
    {
        var size = request.CalculateSize();
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            request.WriteTo(buffer.AsSpan(0, size));
            return Convert.ToBase64String(buffer.AsSpan(0, size));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static OrchestratorResponse Decode(string orchestrator, TypedData? answer)
    {
        var text = answer?.DataCase == TypedData.DataOneofCase.String ? answer.String : string.Empty;
        var buffer = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            if (text.Length > 0 && Convert.TryFromBase64String(text, buffer, out var count))
                return OrchestratorResponse.Parser.ParseFrom(buffer, 0, count);
        }
        catch (InvalidProtocolBufferException)
        {
            // Told below: it is of the same kind as no answer.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        throw new EpisodeFailedException(
            Failures.Make(
                typeof(InvalidOperationException).FullName!,
                $"The orchestrator '{orchestrator}' did not answer as Durable Functions do: is its trigger an [OrchestrationTrigger]?"
            )
        );
    }

    /// <summary>An orchestrator that was out of memory says so as if it had failed by itself. What an activity died of
    /// is a cause within, and stays one.</summary>
    private static bool IsOutOfMemory(OrchestratorResponse response) =>
        response.Actions.Any(action =>
            action.CompleteOrchestration?.FailureDetails?.ErrorType == typeof(OutOfMemoryException).FullName
        );

    private static FrozenDictionary<string, HostedFunction> Find(IReadOnlyList<HostedFunction> functions, string kind)
    {
        var found = new Dictionary<string, HostedFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (var function in functions.Where(function => function.Is(kind + "Trigger")))
            found[function.Trigger[kind]?.GetValue<string>() is { Length: > 0 } given ? given : function.Name] =
                function;
        return found.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private sealed record Names(
        IReadOnlyList<HostedFunction> Of,
        FrozenDictionary<string, HostedFunction> Orchestrators,
        FrozenDictionary<string, HostedFunction> Activities
    );
}
