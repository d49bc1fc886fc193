using FactCheck.Domain;
using FactCheck.Extraction;
using FactCheck.Functions.Http;
using FactCheck.Functions.Publishing;
using FactCheck.Functions.Workflow;
using FactCheck.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FactCheck.Functions;

/// <summary>What the app is made of, the same on both hosts.</summary>
internal static class Services
{
    /// <summary>
    /// Adds the app. The host adds beforehand what differs: <see cref="ITableStore"/>, <see cref="IBlobStore"/>, <see cref="ITextAnalytics"/> and,
    /// where it issues tokens of its own, a <see cref="SigningKey"/>.
    /// </summary>
    public static IServiceCollection AddFactCheck(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => Read(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton(AccessMap.Of(typeof(Services).Assembly));
        services.AddSingleton(provider => Ratings.Load(provider.GetRequiredService<Settings>().RatingsFile));
        services.AddSingleton(provider => provider.GetRequiredService<Settings>().CheckWorthinessFile is { } file ? new(CheckWorthinessModel.Parse(File.ReadAllText(file))) : Extractor.Default);
        services.AddSingleton(provider => new Tokens(provider.GetRequiredService<ITableStore>(), provider.GetRequiredService<TimeProvider>(), provider.GetService<SigningKey>()));
        services.AddSingleton(provider => new Identity(
            provider.GetRequiredService<Tokens>(), provider.GetRequiredService<Settings>(), provider.GetService<OpenIdTokens>(), provider.GetService<EasyAuth>()));
        if (configuration[$"{Settings.Section}:Access:Authority"] is { Length: > 0 }) services.AddSingleton<OpenIdTokens>();

        services.AddSingleton<CaseStore>().AddSingleton<DeskIndex>().AddSingleton<CorrectionRequests>().AddSingleton<PublicGate>();
        services.AddSingleton<EvidenceFetcher>().AddSingleton<EvidenceArchive>().AddSingleton<RunFiles>().AddSingleton<FileReader>().AddSingleton<PublishedVerdicts>();
        services.AddSingleton<Site>().AddSingleton<ReportWriter>().AddSingleton<Views>().AddSingleton<Intake>().AddSingleton<Sweeper>();
        return services;
    }

    /// <summary>Reads the settings and checks those that can't work.</summary>
    /// <exception cref="InvalidOperationException">A setting has no sense; the message names it.</exception>
    private static Settings Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection(Settings.Section).Get<Settings>() ?? new();
        if (settings.PublicBaseUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.AbsolutePath != "/"))
            throw new InvalidOperationException($"{Settings.Section}:PublicBaseUrl is '{url}'; it must be http or https, with no path.");
        if (settings.Desk.Quorum is not (1 or 2)) throw new InvalidOperationException($"{Settings.Section}:Desk:Quorum is {settings.Desk.Quorum}; it is 1 or 2.");
        if (settings.Reading.MaxCostlyAtOnce < 1) throw new InvalidOperationException($"{Settings.Section}:Reading:MaxCostlyAtOnce is {settings.Reading.MaxCostlyAtOnce}; it is at least 1.");
        foreach (var (name, value) in new[] { ("Selection:MaxTasks", settings.Selection.MaxTasks), ("Desk:MaxOpenTasks", settings.Desk.MaxOpenTasks) })
            if (value is < 0 or > DeskPolicy.MostOpenTasks) throw new InvalidOperationException($"{Settings.Section}:{name} is {value}; it is 0 to {DeskPolicy.MostOpenTasks}.");
        return settings;
    }
}
