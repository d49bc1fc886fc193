using System.Text.Json;
using FactCheck.Host;
using FactCheck.Host.Durable;
using Google.Protobuf;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Protobuf;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Failure = Microsoft.DurableTask.Protobuf.TaskFailureDetails;

namespace FactCheck.Tests.Host.Durable;

/// <summary>An activity's call, for one that asks.</summary>
internal sealed record ActivityOf(ActivityRequest Request, CancellationToken Cancellation)
{
    public string InstanceId => Request.OrchestrationInstance.InstanceId;

    public int TaskId => Request.TaskId;

    /// <summary>Names the call, the same however often it is made.</summary>
    public string Key => $"{InstanceId} {Request.OrchestrationInstance.ExecutionId} {TaskId}";
}

/// <summary>Runs orchestrators and activities that a test wrote as lambdas: episodes by Microsoft's own runner,
/// sessions and all.</summary>
internal sealed class LambdaRunner : ITaskRunner, IDisposable
{
    private readonly Dictionary<string, Func<ActivityRequest, CancellationToken, Task<string?>>> _activities = new(
        StringComparer.OrdinalIgnoreCase
    );
    private ExtendedSessionsCache _sessions = new();
    private int _generation = 1;
    private int _episodes;

    public Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> Orchestrators { get; } =
        new(StringComparer.OrdinalIgnoreCase);

    public int Generation => Volatile.Read(ref _generation);

    /// <summary>The hub's, for what Microsoft's code logs.</summary>
    public IServiceProvider? Services { get; set; }

    /// <summary>Called before each episode, with its count from 1; may throw what a worker's end would.</summary>
    public Action<int, OrchestratorRequest>? OnEpisode { get; set; }

    /// <summary>Called when an episode has run and before the host hears of it.</summary>
    public Func<OrchestratorRequest, OrchestratorResponse, Task>? OnAnswer { get; set; }

    /// <summary>Called before each activity.</summary>
    public Action<ActivityRequest>? OnActivity { get; set; }

    /// <summary>How many episodes were asked for, each with a request of its own.</summary>
    public int Episodes => Volatile.Read(ref _episodes);

    public void AddActivity<TInput, TResult>(string name, Func<TInput, ActivityOf, Task<TResult>> activity) =>
        _activities[name] = async (request, cancellation) =>
        {
            // An activity's input travels as the only item of a list.
            var json = request.Input is ['[', .. var item, ']'] ? item : request.Input;
            var input = (TInput?)JsonDataConverter.Default.Deserialize(json, typeof(TInput));
            return JsonDataConverter.Default.Serialize(await activity(input!, new ActivityOf(request, cancellation)));
        };

    /// <summary>Adds the same functions to a worker of another host.</summary>
    public void AddTo(DurableTaskRegistry tasks)
    {
        foreach (var (name, body) in Orchestrators)
            tasks.AddOrchestrator(name, new Orchestrator(body, NullLoggerFactory.Instance));
        foreach (var (name, run) in _activities)
            tasks.AddActivity(name, new Activity(name, run));
    }

    /// <summary>As a worker that ended and was started again.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref _generation);
        DropSessions();
    }

    /// <summary>As a worker whose sessions have had their time; the host does not know of it.</summary>
    public void DropSessions() => _sessions = new();

    public bool HasOrchestrator(string name) => Orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => _activities.ContainsKey(name);

    public async Task<OrchestratorResponse> RunEpisodeAsync(EpisodeCall episode, CancellationToken cancellation)
    {
        var orchestrator = episode.Orchestrator;
        var request = await episode.WithPastAsync();
        var count = Interlocked.Increment(ref _episodes);
        OnEpisode?.Invoke(count, request);
        if (!Orchestrators.TryGetValue(orchestrator, out var body))
            throw new EpisodeFailedException(
                new Failure
                {
                    ErrorType = "OrchestratorTaskNotFound",
                    ErrorMessage = $"There is no orchestrator '{orchestrator}'.",
                }
            );
        var encoded = Convert.ToBase64String(request.ToByteArray());
        var services = Services ?? throw new InvalidOperationException("No hub runs.");
        var answer = GrpcOrchestrationRunner.LoadAndRun(
            encoded,
            new Orchestrator(body, services.GetRequiredService<ILoggerFactory>()),
            _sessions,
            services
        );
        var response = OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(answer));
        if (OnAnswer is { } onAnswer)
            await onAnswer(request, response);
        return response;
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

    private static Failure Of(Exception error) =>
        new()
        {
            ErrorType = error.GetType().FullName,
            ErrorMessage = error.Message,
            StackTrace = error.StackTrace,
            InnerFailure = error.InnerException is { } inner ? Of(inner) : null,
        };

    private sealed class Activity(string name, Func<ActivityRequest, CancellationToken, Task<string?>> run)
        : ITaskActivity
    {
        public Type InputType => typeof(JsonElement?);

        public Type OutputType => typeof(object);

        public async Task<object?> RunAsync(TaskActivityContext context, object? input)
        {
            var request = new ActivityRequest
            {
                Name = name,
                Input = $"[{(input is JsonElement json ? json.GetRawText() : "null")}]",
                OrchestrationInstance = new() { InstanceId = context.InstanceId },
            };
            return await run(request, CancellationToken.None) is { } result
                ? JsonSerializer.Deserialize<JsonElement>(result)
                : null;
        }
    }

    private sealed class Orchestrator(Func<TaskOrchestrationContext, Task<object?>> body, ILoggerFactory loggers)
        : ITaskOrchestrator
    {
        public Type InputType => typeof(JsonElement?);

        public Type OutputType => typeof(object);

        public Task<object?> RunAsync(TaskOrchestrationContext context, object? input) =>
            body(new LambdaContext(context, input as JsonElement?, loggers));
    }
}

/// <summary>Microsoft's context for an orchestrator that says at <see cref="GetInput{T}"/> what its input is, as
/// functions do.</summary>
internal sealed class LambdaContext(TaskOrchestrationContext inner, JsonElement? input, ILoggerFactory loggers)
    : TaskOrchestrationContext
{
    public override TaskName Name => inner.Name;

    public override string InstanceId => inner.InstanceId;

    public override ParentOrchestrationInstance? Parent => inner.Parent;

    public override DateTime CurrentUtcDateTime => inner.CurrentUtcDateTime;

    public override bool IsReplaying => inner.IsReplaying;

    public override string Version => inner.Version;

    public override IReadOnlyDictionary<string, object?> Properties => inner.Properties;

    protected override ILoggerFactory LoggerFactory => loggers;

    public override T? GetInput<T>()
        where T : default =>
        input is { } json ? (T?)JsonDataConverter.Default.Deserialize(json.GetRawText(), typeof(T)) : default;

    public override Task<TResult> CallActivityAsync<TResult>(
        TaskName name,
        object? input = null,
        TaskOptions? options = null
    ) => inner.CallActivityAsync<TResult>(name, input, options);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName,
        object? input = null,
        TaskOptions? options = null
    ) => inner.CallSubOrchestratorAsync<TResult>(orchestratorName, input, options);

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) =>
        inner.CreateTimer(fireAt, cancellationToken);

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        inner.WaitForExternalEvent<T>(eventName, cancellationToken);

    public override void SendEvent(string instanceId, string eventName, object payload) =>
        inner.SendEvent(instanceId, eventName, payload);

    public override void SetCustomStatus(object? customStatus) => inner.SetCustomStatus(customStatus);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        inner.ContinueAsNew(newInput, preserveUnprocessedEvents);

    public override void ContinueAsNew(ContinueAsNewOptions options) => inner.ContinueAsNew(options);

    public override Guid NewGuid() => inner.NewGuid();
}
