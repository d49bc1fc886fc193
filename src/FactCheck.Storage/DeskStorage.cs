using Azure.Storage.Blobs;
using FactCheck.Storage.Azure;
using FactCheck.Storage.Local;

namespace FactCheck.Storage;

/// <summary>Where the desk's blobs are: in its data folder, or an account of Azure Storage. Tasks, decisions and audit
/// trail stay in the folder and name the blobs: a desk with articles stays until somebody moves its blobs.</summary>
public sealed class DeskStorage
{
    /// <summary>The setting that names the data folder.</summary>
    public const string DataSetting = "FactCheck:Data";

    /// <summary>The setting that names an account; <c>--storage</c> wins over it.</summary>
    public const string Setting = "FactCheck:Storage";

    internal const string NoteName = "blobs-are-in.txt";

    private const string Folders = "folders";
    private const string MovingGuide = "docs/storage.md says how a desk moves.";

    private readonly string _data;

    /// <summary>Of a data folder, which need not be there yet.</summary>
    /// <param name="account">As <see cref="AzureStorageOptions.Parse"/> takes it; folders when null or empty.</param>
    /// <param name="clientId">The user-assigned identity that opens the account; null for another.</param>
    /// <exception cref="FormatException">What is given is no storage; the message doesn't repeat it.</exception>
    public DeskStorage(string data, string? account, string? clientId = null) =>
        (_data, Service) = (
            Path.GetFullPath(data),
            string.IsNullOrWhiteSpace(account)
                ? null
                : AzureStorageOptions.Parse(account, clientId).CreateBlobServiceClient()
        );

    /// <summary>The account; null for folders.</summary>
    public BlobServiceClient? Service { get; }

    // The account without what may follow it, such as a shared access signature.
    private string Home => Service?.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/') ?? Folders;

    private string Note => Path.Combine(_data, NoteName);

    /// <summary>A container, or a place in it, for people.</summary>
    public string PlaceOf(params string[] parts) =>
        Service is null ? Path.Combine([_data, .. parts]) : string.Join('/', [Home, .. parts]);

    /// <summary>The desk's rows: tasks, decisions, the audit trail.</summary>
    /// <exception cref="DamagedDeskException">They are gone, and other parts of the desk are there.</exception>
    public SqliteTables OpenTables()
    {
        DeskCheck.MustHaveItsRows(_data);
        return new(Path.Combine(_data, DeskCheck.Rows));
    }

    /// <summary>The desk's blobs.</summary>
    public IBlobStore CreateStore() => Service is null ? new FolderBlobs(_data) : new AzureBlobs(Service);

    /// <summary>Makes sure that the desk's articles have their blobs here.</summary>
    /// <exception cref="InvalidOperationException">They are elsewhere; the message says what to do.</exception>
    public async Task ClaimAsync(DeskIndex index, CancellationToken cancellation = default)
    {
        LocalFiles.CreateFolder(_data);
        var noted = File.Exists(Note) ? (await File.ReadAllTextAsync(Note, cancellation)).Trim() : Folders;
        if (noted == Home)
            return;
        if ((await index.ArticlesAsync(null, 1, cancellation)).Items.Count > 0)
        {
            throw new InvalidOperationException(
                noted == Folders
                    ? $"The articles of {_data} have their texts and reports in its folders, not in {Home}. Start without "
                        + $"--storage ({Setting}), or take another --data. {MovingGuide}"
                    : $"The articles of {_data} have their texts and reports in {noted}, not in "
                        + $"{(Home == Folders ? "its folders" : Home)}. Start with that --storage ({Setting}), or take another "
                        + $"--data. {MovingGuide}"
            );
        }

        if (Home == Folders)
            File.Delete(Note);
        else
            await File.WriteAllTextAsync(Note, Home + "\n", cancellation);
    }
}
