using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Runtime;

/// <summary>Says what a test host runs.</summary>
public sealed class TestHostBuilder
{
    private readonly Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> _orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (Type Input, Func<object?, FunctionContext, Task<object?>> Run)> _activities = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Action<FunctionsApplicationBuilder>> _app = [];
    private readonly List<Action<EmbeddedHostOptions>> _options = [];
    private readonly List<Assembly> _assemblies = [];
    private readonly List<Type> _classes = [];

    internal TestHostBuilder() { }

    internal IReadOnlyDictionary<string, Func<TaskOrchestrationContext, Task<object?>>> Orchestrators => _orchestrators;

    internal IReadOnlyDictionary<string, (Type Input, Func<object?, FunctionContext, Task<object?>> Run)> Activities => _activities;

    internal IReadOnlyList<Action<FunctionsApplicationBuilder>> App => _app;

    internal IReadOnlyList<Action<EmbeddedHostOptions>> Options => _options;

    internal IReadOnlyList<Assembly> Assemblies => _assemblies;

    internal IReadOnlyList<Type> Classes => _classes;

    internal string? DataDirectory { get; private set; }

    internal DateTimeOffset Start { get; private set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal TimeSpan IdleLimit { get; private set; } = TimeSpan.FromSeconds(60);

    internal FakeTimeProvider? Time { get; private set; }

    internal bool RealTime { get; private set; }

    internal string? HostJsonText { get; private set; }

    /// <summary>Adds an orchestrator with a result.</summary>
    public TestHostBuilder AddOrchestrator<TResult>(string name, Func<TaskOrchestrationContext, Task<TResult>> orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        _orchestrators[name] = async context => await orchestrator(context);
        return this;
    }

    /// <summary>Adds an orchestrator without a result.</summary>
    public TestHostBuilder AddOrchestrator(string name, Func<TaskOrchestrationContext, Task> orchestrator)
    {
        ArgumentNullException.ThrowIfNull(orchestrator);
        _orchestrators[name] = async context =>
        {
            await orchestrator(context);
            return null;
        };
        return this;
    }

    /// <summary>Adds an activity, or replaces the app's of that name.</summary>
    public TestHostBuilder AddActivity<TInput, TResult>(string name, Func<TInput, Task<TResult>> activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return AddActivity<TInput, TResult>(name, (input, _) => activity(input));
    }

    /// <summary>Adds an activity without a result, or replaces the app's of that name.</summary>
    public TestHostBuilder AddActivity<TInput>(string name, Func<TInput, Task> activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return AddActivity<TInput, object?>(name, async (input, _) =>
        {
            await activity(input);
            return null;
        });
    }

    /// <summary>Adds an activity that wants its invocation, or replaces the app's of that name.</summary>
    public TestHostBuilder AddActivity<TInput, TResult>(string name, Func<TInput, FunctionContext, Task<TResult>> activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        _activities[name] = (typeof(TInput), async (input, context) => await activity((TInput)input!, context));
        return this;
    }

    /// <summary>Adds all functions of an assembly.</summary>
    public TestHostBuilder AddFunctions(Assembly assembly)
    {
        _assemblies.Add(assembly);
        return this;
    }

    /// <summary>Adds the functions of one class.</summary>
    public TestHostBuilder AddFunctions<TClass>()
    {
        _classes.Add(typeof(TClass));
        return this;
    }

    /// <summary>Adds functions of one class; for static classes.</summary>
    public TestHostBuilder AddFunctions(Type functionClass)
    {
        _classes.Add(functionClass);
        return this;
    }

    /// <summary>Adds services.</summary>
    public TestHostBuilder ConfigureServices(Action<IServiceCollection> configure) => ConfigureApp(builder => configure(builder.Services));

    /// <summary>Does what the app's Program does to its builder: services, settings, middleware. Runs again at each restart.</summary>
    public TestHostBuilder ConfigureApp(Action<FunctionsApplicationBuilder> configure)
    {
        _app.Add(configure);
        return this;
    }

    /// <summary>Sets options of the embedded host.</summary>
    public TestHostBuilder Configure(Action<EmbeddedHostOptions> configure)
    {
        _options.Add(configure);
        return this;
    }

    /// <summary>Drops every instance from memory after each of its episodes, so that every await is replayed.</summary>
    public TestHostBuilder EvictAlways(bool evict = true) => Configure(options => options.EvictAlways = evict);

    /// <summary>Leaves timer triggers alone, however the clock moves.</summary>
    public TestHostBuilder WithoutTimerTriggers() => Configure(options => options.TimerTriggers = false);

    /// <summary>Keeps the data here, and leaves it there; otherwise it is a temporary folder that goes with the host.</summary>
    public TestHostBuilder WithData(string directory)
    {
        DataDirectory = directory;
        return this;
    }

    /// <summary>Uses this text as <c>host.json</c>; otherwise the route prefix is empty and the rest as by default.</summary>
    public TestHostBuilder WithHostJson(string json)
    {
        HostJsonText = json;
        return this;
    }

    /// <summary>The time at the start; 2030-01-01 otherwise.</summary>
    public TestHostBuilder StartingAt(DateTimeOffset time)
    {
        Start = time;
        return this;
    }

    /// <summary>Uses this clock.</summary>
    public TestHostBuilder WithTime(FakeTimeProvider time)
    {
        Time = time;
        return this;
    }

    /// <summary>Lets the machine's clock run, for tests that were written to wait; <see cref="TestHost.AdvanceAsync"/> is then refused.</summary>
    public TestHostBuilder InRealTime()
    {
        RealTime = true;
        return this;
    }

    /// <summary>How long, in real time, <see cref="TestHost.WhenIdleAsync"/> waits; 60 s otherwise.</summary>
    public TestHostBuilder WithIdleLimit(TimeSpan limit)
    {
        IdleLimit = limit;
        return this;
    }

    /// <summary>Starts the host.</summary>
    /// <exception cref="EmbeddedHostException">A binding can't work, or the data can't be opened.</exception>
    public async Task<TestHost> StartAsync()
    {
        var host = new TestHost(this);
        try
        {
            await host.StartAsync();
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
        return host;
    }
}
