using System.Text.Json.Nodes;
using FactCheck.Host;
using FactCheck.Host.Durable;
using FactCheck.Host.Worker;
using FactCheck.Host.Worker.Rpc;
using Google.Protobuf;
using Microsoft.DurableTask.Protobuf;
using TaskFailureDetails = Microsoft.DurableTask.Protobuf.TaskFailureDetails;

namespace FactCheck.Tests.Host.Worker;

public sealed class FunctionTasksTests
{
    private readonly Invoker _invoker = new();

    private FunctionTasks Tasks => new(_invoker);

    [Fact]
    public void Names_are_those_of_the_triggers_and_ignore_case()
    {
        Assert.True(Tasks.HasActivity("GREET"));
        Assert.True(Tasks.HasActivity("other name"));
        Assert.False(Tasks.HasActivity("Renamed"));
        Assert.True(Tasks.HasOrchestrator("order"));
        Assert.False(Tasks.HasOrchestrator("Greet"));
    }

    [Fact]
    public async Task What_an_activity_returns_becomes_json()
    {
        await Returns(new() { String = "a \"b\" ü" }, "\"a \\\"b\\\" ü\"");
        await Returns(new() { Json = """{"a":1}""" }, """{"a":1}""");
        await Returns(new() { Bytes = ByteString.CopyFrom(1, 2, 3) }, "\"AQID\"");
        await Returns(new() { Double = 0.5 }, "0.5");
        await Returns(null, null);
        Assert.Equal("3", _invoker.Last!.Input.Json);
        Assert.Equal("one", _invoker.Last.Metadata["instanceId"].String);
    }

    [Fact]
    public async Task An_activity_fails_as_its_worker_says()
    {
        var inside = await Fails(
            new()
            {
                Message =
                    """{"errorType":"My.Error","errorMessage":"no","innerFailure":{"errorType":"Inner"},"new":1}"""
                    + "\nmore",
            }
        );
        Assert.Equal(
            ("My.Error", "no", "Inner"),
            (inside.ErrorType, inside.ErrorMessage, inside.InnerFailure.ErrorType)
        );
        var plain = await Fails(
            new() { Message = "System.FormatException: bad: very\n   at Somewhere()", StackTrace = "at Somewhere()" }
        );
        Assert.Equal(
            ("System.FormatException", "bad: very", "at Somewhere()"),
            (plain.ErrorType, plain.ErrorMessage, plain.StackTrace)
        );
        var user = await Fails(
            new()
            {
                Message = "it: broke",
                Type = "My.Error",
                IsUserException = true,
            }
        );
        Assert.Equal(("My.Error", "it: broke"), (user.ErrorType, user.ErrorMessage));
        var brace = await Fails(new() { Message = "{nothing" });
        Assert.Equal(("(unknown)", "{nothing"), (brace.ErrorType, brace.ErrorMessage));
        var unnamed = await Fails(new() { Message = "Exception of type 'My.Error' was thrown." });
        Assert.Equal(("My.Error", ""), (unnamed.ErrorType, unnamed.ErrorMessage));
        _invoker.Answer = _ => throw new TimeoutException("too long");
        Assert.Equal("System.TimeoutException", (await ActivityAsync()).FailureDetails.ErrorType);
    }

    [Fact]
    public async Task A_lost_worker_is_not_a_failed_activity()
    {
        _invoker.Answer = _ => throw new WorkerLostException("gone");
        await Assert.ThrowsAsync<WorkerLostException>(ActivityAsync);
    }

    [Fact]
    public async Task An_episode_goes_there_and_back()
    {
        OrchestratorRequest? seen = null;
        _invoker.Answer = call =>
        {
            seen = OrchestratorRequest.Parser.ParseFrom(Convert.FromBase64String(call.Input.String));
            return new()
            {
                String = Convert.ToBase64String(
                    new OrchestratorResponse { InstanceId = "one", CustomStatus = "fine" }.ToByteArray()
                ),
            };
        };
        var response = await Tasks.RunEpisodeAsync(new("ORDER", "", new() { InstanceId = "one" }), default);
        Assert.Equal("one", seen!.InstanceId);
        Assert.Equal("fine", response.CustomStatus);
    }

    [Fact]
    public async Task An_episode_that_is_no_episode_fails_the_orchestration()
    {
        foreach (
            var answer in new TypedData?[]
            {
                null,
                new() { String = "nonsense!" },
                new() { Json = "{}" },
                new() { String = Convert.ToBase64String([0xff, 0xff, 0xff]) },
            }
        )
        {
            _invoker.Answer = _ => answer;
            var failed = await Assert.ThrowsAsync<EpisodeFailedException>(EpisodeAsync);
            Assert.Contains("Order", failed.Failure.ErrorMessage);
        }
        _invoker.Answer = _ =>
            throw new FunctionFailedException(
                "Order",
                new() { Message = "System.InvalidOperationException: no such step" }
            );
        Assert.Equal(
            "no such step",
            (await Assert.ThrowsAsync<EpisodeFailedException>(EpisodeAsync)).Failure.ErrorMessage
        );
    }

    [Fact]
    public async Task An_episode_of_a_platform_that_failed_is_tried_again()
    {
        var failure = new TaskFailureDetails { ErrorType = "System.OutOfMemoryException" };
        var response = new OrchestratorResponse
        {
            Actions = { new OrchestratorAction { CompleteOrchestration = new() { FailureDetails = failure } } },
        };
        _invoker.Answer = _ => new() { String = Convert.ToBase64String(response.ToByteArray()) };
        await Assert.ThrowsAsync<WorkerLostException>(EpisodeAsync);
        // An activity's is the orchestration's own failure: another try would come to the same.
        response.Actions[0].CompleteOrchestration.FailureDetails = new()
        {
            ErrorType = "My.Error",
            InnerFailure = failure,
        };
        Assert.Equal("My.Error", (await EpisodeAsync()).Actions[0].CompleteOrchestration.FailureDetails.ErrorType);
        _invoker.Answer = _ => throw new TimeoutException();
        await Assert.ThrowsAsync<TimeoutException>(EpisodeAsync);
    }

    private async Task Returns(TypedData? value, string? json)
    {
        _invoker.Answer = _ => value;
        var response = await ActivityAsync();
        Assert.Equal(json, response.Result);
        Assert.Null(response.FailureDetails);
        Assert.Equal(("one", 7), (response.InstanceId, response.TaskId));
    }

    private async Task<TaskFailureDetails> Fails(FactCheck.Host.Worker.Rpc.RpcException error)
    {
        _invoker.Answer = _ => throw new FunctionFailedException("Greet", error);
        return (await ActivityAsync()).FailureDetails;
    }

    private Task<ActivityResponse> ActivityAsync() =>
        Tasks.RunActivityAsync(
            new()
            {
                Name = "greet",
                Input = "3",
                TaskId = 7,
                OrchestrationInstance = new() { InstanceId = "one" },
            },
            default
        );

    private Task<OrchestratorResponse> EpisodeAsync() => Tasks.RunEpisodeAsync(new("Order", "", new()), default);

    private sealed class Invoker : IFunctionInvoker
    {
        public Func<Invocation, TypedData?> Answer { get; set; } = _ => null;

        public Invocation? Last { get; private set; }

        public IReadOnlyList<HostedFunction> Functions { get; } =
        [
            Function("Greet", "activityTrigger"),
            Function("Renamed", "activityTrigger", ("activity", "Other Name")),
            Function("Order", "orchestrationTrigger"),
        ];

        public int Generation => 1;

        public async Task<TypedData?> InvokeAsync(Invocation invocation, CancellationToken cancellation)
        {
            await Task.Yield();
            return Answer(Last = invocation);
        }

        private static HostedFunction Function(string name, string trigger, (string Key, string Value)? more = null)
        {
            var binding = new JsonObject { ["name"] = "input", ["type"] = trigger };
            if (more is { } pair)
                binding[pair.Key] = pair.Value;
            return new(name, name, binding, []);
        }
    }
}
