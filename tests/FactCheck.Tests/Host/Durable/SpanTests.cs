using System.Diagnostics;

namespace FactCheck.Tests.Host.Durable;

/// <summary>Traces: who scheduled an instance is the parent of all it does, over children, new executions, restarts and
/// crashes.</summary>
[Collection(SpanList.Collection)]
public sealed class SpanTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task An_instances_activities_children_and_later_executions_are_in_the_trace_of_who_scheduled_it_even_after_a_restart(
        bool restart
    )
    {
        using var spans = new SpanList("Microsoft.DurableTask");
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator(
                "Parent",
                async context =>
                {
                    await context.CallActivityAsync("Say", "first");
                    await context.CallSubOrchestratorAsync(
                        "Child",
                        null,
                        new SubOrchestrationOptions(instanceId: "child")
                    );
                    await context.WaitForExternalEvent<string>("go");
                    if (context.GetInput<int>() < 1)
                        context.ContinueAsNew(1);
                    else
                        await context.CallActivityAsync("Last", "last");
                }
            )
            .AddOrchestrator("Child", context => context.CallActivityAsync("ChildsOwn", "second"))
            .AddActivity<string>("Say", _ => Task.CompletedTask)
            .AddActivity<string>("ChildsOwn", _ => Task.CompletedTask)
            .AddActivity<string>("Last", _ => Task.CompletedTask)
            .StartAsync();
        var trace = await BeginAsync(host, "Parent", "p");
        if (restart)
        {
            await host.CrashAsync();
            await host.StartAsync();
        }

        await host.SendAsync("p", "go");
        await host.SendAsync("p", "go");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.ReadAsync("p")).RuntimeStatus);
        Assert.Equal(
            """
            create_orchestration:Parent
              orchestration:Parent
              activity:Say
              orchestration:Child
              activity:ChildsOwn
              activity:Last
            """.ReplaceLineEndings("\n"),
            spans.Tree(trace)
        );
        Assert.Equal(4, spans.Of(trace).First(span => span.DisplayName == "activity:Say").TagObjects.Count());
    }

    [Fact]
    public async Task What_nobody_scheduled_in_a_trace_begins_one_and_a_commit_links_to_those_that_are_in_it()
    {
        using var spans = new SpanList("Microsoft.DurableTask");
        await using var host = await TestHub.ForTests().AddOrchestrator("Alone", _ => Task.FromResult(1)).StartAsync();
        var trace = await BeginAsync(host, "Alone", "traced");
        Activity.Current = null;
        await host.BeginAsync("Alone", id: "untraced");

        var roots = spans
            .All.Where(span =>
                span.GetTagItem("durabletask.task.instance_id") is "untraced" && span.ParentSpanId == default
            )
            .ToList();
        Assert.Equal("create_orchestration:Alone", Assert.Single(roots).DisplayName);
        var created = spans.Of(trace).Single(span => span.DisplayName == "create_orchestration:Alone");
        var commit = Assert.Single(
            spans.All,
            span => span.DisplayName == "commit" && span.Links.Any(link => link.Context.SpanId == created.SpanId)
        );
        Assert.NotEqual(created.TraceId, commit.TraceId);
        Assert.Equal(1, commit.GetTagItem("factcheck.host.episodes"));
    }

    [Fact]
    public async Task A_span_says_what_kind_of_error_it_was_and_never_its_words()
    {
        using var spans = new SpanList("Microsoft.DurableTask");
        await using var host = await TestHub
            .ForTests()
            .AddOrchestrator("Fail", context => context.CallActivityAsync("Throw", "Mira Kovač said so"))
            .AddActivity<string>("Throw", words => throw new FormatException(words))
            .StartAsync();

        var trace = await BeginAsync(host, "Fail", "f");

        var failed = spans
            .Of(trace)
            .Where(span => span.Status == ActivityStatusCode.Error)
            .Select(span => $"{span.DisplayName} {span.GetTagItem("error.type")}");
        Assert.Equal(
            ["activity:Throw System.FormatException", "orchestration:Fail Microsoft.DurableTask.TaskFailedException"],
            failed
        );
        Assert.DoesNotContain(
            spans.Of(trace),
            span =>
                span.StatusDescription is not null
                || span.Events.Any()
                || span.TagObjects.Any(tag => $"{tag.Value}".Contains("Kovač", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task While_nobody_listens_nothing_is_kept()
    {
        await using var host = await Hosts.WaitingAsync();
        using (new Activity("caller").Start())
            await host.BeginAsync("Wait", id: "w");

        Assert.Equal(0, Hosts.Sql(host.DataDirectory, "SELECT COUNT(trace) FROM instances"));
    }

    /// <summary>Starts an instance as a caller does whose request is traced; its traceparent.</summary>
    private static async Task<string> BeginAsync(TestHub host, string orchestrator, string id)
    {
        var trace = SpanList.NewTrace();
        using var caller = new Activity("caller").SetParentId(trace).Start();
        caller.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        await host.BeginAsync(orchestrator, 0, id);
        return caller.Id!;
    }
}
