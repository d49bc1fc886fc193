using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;

namespace FactCheck.Storage.Azure;

/// <summary>A storage account and as whom: a connection string, or two addresses and this process's identity, named as
/// in Azure Functions (<c>{connection}__blobServiceUri</c>, <c>__tableServiceUri</c>, <c>__clientId</c>).</summary>
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

    /// <summary>Of a user-assigned managed identity; null for the system-assigned, or a logged-in developer.</summary>
    public string? ClientId { get; init; }

    /// <summary>Reads a connection string, or the https address of the account's blob service, opened as whoever this
    /// process is (a managed identity, the environment's credentials, the logged-in developer).</summary>
    /// <exception cref="FormatException">It is neither. The message never repeats it: it may hold a key.</exception>
    public static AzureStorageOptions Parse(string text, string? clientId = null)
    {
        text = text.Trim();
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address is { Scheme: "https", AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }
                ? new() { BlobServiceUri = address, ClientId = clientId }
                : throw new FormatException(
                    "The storage's address is https, with nothing behind the host, such as "
                        + "https://account.blob.core.windows.net. A shared access signature goes into a connection string."
                );
        }

        var options = new AzureStorageOptions { ConnectionString = text };
        return options.CanBeRead()
            ? options
            : throw new FormatException(
                "The storage is UseDevelopmentStorage=true, a connection string of an account, or the https address "
                    + "of its blob service; what was given is none of them."
            );
    }

    /// <summary>A client of the account's blobs; one per process serves all callers.</summary>
    /// <exception cref="InvalidOperationException">Not just one of connection string and address is set.</exception>
    public BlobServiceClient CreateBlobServiceClient()
    {
        var options = new BlobClientOptions(BlobVersion);
        // About three seconds in all: people wait for the answer, and what runs without them is tried again later.
        (options.Retry.MaxRetries, options.Retry.Delay, options.Retry.NetworkTimeout) = (
            4,
            TimeSpan.FromMilliseconds(200),
            TimeSpan.FromSeconds(30)
        );
        return Choose(
            nameof(BlobServiceUri),
            BlobServiceUri,
            text => new BlobServiceClient(text, options),
            (uri, identity) => new BlobServiceClient(uri, identity, options)
        );
    }

    /// <summary>A client of the account's tables; one per process serves all callers.</summary>
    /// <exception cref="InvalidOperationException">Not just one of connection string and address is set.</exception>
    public TableServiceClient CreateTableServiceClient() =>
        Choose(
            nameof(TableServiceUri),
            TableServiceUri,
            text => new TableServiceClient(text),
            (uri, identity) => new TableServiceClient(uri, identity)
        );

    /// <summary>Says which account, never its key.</summary>
    public override string ToString() =>
        (BlobServiceUri ?? TableServiceUri)?.Host
        ?? (string.IsNullOrEmpty(ConnectionString) ? "no account" : "a connection string");

    // What the SDK says of a connection string may repeat a part of it, so nobody is told.
    private bool CanBeRead()
    {
        try
        {
            CreateBlobServiceClient();
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private T Choose<T>(
        string name,
        Uri? address,
        Func<string, T> byConnectionString,
        Func<Uri, TokenCredential, T> byIdentity
    ) =>
        (ConnectionString, address) switch
        {
            ({ Length: > 0 } text, null) => byConnectionString(text),
            (null or "", { } uri) => byIdentity(
                uri,
                new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = ClientId })
            ),
            (null or "", null) => throw new InvalidOperationException(
                $"Azure Storage needs {nameof(ConnectionString)} or {name}."
            ),
            _ => throw new InvalidOperationException(
                $"Azure Storage takes {nameof(ConnectionString)} or {name}, not both."
            ),
        };
}
