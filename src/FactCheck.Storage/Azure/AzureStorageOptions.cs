using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace FactCheck.Storage;

/// <summary>
/// Which Azure Storage account, and as whom: a connection string, or the addresses of its two services and the identity of this process. The names
/// are those of an identity-based connection in Azure Functions (<c>{connection}__blobServiceUri</c>, <c>__tableServiceUri</c>, <c>__clientId</c>).
/// </summary>
public sealed record AzureStorageOptions
{
    // The newest version that the SDK knows is one that the emulator refuses.
    private const BlobClientOptions.ServiceVersion BlobVersion = BlobClientOptions.ServiceVersion.V2026_06_06;

    /// <summary>A connection string; <c>UseDevelopmentStorage=true</c> is the emulator on its usual ports.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>For example <c>https://account.blob.core.windows.net</c>.</summary>
    public Uri? BlobServiceUri { get; init; }

    /// <summary>For example <c>https://account.table.core.windows.net</c>.</summary>
    public Uri? TableServiceUri { get; init; }

    /// <summary>Client id of a user-assigned managed identity; null for the system-assigned one, or whoever is logged in on a developer's machine.</summary>
    public string? ClientId { get; init; }

    /// <summary>A client of the account's blobs; one per process serves all callers.</summary>
    /// <exception cref="InvalidOperationException">Neither a connection string nor an address is set, or both.</exception>
    public BlobServiceClient CreateBlobServiceClient()
    {
        var options = new BlobClientOptions(BlobVersion);
        return Choose(
            nameof(BlobServiceUri), BlobServiceUri, text => new BlobServiceClient(text, options), (uri, identity) => new BlobServiceClient(uri, identity, options));
    }

    /// <summary>A client of the account's tables; one per process serves all callers.</summary>
    /// <exception cref="InvalidOperationException">Neither a connection string nor an address is set, or both.</exception>
    public TableServiceClient CreateTableServiceClient() =>
        Choose(
            nameof(TableServiceUri), TableServiceUri, text => new TableServiceClient(text), (uri, identity) => new TableServiceClient(uri, identity));

    /// <summary>Says which account, never its key.</summary>
    public override string ToString() => (BlobServiceUri ?? TableServiceUri)?.Host ?? (string.IsNullOrEmpty(ConnectionString) ? "no account" : "a connection string");

    private T Choose<T>(string name, Uri? address, Func<string, T> byConnectionString, Func<Uri, TokenCredential, T> byIdentity) =>
        (ConnectionString, address) switch
        {
            ({ Length: > 0 } text, null) => byConnectionString(text),
            (null or "", { } uri) => byIdentity(uri, new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = ClientId })),
            (null or "", null) => throw new InvalidOperationException($"Azure Storage needs {nameof(ConnectionString)} or {name}."),
            _ => throw new InvalidOperationException($"Azure Storage takes {nameof(ConnectionString)} or {name}, not both."),
        };
}
