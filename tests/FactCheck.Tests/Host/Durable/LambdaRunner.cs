using System.Text.Json;
using FactCheck.Host.Durable;
using FactCheck.Host.Worker;
using Google.Protobuf;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Protobuf;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Grpc;
using Failure = Microsoft.DurableTask.Protobuf.TaskFailureDetails;

namespace FactCheck.Tests.Host.Durable;

/// <summary>An activity's call, for one that asks.</summary>
internal sealed record ActivityOf(string InstanceId, int TaskId, CancellationToken Cancellation);

/// <summary>Runs orchestrators and activities that a test wrote as lambdas: episodes by Microsoft's own runner, sessions and all.</summary>
internal sealed class LambdaRunner : ITaskRunner, IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Dictionary<string, Func<ActivityRequest, CancellationToken, Task<string?>>> _activities = new(StringComparer.OrdinalIgnoreCase);
    private ExtendedSessionsCache _sessions = new();
    private int _episodes;

    public Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> Orchestrators { get; } = new(StringComparer.OrdinalIgnoreCase);

    public int Generation { get; private set; } = 1;

    /// <summary>Called before each episode, with its count from 1; may throw what a worker's end would.</summary>
    public Action<int, OrchestratorRequest>? OnEpisode { get; set; }

    /// <summary>Called before each activity.</summary>
    public Action<ActivityRequest>? OnActivity { get; set; }

    /// <summary>Requests of episodes, in the order in which they came.</summary>
    public int Episodes => Volatile.Read(ref _episodes);

    public void AddActivity<TInput, TResult>(string name, Func<TInput, ActivityOf, Task<TResult>> activity) => _activities[name] = async (request, cancellation) =>
    {
        var input = request.Input is null ? default : JsonSerializer.Deserialize<TInput>(request.Input, Json);
        var result = await activity(input!, new ActivityOf(request.OrchestrationInstance.InstanceId, request.TaskId, cancellation));
        return result is null ? null : JsonSerializer.Serialize(result, result.GetType(), Json);
    };

    /// <summary>As a worker that ended and was started again.</summary>
    public void Forget()
    {
        Generation++;
        _sessions.Dispose();
        _sessions = new();
    }

    public bool HasOrchestrator(string name) => Orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => _activities.ContainsKey(name);

    public async Task<OrchestratorResponse> RunEpisodeAsync(string orchestrator, OrchestratorRequest request, CancellationToken cancellation)
    {
        OnEpisode?.Invoke(Interlocked.Increment(ref _episodes), request);
        if (!Orchestrators.TryGetValue(orchestrator, out var body))
            throw new EpisodeFailedException(new Failure { ErrorType = "OrchestratorTaskNotFound", ErrorMessage = $"There is no orchestrator '{orchestrator}'." });
        await Task.Yield(); // away from the writer, as a worker is
        var answer = GrpcOrchestrationRunner.LoadAndRun(Convert.ToBase64String(request.ToByteArray()), new Orchestrator(body), _sessions);
        return OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(answer));
    }

    public async Task<ActivityResponse> RunActivityAsync(ActivityRequest request, CancellationToken cancellation)
    {
        OnActivity?.Invoke(request);
        try
        {
            return new() { Result = await _activities[request.Name](request, cancellation) };
        }
        catch (Exception error) when (error is not WorkerLostException && !cancellation.IsCancellationRequested)
        {
            return new() { FailureDetails = Of(error) };
        }
    }

    public void Dispose() => _sessions.Dispose();

    private static Failure Of(Exception error) => new()
    {
        ErrorType = error.GetType().FullName,
        ErrorMessage = error.Message,
        StackTrace = error.StackTrace,
        InnerFailure = error.InnerException is { } inner ? Of(inner) : null,
    };

    private sealed class Orchestrator(Func<TaskOrchestrationContext, Task<object?>> body) : ITaskOrchestrator
    {
        public Type InputType => typeof(JsonElement?);

        public Type OutputType => typeof(object);

        public Task<object?> RunAsync(TaskOrchestrationContext context, object? input) => body(context);
    }
}
