using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FactCheck.Storage.Azure;

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>A desk whose articles, reports and evidence are in an account of its own.</summary>
internal sealed class StorageDesk : IAsyncDisposable
{
    private readonly BlobServiceClient _account;

    private StorageDesk(Desk desk, BlobServiceClient account) => (Desk, _account) = (desk, account);

    public Desk Desk { get; }

    public BlobContainerClient Articles => Container("articles");

    public static async Task<StorageDesk> OpenAsync(Azurite azurite, Func<BlobContainerClient, Task>? before = null)
    {
        var options = await azurite.NewAccountAsync();
        var account = options.CreateBlobServiceClient();
        if (before is not null)
        {
            await account.GetBlobContainerClient("articles").CreateAsync();
            await before(account.GetBlobContainerClient("articles"));
        }

        return new(await Desk.OpenAsync(Environment(options)), account);
    }

    /// <summary>The setting, where no other user of the machine can read it.</summary>
    public static Dictionary<string, string> Environment(AzureStorageOptions options) =>
        new(StringComparer.Ordinal) { ["FactCheck__Storage"] = options.ConnectionString! };

    public BlobContainerClient Container(string name) => _account.GetBlobContainerClient(name);

    /// <summary>Puts an article into the container as any program does.</summary>
    public Task UploadAsync(string name, string text, Dictionary<string, string>? metadata = null) =>
        UploadAsync(Articles, name, text, metadata);

    public static Task UploadAsync(
        BlobContainerClient articles,
        string name,
        string text,
        Dictionary<string, string>? metadata = null
    ) =>
        articles
            .GetBlobClient(name)
            .UploadAsync(
                BinaryData.FromBytes(Encoding.UTF8.GetBytes(text)),
                new BlobUploadOptions { Metadata = metadata }
            );

    /// <summary>The names in a container; none when there is no such container.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(string container)
    {
        var names = new List<string>();
        if (!await Container(container).ExistsAsync())
            return names;
        await foreach (var blob in Container(container).GetBlobsAsync())
            names.Add(blob.Name);
        return names;
    }

    public ValueTask DisposeAsync() => Desk.DisposeAsync();
}
