using FactCheck.Storage.Audit;
using FactCheck.Storage.Local;

namespace FactCheck.Functions.Page;

/// <summary>Whether the desk can write what it must: room on its disks, and its audit log.</summary>
/// <param name="audit">Null where the desk keeps nothing on a disk of its own.</param>
/// <param name="log">Null where nothing is sealed.</param>
public sealed class Room(IConfiguration configuration, DeskAudit? audit = null, AuditLog? log = null)
{
    /// <summary>Why not, in a sentence; null while it can.</summary>
    public string? WhyItIsShort()
    {
        if (configuration[DeskStorage.DataSetting] is { Length: > 0 } data && DiskSpace.WhyShort(data) is { } full)
            return full;
        if (audit is not null && Directory.Exists(audit.Folder) && DiskSpace.WhyShort(audit.Folder) is { } logFull)
            return logFull;
        return log?.WhyItStands is null ? null : "The audit log can't be written.";
    }
}
