using Azure.AI.TextAnalytics;
using Azure.Core;
using Azure.Identity;
using FactCheck.Domain;
using FactCheck.Functions;
using FactCheck.Functions.Hosting.Azure;
using FactCheck.Storage;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();

var configuration = builder.Configuration;
TokenCredential credential = new DefaultAzureCredential();
var storage = new AzureStorageOptions
{
    ConnectionString = configuration["FactCheckStorage"],
    AccountUri = configuration["FactCheckStorage:AccountUri"] is { Length: > 0 } account ? new Uri(account) : null,
    Credential = credential,
};
builder.Services.AddSingleton<ITableStore>(_ => new AzureTables(storage));
builder.Services.AddSingleton<IBlobStore>(_ => new AzureBlobs(storage));
builder.Services.AddSingleton<ITextAnalytics>(_ => new AzureTextAnalytics(new TextAnalyticsClient(
    new Uri(configuration["Language:Endpoint"] ?? throw new InvalidOperationException("The setting Language:Endpoint is missing: the address of the Azure AI Language resource.")), credential)));

// Own tokens and sign-in links only where a key is given (Key Vault reference); otherwise OpenID Connect or App Service authentication.
if (configuration["FactCheck:Access:SigningKey"] is { Length: > 0 } key) builder.Services.AddSingleton(new SigningKey(Convert.FromBase64String(key)));
builder.Services.AddFactCheck(configuration);
if (EasyAuth.IsTrusted(configuration)) builder.Services.AddSingleton<EasyAuth>();
builder.UseMiddleware<ProblemMiddleware>();
builder.UseMiddleware<AccessMiddleware>();
await builder.Build().RunAsync();
