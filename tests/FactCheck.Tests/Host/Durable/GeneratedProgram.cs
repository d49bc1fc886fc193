using System.Collections.Concurrent;
using Microsoft.DurableTask;

namespace FactCheck.Tests.Host.Durable;

/// <summary>What one step of a generated orchestrator does.</summary>
internal enum StepKind
{
    Activity,
    FanOut,
    FailingActivity,
    RetriedActivity,
    Child,
    Timer,
    FirstOfActivityAndTimer,
    Event,
    EventThatNeverComes,
    Status,
    GuidAndTime,
    Renewal,
}

/// <summary>
/// A generated orchestrator: a list of steps that it does one after the other, or two at a time. What it returns depends on its steps alone,
/// so that each way of running it, live, replayed, crashed, must come to the same.
/// </summary>
internal sealed record GeneratedProgram(StepKind[] Steps, bool Pairs)
{
    public static GeneratedProgram Of(Random random) => new(random.GetItems(Enum.GetValues<StepKind>(), random.Next(1, 11)), random.Next(2) == 0);

    /// <summary>Events that it waits for; sent beforehand, in this order.</summary>
    public IEnumerable<string> Events => Steps.Select((kind, step) => (kind, step)).Where(one => one.kind == StepKind.Event).Select(one => $"e{one.step}");

    public override string ToString() => $"{(Pairs ? "two at a time" : "in a row")}: {string.Join(", ", Steps)}";

    /// <summary>A host with this program as "Program".</summary>
    public TestHubBuilder Host() => TestHub.ForTests()
        .AddOrchestrator("Program", RunAsync)
        .AddOrchestrator("Child", async context => await context.CallActivityAsync<string>("Say", context.GetInput<string>()) + "!")
        .AddActivity<string, string>("Say", Task.FromResult)
        .AddActivity<string, string>("Fail", text => Task.FromException<string>(new InvalidOperationException(text)))
        .AddActivity<string, string>("FailTwice", (text, context) =>
        {
            var call = $"{context.Request.OrchestrationInstance} {text}";
            return _tries.AddOrUpdate(call, 1, (_, tries) => tries + 1) < 3 ? Task.FromException<string>(new TimeoutException(text)) : Task.FromResult(text);
        });

    private readonly ConcurrentDictionary<string, int> _tries = new(StringComparer.Ordinal);

    private async Task<string> RunAsync(TaskOrchestrationContext context)
    {
        var (from, said) = context.GetInput<State>() ?? new State(0, "");
        var step = from;
        while (step < Steps.Length)
        {
            if (Steps[step] == StepKind.Renewal)
            {
                context.ContinueAsNew(new State(step + 1, said + "new "));
                return "";
            }
            var two = Pairs && step + 1 < Steps.Length && Steps[step + 1] != StepKind.Renewal;
            Task<string>[] steps = two ? [StepAsync(context, step), StepAsync(context, step + 1)] : [StepAsync(context, step)];
            var done = await Task.WhenAll(steps);
            said += string.Join(' ', done) + " ";
            step += done.Length;
        }
        return said;
    }

    private async Task<string> StepAsync(TaskOrchestrationContext context, int step)
    {
        switch (Steps[step])
        {
            case StepKind.Activity:
                return await context.CallActivityAsync<string>("Say", $"said{step}");
            case StepKind.FanOut:
                return string.Concat(await Task.WhenAll(Enumerable.Range(0, 4).Select(i => context.CallActivityAsync<string>("Say", $"{i}"))));
            case StepKind.FailingActivity:
                try
                {
                    return await context.CallActivityAsync<string>("Fail", $"fail{step}");
                }
                catch (TaskFailedException failure)
                {
                    return failure.FailureDetails.ErrorMessage;
                }
            case StepKind.RetriedActivity:
                return await context.CallActivityAsync<string>("FailTwice", $"third{step}", TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromMinutes(5))));
            case StepKind.Child:
                return await context.CallSubOrchestratorAsync<string>("Child", $"child{step}");
            case StepKind.Timer:
                await context.CreateTimer(TimeSpan.FromMinutes(10 + step), CancellationToken.None);
                return "late";
            case StepKind.FirstOfActivityAndTimer:
                using (var enough = new CancellationTokenSource())
                {
                    var timer = context.CreateTimer(TimeSpan.FromDays(365), enough.Token);
                    var first = await Task.WhenAny(context.CallActivityAsync<string>("Say", "quick"), timer);
#pragma warning disable CA1849, MA0042 // on the orchestrator's own thread
                    enough.Cancel();
#pragma warning restore CA1849, MA0042
                    return first == timer ? "slow" : "quick";
                }
            case StepKind.Event:
                return await context.WaitForExternalEvent<string>($"e{step}");
            case StepKind.EventThatNeverComes:
                try
                {
                    return await context.WaitForExternalEvent<string>($"never{step}", TimeSpan.FromMinutes(30));
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

    private sealed record State(int Step, string Said);
}
