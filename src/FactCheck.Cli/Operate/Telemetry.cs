using System.Collections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FactCheck.Cli.Operate;

/// <summary>The host's traces and figures to an OpenTelemetry collector, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names
/// one; else nothing is gathered. The log is not exported. The app, in its own process, does the same for its part. The
/// other variables of OpenTelemetry hold too (<c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>_HEADERS</c>,
/// <c>OTEL_TRACES_SAMPLER</c>, <c>OTEL_SERVICE_NAME</c>, …).</summary>
internal static class Telemetry
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Host = "FactCheck.Host";

    public static void AddTelemetry(this IServiceCollection services)
    {
        if (string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(Endpoint)))
            return;
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(Variables()).Build());
        services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(
                    Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") ?? "factcheck",
                    serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString()
                )
            )
            // Each for itself: UseOtlpExporter would send the log too, whose errors may hold what an article says.
            .WithTracing(tracing =>
                tracing
                    .AddSource(Host)
                    .AddAspNetCoreInstrumentation(Incoming)
                    .AddHttpClientInstrumentation(Outgoing)
                    .AddOtlpExporter()
            )
            .WithMetrics(metrics =>
                metrics.AddMeter(Host).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddOtlpExporter()
            );
    }

    // What is asked for may hold a claim's words or a person's name: paths stay, queries don't.
    private static void Incoming(OpenTelemetry.Instrumentation.AspNetCore.AspNetCoreTraceInstrumentationOptions options)
    {
        options.Filter = context =>
            !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)
            && !IsWorkers(context.Request);
        options.EnrichWithHttpRequest = (activity, _) => activity.SetTag("url.query", null);
    }

    // The worker's own calls have spans of their own on either side.
    private static bool IsWorkers(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    // The host's servers read nothing else of the environment.
    private static IEnumerable<KeyValuePair<string, string?>> Variables() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Where(variable => variable.Key is string name && name.StartsWith("OTEL_", StringComparison.Ordinal))
            .Select(variable => new KeyValuePair<string, string?>((string)variable.Key, variable.Value as string));

    private static void Outgoing(OpenTelemetry.Instrumentation.Http.HttpClientTraceInstrumentationOptions options) =>
        options.EnrichWithHttpRequestMessage = (activity, request) =>
            activity.SetTag(
                "url.full",
                request.RequestUri is { IsAbsoluteUri: true } url ? url.GetLeftPart(UriPartial.Path) : null
            );
}
