using FactCheck.Extraction;
using FactCheck.Extraction.Claims;
using FactCheck.Extraction.Insights;
using FactCheck.Extraction.Quotes.Model;
using FactCheck.Functions.Access;
using FactCheck.Functions.Archive;
using FactCheck.Functions.Articles;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Desk;
using FactCheck.Functions.Http;
using FactCheck.Functions.Page;
using FactCheck.Functions.Publishing;
using FactCheck.Functions.Reading;
using FactCheck.Storage.Audit;
using FactCheck.Storage.Azure;
using FactCheck.Storage.Local;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FactCheck.Functions;

/// <summary>What the app is made of, on every host.</summary>
internal static class Services
{
    /// <summary>Adds the whole app to a worker that has the integration with ASP.NET Core.</summary>
    /// <exception cref="InvalidOperationException">A setting can't be; the message names it.</exception>
    /// <exception cref="FormatException">A setting can't be read; the message names it.</exception>
    public static FunctionsApplicationBuilder AddFactCheck(this FunctionsApplicationBuilder builder)
    {
        builder.Configuration.AddDefaultAddress();
        builder.Configuration.AddDefaultLevels();
        builder
            .Services.AddDesk()
            .AddAccess(builder.Configuration)
            .AddStores(builder.Configuration)
            .AddTextAnalytics(builder.Configuration)
            .AddTelemetry(builder.Configuration);
        if (EasyAuth.IsTrusted(builder.Configuration))
            builder.Services.AddSingleton<EasyAuth>();

        // What is too large is refused here, with an answer that says so: the server would end the connection.
        builder.Services.Configure<KestrelServerOptions>(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.AddServerHeader = false; // what it is made of is nobody's business
        });
        builder.Services.Configure<FormOptions>(options => options.MultipartBodyLengthLimit = long.MaxValue);
        builder.UseMiddleware<ProblemMiddleware>();
        builder.UseMiddleware<AccessMiddleware>();
        return builder;
    }

    /// <summary>Finds at the start what would else be found by the first who asks: functions without access control,
    /// settings that can't work, blobs elsewhere, cases that are not what the audit log says. (On Azure, where many
    /// start and stop, the sweep holds cases against the log.)</summary>
    /// <exception cref="InvalidOperationException">The app must not start; the message says why.</exception>
    /// <exception cref="DamagedDeskException">The same, for what is stored.</exception>
    public static async Task CheckAsync(this IServiceProvider services)
    {
        services.GetRequiredService<AccessMap>();
        services.GetRequiredService<Settings>();
        if (services.GetService<DeskStorage>() is { } storage)
        {
            await storage.ClaimAsync(services.GetRequiredService<DeskIndex>());
            var audit = services.GetRequiredService<DeskAudit>();
            audit.Claim();
            audit.Refuse(await services.GetRequiredService<AuditCheck>().RunAsync(mend: true));
            audit.NoteSealed(services.GetRequiredService<AuditLog>());
        }
        else
        {
            await ClaimTablesAsync(services);
            NoteUnsealed(services);
        }
    }

    // Not for long: a host ends an app that does not answer it.
    private static async Task ClaimTablesAsync(IServiceProvider services)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await AzureSchema.ClaimAsync(services.GetRequiredService<ITableStore>(), limit.Token);
        }
        catch (Exception error) when (StoreFailure.IsAway(error) || limit.IsCancellationRequested)
        {
            services
                .GetRequiredService<ILogger<DeskAudit>>()
                .LogWarning(
                    "Whether a newer release wrote the tables is not known: the storage account does not answer. {Why}",
                    StoreFailure.Why(error)
                );
        }
    }

    private static void NoteUnsealed(IServiceProvider services)
    {
        if (services.GetService<CaseSeals>() is null)
        {
            services
                .GetRequiredService<ILogger<DeskAudit>>()
                .LogWarning(
                    "No audit key: the heads of cases are not sealed, and nothing outside the tables knows of them. "
                        + "Set {Setting}, best by a reference to a Key Vault",
                    DeskAudit.KeySetting
                );
        }
    }

    /// <summary>The app's own address where no setting names the desk's: of the embedded host, or of the Azure app.
    /// Below every other source, so that any wins. Azure's front end is a proxy; the embedded host is none, since it
    /// tells whom it saw.</summary>
    internal static void AddDefaultAddress(this IConfigurationManager configuration)
    {
        var defaults = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (configuration["FUNCTIONS_HOST_URL"] is { Length: > 0 } url)
        {
            defaults[$"{Settings.Section}:{nameof(Settings.PublicBaseUrl)}"] = url;
        }
        else if (configuration["WEBSITE_HOSTNAME"] is { Length: > 0 } host)
        {
            // Functions Core Tools name themselves so, and speak HTTP.
            var scheme = host.StartsWith("localhost", StringComparison.OrdinalIgnoreCase) ? "http" : "https";
            defaults[$"{Settings.Section}:{nameof(Settings.PublicBaseUrl)}"] = $"{scheme}://{host}/";
            if (scheme == "https")
                defaults[$"{Settings.Section}:{nameof(Settings.Public)}:{nameof(PublicLimits.Proxies)}"] = "1";
        }

        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = defaults });
    }

    /// <summary>That each orchestration was scheduled, began and ended is two lines for every task, which travel to the
    /// host, and on Azure are paid for. Errors stay; <c>Logging:LogLevel:Microsoft.DurableTask</c> brings them back.
    /// </summary>
    internal static void AddDefaultLevels(this IConfigurationManager configuration) =>
        configuration.Sources.Insert(
            0,
            new MemoryConfigurationSource
            {
                InitialData = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
                {
                    ["Logging:LogLevel:Microsoft.DurableTask"] = nameof(LogLevel.Warning),
                },
            }
        );

    /// <summary>Where the desk keeps everything: its data folder where <c>FactCheck:Data</c> names one, else the
    /// storage account of the function app.</summary>
    internal static IServiceCollection AddStores(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[DeskStorage.DataSetting] is { Length: > 0 } data)
        {
            services.AddSingleton(
                new DeskStorage(data, configuration[DeskStorage.Setting], configuration["AZURE_CLIENT_ID"])
            );
            services.AddSingleton<ITableStore>(provider => provider.GetRequiredService<DeskStorage>().OpenTables());
            services.AddSingleton(provider => provider.GetRequiredService<DeskStorage>().CreateStore());
            services.AddSingleton(new DeskAudit(data, configuration[DeskAudit.FolderSetting]));
            services.AddSingleton(provider => provider.GetRequiredService<DeskAudit>().ReadOrMakeKey());
            services.AddSingleton(provider =>
                provider
                    .GetRequiredService<DeskAudit>()
                    .OpenLog(
                        provider.GetRequiredService<AuditKey>(),
                        provider.GetRequiredService<TimeProvider>(),
                        provider.GetRequiredService<ILogger<AuditLog>>()
                    )
            );
            services.AddSingleton<CaseSeals>().AddSingleton<AuditCheck>().AddHostedService<Leftovers>();
            return services.AddSingleton(_ => SigningKey.ReadOrMake(data));
        }

        var account = AccountOfTheApp(configuration);
        if (configuration[DeskAudit.KeySetting] is { Length: > 0 } auditKey)
            services.AddAuditLog(DeskAudit.KeyOf(auditKey), account);
        services.AddSingleton<ITableStore>(_ => new AzureTables(account.CreateTableServiceClient()));
        services.AddSingleton<IBlobStore>(_ => new AzureBlobs(account.CreateBlobServiceClient()));
        // Own tokens and sign-in links only where a key is given (Key Vault reference); otherwise OpenID Connect or
        // App Service authentication.
        if (configuration[$"{Settings.Section}:Access:SigningKey"] is { Length: > 0 } key)
            services.AddSingleton(new SigningKey(Convert.FromBase64String(key)));
        return services;
    }

    // In batches, in nobody's time: a decision costs no request more.
    private static void AddAuditLog(this IServiceCollection services, AuditKey key, AzureStorageOptions account) =>
        services
            .AddSingleton(provider => new AuditLog(
                new BlobAuditFiles(account.CreateBlobServiceClient()),
                key,
                provider.GetRequiredService<TimeProvider>(),
                TimeSpan.FromSeconds(2),
                provider.GetRequiredService<ILogger<AuditLog>>()
            ))
            .AddSingleton(provider => new CaseSeals(key, provider.GetRequiredService<AuditLog>()))
            .AddSingleton<AuditCheck>();

    /// <summary>The local analyser, unless <c>Language:Endpoint</c> names an Azure AI Language resource.</summary>
    /// <exception cref="InvalidOperationException">It does, and this build can't ask one.</exception>
    internal static IServiceCollection AddTextAnalytics(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[LanguageService.Setting] is not { Length: > 0 } endpoint)
            return services.AddSingleton<ITextAnalytics, LocalTextAnalytics>();
        // The one part that not every feed can build (docs/azure.md): there or not, never referenced by name.
        var service =
            Type.GetType("FactCheck.AzureLanguage.AzureTextAnalytics, FactCheck.AzureLanguage")
            ?? throw new InvalidOperationException(LanguageService.IsMissing);
        var address = LanguageService.AddressOf(endpoint);
        return services.AddSingleton(_ =>
            (ITextAnalytics)Activator.CreateInstance(service, address, AccountOfTheApp(configuration).ClientId)!
        );
    }

    // The storage that the host itself uses: a connection string, or the addresses and the identity of the function
    // app.
    private static AzureStorageOptions AccountOfTheApp(IConfiguration configuration) =>
        configuration["AzureWebJobsStorage"] is { Length: > 0 } connection
            ? new() { ConnectionString = connection }
            : configuration.GetSection("AzureWebJobsStorage").Get<AzureStorageOptions>() ?? new();

    private static IServiceCollection AddDesk(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => Read(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton(provider => Ratings.Load(provider.GetRequiredService<Settings>().RatingsFile));
        services.AddSingleton(provider =>
            provider.GetRequiredService<Settings>().CheckWorthinessFile is { } file
                ? new(CheckWorthinessModel.Parse(File.ReadAllText(file)), AttributionModel.Shipped)
                : new Extractor(attributions: AttributionModel.Shipped)
        );

        return services
            .AddSingleton<CaseStore>()
            .AddSingleton<CaseAudit>()
            .AddSingleton<DailyAudit>()
            .AddSingleton<AuditWebhook>()
            .AddSingleton<UploadCounts>()
            .AddSingleton<DeskIndex>()
            .AddSingleton<TaskQueue>()
            .AddSingleton<CorrectionRequests>()
            .AddSingleton<PublicGate>()
            .AddSingleton<EvidenceFetcher>()
            .AddSingleton<EvidenceArchive>()
            .AddSingleton<ArchiveSteps>()
            .AddSingleton<RunFiles>()
            .AddSingleton<Readers>()
            .AddSingleton<FileReader>()
            .AddSingleton<PublishedVerdicts>()
            .AddSingleton<PublishedFiles>()
            .AddSingleton<Site>()
            .AddSingleton<ReportWriter>()
            .AddSingleton<CaseViews>()
            .AddSingleton<ReadableCases>()
            .AddSingleton<Publications>()
            .AddSingleton<Intake>()
            .AddSingleton<ArticleSelection>()
            .AddSingleton<UploadLimits>()
            .AddSingleton<Sweeper>()
            .AddSingleton<HostIntake>()
            .AddSingleton<Room>();
    }

    private static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(_ => AccessMap.Of(typeof(Services).Assembly));
        services.AddSingleton(provider => new People(
            provider.GetRequiredService<ITableStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Settings>().People,
            provider.GetRequiredService<ILogger<People>>()
        ));
        services.AddSingleton(provider => new Tokens(
            provider.GetRequiredService<ITableStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<SigningKey>(),
            provider.GetRequiredService<People>(),
            provider.GetRequiredService<Settings>().Access.SessionIdle
        ));
        services.AddSingleton<AccessLog>();
        services.AddSingleton<AccessNotes>();
        services.AddSingleton(provider => new Identity(
            provider.GetRequiredService<Tokens>(),
            provider.GetRequiredService<Settings>(),
            provider.GetService<OpenIdTokens>(),
            provider.GetService<EasyAuth>()
        ));
        if (configuration[$"{Settings.Section}:Access:Authority"] is { Length: > 0 })
            services.AddSingleton<OpenIdTokens>();
        return services;
    }

    /// <summary>Reads the settings and checks those that can't work.</summary>
    /// <exception cref="InvalidOperationException">A setting has no sense; the message names it.</exception>
    private static Settings Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection(Settings.Section).Get<Settings>() ?? new();
        return ProblemsOf(settings).FirstOrDefault() is { } problem
            ? throw new InvalidOperationException($"{Settings.Section}:{problem}")
            : settings;
    }

    private static IEnumerable<string> ProblemsOf(Settings settings)
    {
        if (
            settings.PublicBaseUrl is { } url
            && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.AbsolutePath != "/")
        )
            yield return $"PublicBaseUrl is '{url}'; it must be http or https, with no path.";
        if (settings.Access.SessionIdle <= TimeSpan.Zero || settings.Access.LogDays < 1)
            yield return "Access:SessionIdle and LogDays are more than nothing.";
        // What it is may be a secret of whoever is told.
        if (settings.Audit.Webhook is { } hook && (!hook.IsAbsoluteUri || hook.Scheme != Uri.UriSchemeHttps))
            yield return "Audit:Webhook must be an https address.";
        if (settings.Desk.Quorum is not (1 or 2))
            yield return $"Desk:Quorum is {settings.Desk.Quorum}; it is 1 or 2.";
        var (reading, most) = (settings.Reading, DeskPolicy.MostOpenTasks);
        if (reading.MaxCostlyAtOnce < 1)
            yield return $"Reading:MaxCostlyAtOnce is {reading.MaxCostlyAtOnce}; it is at least 1.";
        if (reading.MaxReaderMemory < ReadingSettings.LeastReaderMemory)
            yield return $"Reading:MaxReaderMemory is {reading.MaxReaderMemory}; it is at least "
                + $"{ReadingSettings.LeastReaderMemory} bytes.";
        if (settings.Selection.MaxTasks is var tasks && (tasks < 0 || tasks > most))
            yield return $"Selection:MaxTasks is {tasks}; it is 0 to {most}.";
        if (settings.Desk.MaxOpenTasks is var open && (open < 0 || open > most))
            yield return $"Desk:MaxOpenTasks is {open}; it is 0 to {most}.";
    }
}
