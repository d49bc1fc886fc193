using FactCheck.Functions.Cases;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using OpenTelemetry;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Instrumentation.Http;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FactCheck.Functions;

/// <summary>Traces and figures to an OpenTelemetry collector, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one; else
/// nothing is gathered. The log is not exported. The other variables of OpenTelemetry hold too
/// (<c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>_HEADERS</c>, <c>OTEL_TRACES_SAMPLER</c>, <c>OTEL_SERVICE_NAME</c>,
/// …).</summary>
internal static class Telemetry
{
    /// <summary>The variable, or setting, that turns it on.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // What a client of Durable Task says of an orchestration that it starts or wakes.
    private const string DurableTask = "Microsoft.DurableTask";

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration[Endpoint]))
            return services;
        var version = typeof(Telemetry).Assembly.GetName().Version?.ToString();
        services
            .AddOpenTelemetry()
            .UseFunctionsWorkerDefaults()
            .ConfigureResource(resource =>
                resource.AddService(configuration["OTEL_SERVICE_NAME"] ?? "factcheck", serviceVersion: version)
            )
            // Each for itself: UseOtlpExporter would send the log too, whose errors may hold what an article says.
            .WithTracing(tracing =>
                tracing
                    .AddSource(ArticleTrace.Name, DurableTask)
                    .AddAspNetCoreInstrumentation(Incoming)
                    .AddHttpClientInstrumentation(Outgoing)
                    .AddOtlpExporter()
            )
            .WithMetrics(metrics =>
                metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddOtlpExporter()
            );
        return services;
    }

    // What is asked for may hold a claim's words or a person's name: paths stay, queries don't.
    private static void Incoming(AspNetCoreTraceInstrumentationOptions options)
    {
        options.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);
        options.EnrichWithHttpRequest = (activity, _) => activity.SetTag("url.query", null);
    }

    private static void Outgoing(HttpClientTraceInstrumentationOptions options) =>
        options.EnrichWithHttpRequestMessage = (activity, request) =>
            activity.SetTag(
                "url.full",
                request.RequestUri is { IsAbsoluteUri: true } url ? url.GetLeftPart(UriPartial.Path) : null
            );
}
