using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using FactCheck.AcceptanceTests.Storage;
using FactCheck.Storage;
using FactCheck.Storage.Azure;

namespace FactCheck.AcceptanceTests;

/// <summary>
/// A desk on Azure's own Functions host, which keeps everything in a storage account, as on Azure. That host is built
/// from its public sources and is no part of this repository: where it is at hand, a setting says so (docs/azure.md).
/// </summary>
internal sealed class AzureDesk : HostedDesk
{
    private const string Setting = "FACTCHECK_AZURE_HOST";
    private const string ProgramFile = "Microsoft.Azure.WebJobs.Script.WebHost.dll";

    private readonly DataFolder _folder;
    private readonly Dictionary<string, string?> _settings;
    private readonly BlobContainerClient _articles;
    private readonly Tokens _tokens;
    private Subprocess _process;
    private TimeSpan _start;

    private AzureDesk(DataFolder folder, Uri address, AzureStorageOptions account, BlobContainerClient articles)
    {
        var key = new SigningKey(RandomNumberGenerator.GetBytes(32));
        (_folder, Address, _articles) = (folder, address, articles);
        _tokens = new(new AzureTables(account.CreateTableServiceClient()), TimeProvider.System, key);
        _settings = SettingsOf(folder, address, account.ConnectionString!, key);
        _process = StartProcess();
    }

    /// <summary>The host's program; null where the setting names none.</summary>
    /// <exception cref="FileNotFoundException">The setting names a folder without it.</exception>
    public static string? Program
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Setting) is not { Length: > 0 } folder)
                return null;
            var program = Path.GetFullPath(Path.Combine(folder, ProgramFile), Repository.PathOf());
            if (File.Exists(program))
                return program;
            throw new FileNotFoundException($"{Setting} names '{folder}', where there is no {ProgramFile}.", program);
        }
    }

    public override Uri Address { get; }

    public override string Output => _process.Said;

    public override TimeSpan Start => _start;

    /// <summary>Publishes the app, and starts the host on what was published.</summary>
    public static async Task<AzureDesk> OpenAsync(Azurite azurite)
    {
        var account = await azurite.NewAccountAsync();
        var articles = account.CreateBlobServiceClient().GetBlobContainerClient("articles");
        await articles.CreateAsync();
        var folder = new DataFolder();
        AzureDesk? desk = null;
        try
        {
            await PublishAppAsync(AppIn(folder));
            desk = new(folder, LocalServer.FreeAddress(), account, articles);
            await desk.UntilReadyAsync();
            return desk;
        }
        catch
        {
            if (desk is not null)
                await desk.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Stores a blob and tells the host of it, as Event Grid does.</summary>
    public override async Task HandInAsync(string name, byte[] content)
    {
        var blob = _articles.GetBlobClient(name);
        var stored = await blob.UploadAsync(BinaryData.FromBytes(content), overwrite: true);
        var created = new
        {
            id = Guid.NewGuid().ToString(),
            eventType = "Microsoft.Storage.BlobCreated",
            topic = "/subscriptions/none/resourceGroups/none/providers/Microsoft.Storage/storageAccounts/none",
            subject = $"/blobServices/default/containers/{_articles.Name}/blobs/{name}",
            eventTime = stored.Value.LastModified,
            dataVersion = "",
            metadataVersion = "1",
            data = new
            {
                api = "PutBlob",
                contentLength = content.Length,
                blobType = "BlockBlob",
                eTag = stored.Value.ETag.ToString(),
                url = blob.Uri,
            },
        };
        var webHook =
            $"runtime/webhooks/blobs?functionName=Host.Functions.ArticleArrived&code={KeyOf("blobs_extension")}";
        var told = await Anybody.PostAsync(webHook, new[] { created }, ("aeg-event-type", "Notification"));
        Assert.True((int)told.Status is >= 200 and < 300, $"{told}\n{Output}");
    }

    public override async Task<int> WorkerAsync() => Assert.Single(await Subprocess.ChildrenAsync(_process.Id));

    /// <summary>With its worker, which it would leave behind.</summary>
    public override Task KillAsync() => _process.DisposeAsync().AsTask();

    public override async Task StartAgainAsync()
    {
        _process = StartProcess();
        await UntilReadyAsync();
    }

    // The command line makes them in data folders only.
    public override async Task<Uri> MakeLinkAsync(string name, string role) =>
        new(Address, $"#code={await _tokens.CreateCodeAsync(name, Enum.Parse<Role>(role), Limits.Many)}");

    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    // The app's own errors say something.
    protected override bool IsForLater(Answer answer) =>
        base.IsForLater(answer) || answer is { Status: HttpStatusCode.InternalServerError, Text: "" };

    protected override Task<Answer> ManageAsync(string path) =>
        Anybody.GetAsync(path, ("x-functions-key", KeyOf("durabletask_extension")));

    private Subprocess StartProcess() => Subprocess.Start(Subprocess.Dotnet, [Program!], _settings, AppIn(_folder));

    private async Task UntilReadyAsync()
    {
        await Anybody.UntilOkAsync("health/ready", _process, Limits.Many);
        _start = _process.Age;
    }

    private static string AppIn(DataFolder folder) => Path.Combine(folder.Path, "app");

    private static string SecretsIn(DataFolder folder) => Path.Combine(folder.Path, "secrets");

    // The files that the other tests run, as they are deployed.
    private static async Task PublishAppAsync(string output)
    {
        var configuration = typeof(AzureDesk)
            .Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!
            .Configuration;
        string[] publish =
        [
            "publish",
            Repository.PathOf("src", "FactCheck.Functions"),
            "--no-build",
            "-c",
            configuration,
            "-o",
            output,
        ];
        var published = await Subprocess.RunAsync(Subprocess.Dotnet, publish, Limits.Many);
        Assert.True(published.ExitCode == 0, published.Said);
    }

    // What infra/desk.bicep sets and the platform adds. The key lets the test sign people in; on Azure it is one of a
    // Key Vault.
    private static Dictionary<string, string?> SettingsOf(
        DataFolder folder,
        Uri address,
        string account,
        SigningKey key
    ) =>
        HostProcess.Clean(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["FUNCTIONS_EXTENSION_VERSION"] = "~4",
                ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
                ["FUNCTIONS_SECRETS_PATH"] = SecretsIn(folder),
                ["languageWorkers__dotnet-isolated__workerDirectory"] = AppIn(folder),
                ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
                ["AzureWebJobsScriptRoot"] = AppIn(folder),
                ["AzureWebJobsSecretStorageType"] = "files",
                ["AzureWebJobsStorage"] = account,
                ["AzureFunctionsJobHost__logging__console__isEnabled"] = "true",
                ["ASPNETCORE_URLS"] = address.GetLeftPart(UriPartial.Authority),
                ["WEBSITE_SITE_NAME"] = "desk",
                ["WEBSITE_HOSTNAME"] = address.Authority, // without it no timer runs
                ["HOME"] = Path.Combine(folder.Path, "home"),
                ["ReverifySchedule"] = "0 0 6 * * *",
                ["FactCheck__PublicBaseUrl"] = address.ToString(),
                ["FactCheck__Access__SigningKey"] = Convert.ToBase64String(key.Bytes),
            }
        );

    // Made by the extension when it first starts, as infra/events.bicep has it.
    private string KeyOf(string extension) =>
        JsonNode
            .Parse(File.ReadAllText(Path.Combine(SecretsIn(_folder), "host.json")))!
            .List("systemKeys")
            .Single(key => key.Text("name") == extension)
            .Text("value");
}
