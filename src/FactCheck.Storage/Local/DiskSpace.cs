using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace FactCheck.Storage.Local;

/// <summary>Tells that a disk has no room left: by what a write says, and by asking ahead.</summary>
public static class DiskSpace
{
    /// <summary>With less than that a commit and the log beside it may not fit: bytes.</summary>
    public const long Least = 1024 * 1024;

    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Whether something failed for want of room: a full disk, a quota, a limit on the size of files.</summary>
    public static bool IsShort(Exception error) =>
        error switch
        {
            SqliteException { SqliteErrorCode: SQLITE_FULL } => true,
            // What SQLite says when the index of its log can't grow, and when it finds no reason for a write to fail.
            SqliteException { SqliteExtendedErrorCode: SQLITE_IOERR_SHMSIZE or SQLITE_IOERR_WRITE } => true,
            IOException { HResult: WindowsDiskFull or WindowsHandleDiskFull } => true,
            IOException { HResult: var errno } when !OperatingSystem.IsWindows() && IsShort(errno) => true,
            { InnerException: { } inner } => IsShort(inner),
            _ => false,
        };

    /// <summary>Why a folder can't be written to for want of room, in a sentence; null while it can.</summary>
    public static string? WhyShort(string folder)
    {
        try
        {
            var free = new DriveInfo(folder).AvailableFreeSpace;
            return free >= Least ? null : $"There are {free / 1024} KB left where the desk keeps its data.";
        }
        catch (IOException unknown)
        {
            return $"Where the desk keeps its data can't be looked at: {unknown.Message}";
        }
    }

    // Numbers of Linux and macOS: EFBIG, ENOSPC, EDQUOT.
    private static bool IsShort(int errno) => errno is 27 or 28 or 122 || (errno == 69 && OperatingSystem.IsMacOS());
}
