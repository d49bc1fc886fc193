using FactCheck.Storage.Audit;
using FactCheck.Storage.Local;
using Microsoft.Extensions.Logging;

namespace FactCheck.Storage;

/// <summary>The audit log of a data folder, and the key that seals it: <c>{data}/keys/audit.key</c>, made on first use. It
/// has ".new" at its end until every head has been sealed: so a desk whose log and seals are gone is no former release's.
/// The log is in <c>{data}/audit</c>, or where a setting says: on another disk it outlives the database.</summary>
public sealed class DeskAudit
{
    /// <summary>The setting that names another folder for the log.</summary>
    public const string FolderSetting = "FactCheck:Audit:Folder";

    /// <summary>The setting that holds the key on Azure, base64.</summary>
    public const string KeySetting = "FactCheck:Audit:Key";

    /// <summary>The file of the key, among the keys.</summary>
    public const string KeyName = "audit.key";

    private const string NewKeyName = $"{KeyName}.new";

    /// <summary>The folder of the log, in a data folder.</summary>
    public const string LogFolder = "audit";

    /// <summary>How long lines gather before they are written: others' commits wait for the same disk.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly string _data;
    private readonly string? _wanted;

    /// <param name="folder">As the setting says; null or empty where none does: then the log is where it was.</param>
    public DeskAudit(string data, string? folder) =>
        (_data, _wanted) = (
            Path.GetFullPath(data),
            string.IsNullOrWhiteSpace(folder) ? null : Path.GetFullPath(folder)
        );

    /// <summary>Where the log is.</summary>
    public string Folder => _wanted ?? Noted;

    private string Default => Path.Combine(_data, LogFolder);

    private string Note => Path.Combine(_data, "audit-is-in.txt");

    private string Noted => File.Exists(Note) ? File.ReadAllText(Note).Trim() : Default;

    /// <summary>The key on Azure.</summary>
    /// <exception cref="FormatException">It is none; the message doesn't repeat it.</exception>
    public static AuditKey KeyOf(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64.Trim(), bytes, out var length) && length == AuditKey.Length
            ? new(bytes[..length])
            : throw new FormatException(
                $"{KeySetting} is no audit key: it holds {AuditKey.Length} random bytes as base64."
            );
    }

    /// <summary>The key; null where none was made yet.</summary>
    /// <exception cref="DamagedDeskException">It is missing where there is a log, or is no key.</exception>
    public AuditKey? FindKey()
    {
        var mend = $"Put back {KeyName} from your copy of the keys. {AcceptGuide("--new-key ")}";
        if (KeyFile.Find(_data, KeyName, "audit key", mend) is { } key)
            return new(key, hasSealedAll: true);
        if (KeyFile.Find(_data, NewKeyName, "audit key", mend) is { } begun)
            return new(begun);
        return HasLog(Folder)
            ? throw new DamagedDeskException(
                $"'{Path.Combine(KeyFile.FolderOf(_data), KeyName)}' is missing, and the audit log in {Folder} is sealed "
                    + $"with it. {mend}"
            )
            : null;
    }

    /// <summary>The key, made when there is neither it nor a log.</summary>
    /// <exception cref="DamagedDeskException">It is missing where there is a log, or is no key.</exception>
    public AuditKey ReadOrMakeKey()
    {
        if (FindKey() is { } key)
            return key;
        return new(KeyFile.ReadOrMake(_data, NewKeyName, "audit key", AcceptGuide("--new-key ")));
    }

    /// <summary>Notes, beside the key, that every head has been sealed with it. Only when the log says so, too.</summary>
    public void NoteSealed(AuditLog log)
    {
        var made = Path.Combine(KeyFile.FolderOf(_data), NewKeyName);
        if (!log.IsReady || !File.Exists(made))
            return;
        File.Move(made, Path.Combine(KeyFile.FolderOf(_data), KeyName), overwrite: false);
        LocalFiles.FlushFolder(KeyFile.FolderOf(_data));
    }

    /// <summary>Notes where the log is, for verbs that open the folder without the setting.</summary>
    /// <exception cref="InvalidOperationException">It is elsewhere; the message says what to do.</exception>
    public void Claim()
    {
        var (noted, wanted) = (Noted, _wanted ?? Default);
        if (noted == wanted)
            return;
        if (HasLog(noted))
            throw new InvalidOperationException(
                $"The audit log of {_data} is in {noted}, not in {wanted}. Start with {FolderSetting} = {noted}, or stop "
                    + $"the desk and move the log's files to {wanted}."
            );
        LocalFiles.CreateFolder(_data);
        if (wanted == Default)
            File.Delete(Note);
        else
            using (var note = new StreamWriter(Note, LocalFiles.NewFile(FileMode.Create)))
                note.WriteLine(wanted);
    }

    /// <summary>Whether there is a key.</summary>
    public bool HasKey => new[] { KeyName, NewKeyName }.Any(n => File.Exists(Path.Combine(KeyFile.FolderOf(_data), n)));

    /// <summary>Opens the log.</summary>
    public AuditLog OpenLog(AuditKey key, TimeProvider time, ILogger<AuditLog>? log = null) =>
        new(new FolderAuditFiles(Folder), key, time, Pause, log);

    /// <summary>Makes a new key, and puts the old one aside with everything that it sealed.</summary>
    /// <returns>The folder in which the log is now; null where there was none.</returns>
    public string? SetAside(bool key, DateTimeOffset at)
    {
        foreach (var name in key ? new[] { KeyName, NewKeyName } : [])
            if (Path.Combine(KeyFile.FolderOf(_data), name) is var file && File.Exists(file))
                File.Move(file, $"{file}.aside-{at.UtcDateTime:yyyyMMdd-HHmmss}");
        return HasLog(Folder) ? new FolderAuditFiles(Folder).SetAside(at) : null;
    }

    /// <summary>Refuses a desk that is not what its audit log says.</summary>
    /// <exception cref="DamagedDeskException">There are findings.</exception>
    public void Refuse(IReadOnlyList<AuditFinding> findings)
    {
        if (findings.Count > 0)
            throw new DamagedDeskException(
                $"The desk in {_data} is not what its audit log in {Folder} says. {AuditCheck.Sentence(findings)} "
                    + DeskCheck.RestoreGuide(_data)
                    + $" {AcceptGuide("")}"
            );
    }

    private string AcceptGuide(string option) =>
        $"To go on with what is there, noted for good: factcheck audit accept {option}--data {_data}";

    private static bool HasLog(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, $"*{FolderAuditFiles.Ending}").Any();
}
