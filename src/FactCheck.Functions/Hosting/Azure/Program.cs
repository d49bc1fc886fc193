using Azure.AI.TextAnalytics;
using Azure.Identity;
using FactCheck.Domain;
using FactCheck.Functions;
using FactCheck.Functions.Hosting.Azure;
using FactCheck.Storage;
using Microsoft.Extensions.Configuration.Memory;

var builder = FunctionsApplication.CreateBuilder(args);

// First, so that the middleware below runs inside it and has the HTTP request.
builder.ConfigureFunctionsWebApplication();

var configuration = builder.Configuration;

// Below every other source: the app's own address, which a desk with a domain of its own sets, and the platform's front end, which is a proxy.
if (Environment.GetEnvironmentVariable("WEBSITE_HOSTNAME") is { Length: > 0 } host)
    configuration.Sources.Insert(0, new MemoryConfigurationSource
    {
        InitialData = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            [$"{Settings.Section}:{nameof(Settings.PublicBaseUrl)}"] = $"https://{host}/",
            [$"{Settings.Section}:{nameof(Settings.Public)}:{nameof(PublicLimits.Proxies)}"] = "1",
        },
    });

// The storage that the host itself uses: a connection string, or the addresses and the identity of the function app.
var storage = configuration.GetSection("AzureWebJobsStorage").Get<AzureStorageOptions>() ?? new AzureStorageOptions();
if (configuration["AzureWebJobsStorage"] is { Length: > 0 } connection) storage = new AzureStorageOptions { ConnectionString = connection };
builder.Services.AddSingleton<ITableStore>(_ => new AzureTables(storage.CreateTableServiceClient()));
builder.Services.AddSingleton<IBlobStore>(_ => new AzureBlobs(storage.CreateBlobServiceClient()));
builder.Services.AddSingleton<ITextAnalytics>(_ => new AzureTextAnalytics(new TextAnalyticsClient(
    new Uri(configuration["Language:Endpoint"] ?? throw new InvalidOperationException("The setting Language:Endpoint is missing: the address of the Azure AI Language resource.")),
    new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = storage.ClientId }))));

// Own tokens and sign-in links only where a key is given (Key Vault reference); otherwise OpenID Connect or App Service authentication.
if (configuration["FactCheck:Access:SigningKey"] is { Length: > 0 } key) builder.Services.AddSingleton(new SigningKey(Convert.FromBase64String(key)));
builder.Services.AddFactCheck(configuration);
if (EasyAuth.IsTrusted(configuration)) builder.Services.AddSingleton<EasyAuth>();
builder.UseMiddleware<ProblemMiddleware>();
builder.UseMiddleware<AccessMiddleware>();
await builder.Build().RunAsync();
