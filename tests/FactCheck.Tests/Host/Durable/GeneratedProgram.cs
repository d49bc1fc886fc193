using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.DurableTask.Converters;

namespace FactCheck.Tests.Host.Durable;

/// <summary>What one step of a generated orchestrator does.</summary>
internal enum StepKind
{
    Activity,
    LargeResult,
    FanOut,
    FailingActivity,
    RetriedActivity,
    RetriedInVain,
    Child,
    Children,
    FailingChild,
    RetriedChild,
    RenewedChild,
    Timer,
    FirstOfActivityAndTimer,
    Event,
    EventOfChild,
    EventThatNeverComes,
    Status,
    GuidAndTime,
    Renewal,
}

/// <summary>How a generated orchestrator ends.</summary>
internal enum Ending
{
    Return,
    Throw,
    FailWithActivity,
    FailWithChild,

    /// <summary>It waits for what never comes, until it is terminated.</summary>
    Terminated,
}

/// <summary>A generated orchestrator: a list of steps that it does one after the other, or two at a time, and an end.
/// What becomes of it depends on these alone, so that each way of running it, live, replayed, crashed, or on another
/// host, must come to the same.</summary>
/// <param name="IsSuspended">It is suspended while its events are sent, and resumed.</param>
internal sealed record GeneratedProgram(StepKind[] Steps, bool Pairs, Ending Ending, bool IsSuspended)
{
    /// <summary>The custom status of one that waits to be terminated.</summary>
    public const string Waiting = "waits for its end";

    /// <summary>Why it is terminated.</summary>
    public const string Reason = "enough";

    // Events that come while it goes on as new are where hosts go wrong: they are tried more often.
    private static readonly StepKind[] Kinds =
    [
        .. Enum.GetValues<StepKind>(),
        StepKind.Event,
        StepKind.Event,
        StepKind.Renewal,
    ];

    private const int Large = 70_000;
    private const string Last = "at last";

    /// <summary>Events that it waits for; sent beforehand, in this order.</summary>
    public IEnumerable<string> Events =>
        Steps
            .Select((kind, step) => (kind, step))
            .Where(one => one.kind == StepKind.Event)
            .Select(one => $"e{one.step}");

    public static GeneratedProgram Of(int seed)
    {
        var random = new Random(seed);
        var ending = random.Next(5) < 3 ? Ending.Return : random.GetItems(Enum.GetValues<Ending>(), 1)[0];
        return new(random.GetItems(Kinds, random.Next(1, 11)), random.Next(2) == 0, ending, random.Next(4) == 0);
    }

    public override string ToString() =>
        $"{(Pairs ? "two at a time" : "in a row")}: {string.Join(", ", Steps)}; ends by {Ending}"
        + $"{(IsSuspended ? "; suspended while its events are sent" : "")}";

    /// <summary>What it is started with.</summary>
    public object Input(TimeSpan minute) => new State(Steps, Pairs, Ending, minute, 0, "");

    /// <summary>What must become of it.</summary>
    public Outcome Expected()
    {
        var said = string.Concat(Steps.Select((kind, step) => $"{Says(kind, step)} "));
        var at = Steps.Select((kind, step) => (kind, step)).LastOrDefault(one => one.kind == StepKind.Status)
            is { kind: StepKind.Status, step: var last }
            ? Json($"at {last}")
            : null;
        return Ending switch
        {
            Ending.Return => new("Completed", Json(said), at, null),
            Ending.Throw => new("Failed", said, at, $"{typeof(FormatException).FullName}: {said}"),
            Ending.FailWithActivity => new(
                "Failed",
                Unhandled("Fail", Last),
                at,
                FailureOf("Fail", Last, Thrown(Last))
            ),
            Ending.FailWithChild => new(
                "Failed",
                Unhandled("FailingChild", Unhandled("Fail", Last)),
                at,
                FailureOf("FailingChild", Unhandled("Fail", Last), ChildsFailure(Last))
            ),
            _ => new("Terminated", Json(Reason), Json(Waiting), null),
        };
    }

    /// <summary>Whether Microsoft's host can be trusted with it. It loses events that are there and unread when an
    /// orchestrator goes on as new (durabletask-dotnet, issue 387): those of later executions must not be sent
    /// before.</summary>
    public bool IsForBoth => !Steps.SkipWhile(kind => kind != StepKind.Renewal).Contains(StepKind.Event);

    /// <summary>What must become of it on Microsoft's host, which means to keep the custom status over ContinueAsNew
    /// and then writes the new execution's over it, which has none yet.</summary>
    public Outcome ExpectedThere() =>
        Ending != Ending.Terminated
        && Array.LastIndexOf(Steps, StepKind.Renewal) > Array.LastIndexOf(Steps, StepKind.Status)
            ? Expected() with
            {
                CustomStatus = null,
            }
            : Expected();

    /// <summary>Adds it, and what it calls, to a hub's functions; every program is run by the same ones.</summary>
    public static TestHubBuilder AddTo(TestHubBuilder builder)
    {
        var tries = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        return builder
            .AddOrchestrator("Program", context => RunAsync(context, context.GetInput<State>()!))
            .AddOrchestrator(
                "Child",
                async context => await context.CallActivityAsync<string>("Say", context.GetInput<string>()) + "!"
            )
            .AddOrchestrator(
                "FailingChild",
                context => context.CallActivityAsync<string>("Fail", context.GetInput<string>())
            )
            .AddOrchestrator(
                "ChildThatFailsTwice",
                context => context.CallActivityAsync<string>("FailTwice", context.GetInput<string>())
            )
            .AddOrchestrator("RenewedChild", RenewAsync)
            .AddOrchestrator(
                "Sender",
                async context =>
                {
                    var name = context.GetInput<string>()!;
                    context.SendEvent(
                        context.Parent!.InstanceId,
                        name,
                        await context.CallActivityAsync<string>("Say", name)
                    );
                    return "sent";
                }
            )
            .AddActivity<string, string>("Say", Task.FromResult)
            .AddActivity<int, string>("SayMuch", length => Task.FromResult(new string('x', length)))
            .AddActivity<string, string>(
                "Fail",
                text => Task.FromException<string>(new InvalidOperationException(text))
            )
            .AddActivity<string, string>(
                "FailTwice",
                text =>
                    tries.AddOrUpdate(text, 1, (_, before) => before + 1) < 3
                        ? Task.FromException<string>(new TimeoutException(text))
                        : Task.FromResult(text.Split(' ')[1])
            );
    }

    private static async Task<string> RunAsync(TaskOrchestrationContext context, State state)
    {
        var (steps, said, step) = (state.Steps, state.Said, state.Step);
        while (step < steps.Length)
        {
            if (steps[step] == StepKind.Renewal)
            {
                context.ContinueAsNew(state with { Step = step + 1, Said = $"{said}new " });
                return "";
            }
            var two = state.Pairs && step + 1 < steps.Length && steps[step + 1] != StepKind.Renewal;
            Task<string>[] done = two
                ? [StepAsync(context, state, step), StepAsync(context, state, step + 1)]
                : [StepAsync(context, state, step)];
            said += string.Join(' ', await Task.WhenAll(done)) + " ";
            step += done.Length;
        }
        switch (state.Ending)
        {
            case Ending.Throw:
                throw new FormatException(said);
            case Ending.FailWithActivity:
                return await context.CallActivityAsync<string>("Fail", Last);
            case Ending.FailWithChild:
                return await context.CallSubOrchestratorAsync<string>("FailingChild", Last);
            case Ending.Terminated:
                context.SetCustomStatus(Waiting);
                return await context.WaitForExternalEvent<string>("the end");
            default:
                return said;
        }
    }

    private static async Task<string> StepAsync(TaskOrchestrationContext context, State state, int step)
    {
        var retries = TaskOptions.FromRetryPolicy(new RetryPolicy(5, state.Minute * 5));
        switch (state.Steps[step])
        {
            case StepKind.Activity:
                return await context.CallActivityAsync<string>("Say", $"said{step}");
            case StepKind.LargeResult:
                return (await context.CallActivityAsync<string>("SayMuch", Large)).Length.ToString(
                    CultureInfo.InvariantCulture
                );
            case StepKind.FanOut:
                return string.Concat(
                    await Task.WhenAll(
                        Enumerable.Range(0, 4).Select(i => context.CallActivityAsync<string>("Say", $"{i}"))
                    )
                );
            case StepKind.FailingActivity:
                return await FailureAsync(context.CallActivityAsync<string>("Fail", $"fail{step}"));
            case StepKind.RetriedActivity:
                return await context.CallActivityAsync<string>(
                    "FailTwice",
                    $"{context.InstanceId} third{step}",
                    retries
                );
            case StepKind.RetriedInVain:
                return await FailureAsync(
                    context.CallActivityAsync<string>(
                        "Fail",
                        $"vain{step}",
                        TaskOptions.FromRetryPolicy(new RetryPolicy(2, state.Minute))
                    )
                );
            case StepKind.Child:
                return await context.CallSubOrchestratorAsync<string>("Child", $"child{step}");
            case StepKind.Children:
                return string.Concat(
                    await Task.WhenAll(
                        Enumerable.Range(0, 3).Select(i => context.CallSubOrchestratorAsync<string>("Child", $"{i}"))
                    )
                );
            case StepKind.FailingChild:
                return await FailureAsync(context.CallSubOrchestratorAsync<string>("FailingChild", $"fail{step}"));
            case StepKind.RetriedChild:
                return await context.CallSubOrchestratorAsync<string>(
                    "ChildThatFailsTwice",
                    $"{context.InstanceId} again{step}",
                    retries
                );
            case StepKind.RenewedChild:
                return await context.CallSubOrchestratorAsync<string>("RenewedChild", 0);
            case StepKind.Timer:
                await context.CreateTimer(state.Minute * (10 + step), CancellationToken.None);
                return "late";
            case StepKind.FirstOfActivityAndTimer:
                return await FirstAsync(context);
            case StepKind.Event:
                return await context.WaitForExternalEvent<string>($"e{step}");
            case StepKind.EventOfChild:
                var comes = context.WaitForExternalEvent<string>($"child's{step}");
                return await context.CallSubOrchestratorAsync<string>("Sender", $"child's{step}") + " " + await comes;
            case StepKind.EventThatNeverComes:
                try
                {
                    return await context.WaitForExternalEvent<string>($"never{step}", state.Minute * 30);
                }
                catch (TaskCanceledException)
                {
                    return "nothing";
                }
            case StepKind.Status:
                context.SetCustomStatus($"at {step}");
                return "status";
            default:
                // What a replay makes of both is compared with what they were when they were said.
                var now = $"{context.NewGuid()} {context.CurrentUtcDateTime:o}";
                var said = await context.CallActivityAsync<string>("Say", now);
                return said == now ? "the same" : $"{now}, which was {said}";
        }
    }

    private static async Task<string> FirstAsync(TaskOrchestrationContext context)
    {
        using var enough = new CancellationTokenSource();
        var timer = context.CreateTimer(TimeSpan.FromDays(365), enough.Token);
        var first = await Task.WhenAny(context.CallActivityAsync<string>("Say", "quick"), timer);
#pragma warning disable CA1849, MA0042 // on the orchestrator's own thread
        enough.Cancel();
#pragma warning restore CA1849, MA0042
        return first == timer ? "slow" : "quick";
    }

    private static async Task<string> RenewAsync(TaskOrchestrationContext context)
    {
        var times = context.GetInput<int>();
        await context.CallActivityAsync<string>("Say", $"{times}");
        if (times < 2)
            context.ContinueAsNew(times + 1);
        return $"renewed {times} times";
    }

    private static async Task<string> FailureAsync(Task<string> call)
    {
        try
        {
            return await call;
        }
        catch (TaskFailedException failure)
        {
            return Outcome.Describe(failure.FailureDetails)!;
        }
    }

    /// <summary>What a step adds to the result.</summary>
    private static string Says(StepKind kind, int step) =>
        kind switch
        {
            StepKind.Activity => $"said{step}",
            StepKind.LargeResult => Large.ToString(CultureInfo.InvariantCulture),
            StepKind.FanOut => "0123",
            StepKind.FailingActivity => Thrown($"fail{step}"),
            StepKind.RetriedActivity => $"third{step}",
            StepKind.RetriedInVain => Thrown($"vain{step}"),
            StepKind.Child => $"child{step}!",
            StepKind.Children => "0!1!2!",
            StepKind.FailingChild => ChildsFailure($"fail{step}"),
            StepKind.RetriedChild => $"again{step}",
            StepKind.RenewedChild => "renewed 2 times",
            StepKind.Timer => "late",
            StepKind.FirstOfActivityAndTimer => "quick",
            StepKind.Event => $"e{step}",
            StepKind.EventOfChild => $"sent child's{step}",
            StepKind.EventThatNeverComes => "nothing",
            StepKind.Status => "status",
            StepKind.GuidAndTime => "the same",
            _ => "new",
        };

    private static string Json(string text) => JsonDataConverter.Default.Serialize(text)!;

    private static string Thrown(string text) => $"{typeof(InvalidOperationException).FullName}: {text}";

    private static string Unhandled(string task, string text) =>
        $"Task '{task}' (#) failed with an unhandled exception: {text}";

    private static string FailureOf(string task, string text, string inner) =>
        $"{typeof(TaskFailedException).FullName}: {Unhandled(task, text)} < {inner}";

    private static string ChildsFailure(string text) => FailureOf("Fail", text, Thrown(text));

    private sealed record State(StepKind[] Steps, bool Pairs, Ending Ending, TimeSpan Minute, int Step, string Said);
}
