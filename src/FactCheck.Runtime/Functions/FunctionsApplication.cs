using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FactCheck.Runtime;

/// <summary>The entry to an app.</summary>
[SuppressMessage("Design", "CA1052", Justification = "The worker's class has a public constructor; so has this one.")]
[SuppressMessage("Roslynator", "RCS1102", Justification = "Same.")]
public class FunctionsApplication
{
    /// <summary>A builder with the usual configuration: appsettings, environment, command line.</summary>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}

/// <summary>Collects an app's services, configuration and middleware, then builds the host that runs its functions.</summary>
public class FunctionsApplicationBuilder : IFunctionsWorkerApplicationBuilder, IHostApplicationBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];

    internal FunctionsApplicationBuilder(string[] args)
        : this(WebApplication.CreateBuilder(args))
    {
        if (string.IsNullOrEmpty(_web.Configuration[WebHostDefaults.ServerUrlsKey]))
            _web.WebHost.UseUrls("http://127.0.0.1:7071");
    }

    internal FunctionsApplicationBuilder(WebApplicationBuilder web)
    {
        _web = web;
        _web.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);
        Services.AddOptions<EmbeddedHostOptions>().BindConfiguration("Runtime");
    }

    /// <inheritdoc/>
    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_web).Properties;

    /// <summary>The app's settings; sources may still be added.</summary>
    public ConfigurationManager Configuration => _web.Configuration;

    IConfigurationManager IHostApplicationBuilder.Configuration => _web.Configuration;

    /// <inheritdoc/>
    public IHostEnvironment Environment => _web.Environment;

    /// <inheritdoc/>
    public ILoggingBuilder Logging => _web.Logging;

    /// <inheritdoc/>
    public IMetricsBuilder Metrics => _web.Metrics;

    /// <inheritdoc cref="IHostApplicationBuilder.Services"/>
    public IServiceCollection Services => _web.Services;

    /// <inheritdoc/>
    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)_web).ConfigureContainer(factory, configure);

    /// <inheritdoc/>
    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        _middleware.Add(middleware);
        return this;
    }

    /// <summary>Builds the host. Bindings that can't work are refused when it starts.</summary>
    public IHost Build()
    {
        AddRuntime(Services);
        var app = _web.Build();
        HttpFunctions.Map(app, app.Services.GetRequiredService<FunctionCatalog>(), app.Services.GetRequiredService<HostJson>());
        if (app.Services.GetRequiredService<IOptions<EmbeddedHostOptions>>().Value.Management is { } allowed)
            new ManagementRoutes(app.Services.GetRequiredService<EmbeddedRuntime>(), allowed).Map(app);
        return app;
    }

    private void AddRuntime(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DataConverter>(JsonDataConverter.Default);
        services.TryAddSingleton<IdleTracker>();
        services.AddMetrics();
        services.TryAddSingleton<RuntimeMeters>();
        services.TryAddSingleton<DurableFunctions>();
        services.TryAddSingleton(_ => HostJson.Read(Path.Combine(AppContext.BaseDirectory, "host.json"), Path.Combine(Environment.ContentRootPath, "host.json")));
        services.AddSingleton(provider => new FunctionCatalog(
            Classes(provider.GetRequiredService<IOptions<EmbeddedHostOptions>>().Value), provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<IServiceProviderIsService>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<FunctionInvoker>(provider, _middleware.AsEnumerable()));
        services.AddSingleton<EmbeddedRuntime>();
        services.AddSingleton<DurableTaskClient, EmbeddedDurableTaskClient>();
        // First in, first started, last stopped: the app's own services may use the client.
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(provider => provider.GetRequiredService<EmbeddedRuntime>()));
    }

    private static IEnumerable<Type> Classes(EmbeddedHostOptions options) =>
        Assemblies(options).Distinct().SelectMany(assembly => assembly.GetTypes()).Concat(options.FunctionClasses).Distinct();

    private static IEnumerable<Assembly> Assemblies(EmbeddedHostOptions options) =>
        options.FunctionAssemblies.Count > 0 || options.NoEntryAssembly ? options.FunctionAssemblies
        : Assembly.GetEntryAssembly() is { } entry ? [entry]
        : [];
}

/// <summary>Turns on ASP.NET Core for HTTP functions.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>HTTP functions take <c>HttpRequest</c> and return <c>IResult</c>. This host always works so; the call is there for both hosts.</summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => builder;
}
