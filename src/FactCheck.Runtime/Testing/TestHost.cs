using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Runtime;

/// <summary>A running host of a test. Time stands still until <see cref="AdvanceAsync"/>; blob folders are looked at by <see cref="WhenIdleAsync"/> only.</summary>
public sealed class TestHost : IAsyncDisposable
{
    private readonly TestHostBuilder _builder;
    private readonly bool _ownsData;
    private IHost? _host;
    private HttpClient? _http;

    internal TestHost(TestHostBuilder builder)
    {
        _builder = builder;
        Time = builder.Time ?? new FakeTimeProvider(builder.Start);
        _ownsData = builder.DataDirectory is null;
        DataDirectory = builder.DataDirectory ?? Directory.CreateTempSubdirectory("runtime-test-").FullName;
    }

    /// <summary>The clock. Prefer <see cref="AdvanceAsync"/>, which also waits for what comes of it.</summary>
    public FakeTimeProvider Time { get; }

    /// <summary>Holds <c>runtime.db</c> and the blob containers.</summary>
    public string DataDirectory { get; }

    /// <summary>The app's services.</summary>
    public IServiceProvider Services => _host?.Services ?? throw new InvalidOperationException("The host is not running.");

    /// <summary>Starts, asks and steers orchestrations.</summary>
    public DurableTaskClient Client => Services.GetRequiredService<DurableTaskClient>();

    /// <summary>Speaks to the app's HTTP functions; does not follow redirects or keep cookies.</summary>
    public HttpClient Http => _http ??= new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = BaseAddress };

    /// <summary>Where the app's HTTP functions answer.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public Uri BaseAddress => Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address
        ? new Uri(address)
        : throw new InvalidOperationException("The host has no HTTP functions, so it does not listen.");

    /// <summary>Blobs that were given up.</summary>
    public IReadOnlyList<PoisonBlob> PoisonBlobs => EmbeddedHost.ListPoisonBlobs(DataDirectory);

    internal Engine Engine => Services.GetRequiredService<EmbeddedRuntime>().Engine;

    private IdleTracker Idle => Services.GetRequiredService<IdleTracker>();

    /// <summary>
    /// Looks at the blob folders once, then waits until no message is unread and no activity, trigger or episode runs. Instances may wait for timers and events.
    /// </summary>
    /// <exception cref="TimeoutException">Something still runs after a generous time; it is named.</exception>
    public async Task WhenIdleAsync()
    {
        if (Services.GetRequiredService<IOptions<EmbeddedHostOptions>>().Value.BlobTriggers && Services.GetRequiredService<EmbeddedRuntime>().Blobs is { } blobs)
            await blobs.LookOnceAsync();
        await Idle.WhenIdleAsync(_builder.IdleLimit);
    }

    /// <summary>Waits until idle, moves the clock in one jump, and waits until what came of it is done. Timers in between fire late, once.</summary>
    /// <exception cref="InvalidOperationException">The host runs in real time.</exception>
    public async Task AdvanceAsync(TimeSpan by)
    {
        if (_builder.RealTime)
            throw new InvalidOperationException("This host runs in real time: its clock can't be moved.");
        await WhenIdleAsync();
        Time.Advance(by);
        await WhenIdleAsync();
    }

    /// <summary>Stops in good order: what runs may end, what has come in is stored.</summary>
    public Task StopAsync() => EndAsync(kill: false);

    /// <summary>Stops as a crash would: from now on nothing is stored, and nobody gets an answer. The files stay.</summary>
    public Task CrashAsync() => EndAsync(kill: true);

    /// <summary>Starts again on the same files and clock, after <see cref="StopAsync"/> or <see cref="CrashAsync"/>.</summary>
    public async Task StartAsync()
    {
        if (_host is not null)
            throw new InvalidOperationException("The host is running.");
        var app = NewBuilder();
        var host = app.Build();
        _host = host;
        Register(host.Services);
        await host.StartAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(kill: false);
        if (_ownsData)
            Directory.Delete(DataDirectory, recursive: true);
    }

    private async Task EndAsync(bool kill)
    {
        if (_host is not { } host)
            return;
        _http?.Dispose();
        _http = null;
        if (kill)
            await host.Services.GetRequiredService<EmbeddedRuntime>().KillAsync();
        _host = null;
        await host.StopAsync();
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    private FunctionsApplicationBuilder NewBuilder()
    {
        // Nothing of the machine: no settings files, no environment, no watchers.
        var web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = DataDirectory, EnvironmentName = "Test" });
        var listens = _builder.Assemblies.SelectMany(assembly => assembly.GetTypes()).Concat(_builder.Classes)
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static))
            .SelectMany(method => method.GetParameters())
            .Any(parameter => parameter.IsDefined(typeof(HttpTriggerAttribute))) || HasManagement();
        web.Services.AddRoutingCore();
        web.Services.AddLogging();
        if (listens)
        {
            web.WebHost.UseKestrelCore();
            web.WebHost.UseUrls("http://127.0.0.1:0");
        }
        else
        {
            web.Services.AddSingleton<IServer, NoServer>();
        }
        var app = new FunctionsApplicationBuilder(web);
        app.Services.AddSingleton(_builder.RealTime ? TimeProvider.System : Time);
        app.Services.TryAddSingleton(_builder.HostJsonText is { } text ? HostJson.Parse(text) : new HostJson { RoutePrefix = string.Empty });
        app.Services.Configure<EmbeddedHostOptions>(options =>
        {
            options.DataDirectory = DataDirectory;
            options.NoEntryAssembly = true;
            options.WatchBlobs = false;
            options.Retention = null;
            options.DrainTimeout = TimeSpan.FromSeconds(5);
            options.Synchronous = SynchronousMode.Normal; // a test's power does not fail
            foreach (var assembly in _builder.Assemblies)
                options.FunctionAssemblies.Add(assembly);
            foreach (var type in _builder.Classes)
                options.FunctionClasses.Add(type);
        });
        foreach (var configure in _builder.App)
            configure(app);
        foreach (var configure in _builder.Options)
            app.Services.Configure(configure);
        return app;
    }

    private bool HasManagement()
    {
        var options = new EmbeddedHostOptions();
        foreach (var configure in _builder.Options)
            configure(options);
        return options.Management is not null;
    }

    private void Register(IServiceProvider services)
    {
        var durable = services.GetRequiredService<DurableFunctions>();
        var invoker = services.GetRequiredService<FunctionInvoker>();
        foreach (var (name, orchestrator) in _builder.Orchestrators)
        {
            var function = FunctionDescriptor.OfLambda(name, new OrchestrationTriggerAttribute(), (_, context) => orchestrator((TaskOrchestrationContext)((InvocationContext)context).Trigger));
            durable.Orchestrators[name] = execution => invoker.InvokeOrchestratorAsync(function, execution);
        }
        foreach (var (name, (input, run)) in _builder.Activities)
        {
            var converter = services.GetRequiredService<DataConverter>();
            var function = FunctionDescriptor.OfLambda(
                name, new ActivityTriggerAttribute(), (call, context) => run(converter.Deserialize(((ActivityCall)call).Input, input) ?? Default(input), context));
            durable.Activities[name] = (call, cancellation) => invoker.InvokeActivityAsync(function, call, cancellation);
        }
    }

    private static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    /// <summary>Stands in where nothing is to be listened to.</summary>
    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() { }
    }
}
