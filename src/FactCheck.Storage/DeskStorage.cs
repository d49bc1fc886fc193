using Azure.Storage.Blobs;
<<<<<<<< HEAD:src/FactCheck.Cli/Operate/DeskStorage.cs
using FactCheck.Storage;

namespace FactCheck.Cli.Operate;
========
using FactCheck.Domain;

namespace FactCheck.Storage;
>>>>>>>> app:src/FactCheck.Storage/DeskStorage.cs

/// <summary>
/// Where the desk's blobs are: folders of its data folder, or an account of Azure Storage. Tasks, decisions and the audit trail are in the data folder
/// either way, and name texts and reports that lie in one of the two: so a desk that has articles stays where it is until somebody moves its blobs.
/// </summary>
public sealed class DeskStorage
{
<<<<<<<< HEAD:src/FactCheck.Cli/Operate/DeskStorage.cs
    /// <summary>The environment variable; <c>--storage</c> wins over it.</summary>
    public const string Variable = "FactCheck__Storage";
========
    /// <summary>The setting that names the data folder.</summary>
    public const string DataSetting = "FactCheck:Data";

    /// <summary>The setting that names an account; <c>--storage</c> wins over it.</summary>
    public const string Setting = "FactCheck:Storage";
>>>>>>>> app:src/FactCheck.Storage/DeskStorage.cs

    private const string Folders = "folders";
    private const string MovingGuide = "docs/storage.md says how a desk moves.";

    private readonly string _data;

<<<<<<<< HEAD:src/FactCheck.Cli/Operate/DeskStorage.cs
    private DeskStorage(string data, string? given) =>
        (_data, Given, Service) = (data, given, given is null ? null : AzureStorageOptions.Parse(given, Environment.GetEnvironmentVariable("AZURE_CLIENT_ID")).CreateBlobServiceClient());

    /// <summary>The account as it was given, for the worker; null for folders. It may hold a key.</summary>
    public string? Given { get; }
========
    /// <summary>Of a data folder.</summary>
    /// <param name="data">The folder; it need not be there yet.</param>
    /// <param name="account">As <see cref="AzureStorageOptions.Parse"/> takes it; folders when it is null or empty.</param>
    /// <param name="clientId">The user-assigned identity that opens the account; null for another.</param>
    /// <exception cref="FormatException">What is given is no storage; the message doesn't repeat it.</exception>
    public DeskStorage(string data, string? account, string? clientId = null) => (_data, Service) =
        (Path.GetFullPath(data), string.IsNullOrWhiteSpace(account) ? null : AzureStorageOptions.Parse(account, clientId).CreateBlobServiceClient());
>>>>>>>> app:src/FactCheck.Storage/DeskStorage.cs

    /// <summary>The account; null for folders.</summary>
    public BlobServiceClient? Service { get; }

    // The account without what may follow it, such as a shared access signature.
    private string Home => Service?.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/') ?? Folders;

    private string Note => Path.Combine(_data, "blobs-are-in.txt");

<<<<<<<< HEAD:src/FactCheck.Cli/Operate/DeskStorage.cs
    /// <summary>From the command line, else from the environment, else folders.</summary>
    /// <exception cref="CommandException">What is given is no storage; the message doesn't repeat it.</exception>
    public static DeskStorage Of(Place place)
    {
        try
        {
            return new(place.Data, (place.Storage ?? Environment.GetEnvironmentVariable(Variable)) is { Length: > 0 } given ? given : null);
        }
        catch (FormatException none)
        {
            throw new CommandException(ExitCode.Usage, none.Message, none);
        }
    }

    /// <summary>A container, or a place in it, for people.</summary>
    public string PlaceOf(params string[] parts) => Service is null ? Path.Combine([_data, .. parts]) : string.Join('/', [Home, .. parts]);

    /// <summary>Makes sure that the desk's articles have their blobs here.</summary>
    /// <exception cref="CommandException">They are elsewhere; the message says where, and what to do.</exception>
    public async Task ClaimAsync(DeskIndex index, CancellationToken cancellation)
========
    /// <summary>A container, or a place in it, for people.</summary>
    public string PlaceOf(params string[] parts) => Service is null ? Path.Combine([_data, .. parts]) : string.Join('/', [Home, .. parts]);

    /// <summary>The desk's rows: tasks, decisions, the audit trail.</summary>
    public SqliteTables OpenTables() => new(Path.Combine(_data, "desk.db"));

    /// <summary>The desk's blobs.</summary>
    public IBlobStore CreateStore() => Service is null ? new FolderBlobs(_data) : new AzureBlobs(Service);

    /// <summary>Makes sure that the desk's articles have their blobs here.</summary>
    /// <exception cref="InvalidOperationException">They are elsewhere; the message says where, and what to do.</exception>
    public async Task ClaimAsync(DeskIndex index, CancellationToken cancellation = default)
>>>>>>>> app:src/FactCheck.Storage/DeskStorage.cs
    {
        LocalFiles.CreateFolder(_data);
        var noted = File.Exists(Note) ? (await File.ReadAllTextAsync(Note, cancellation)).Trim() : Folders;
        if (noted == Home) return;
        if ((await index.ArticlesAsync(null, 1, cancellation)).Items.Count > 0)
        {
            throw new CommandException(
                ExitCode.Failed,
                noted == Folders
                    ? $"The articles of {_data} have their texts and reports in its folders, not in {Home}. Start without --storage ({Variable}), or take another --data. {MovingGuide}"
                    : $"The articles of {_data} have their texts and reports in {noted}, not in {(Home == Folders ? "its folders" : Home)}. Start with that --storage ({Variable}), or take another --data. {MovingGuide}");
        }

        if (Home == Folders) File.Delete(Note);
        else await File.WriteAllTextAsync(Note, Home + "\n", cancellation);
    }
}
