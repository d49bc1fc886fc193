using System.Runtime.InteropServices;
using System.Text;

namespace FactCheck.Storage.Local;

/// <summary>Folders and files that only their owner may read, and that are there after the power failed.</summary>
public static class LocalFiles
{
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>From here on what this process makes, and what its children make, is its owner's alone, whatever was
    /// said before.</summary>
    public static void KeepPrivate()
    {
        if (!OperatingSystem.IsWindows())
            _ = NativeMethods.Umask(0b000_111_111);
    }

    /// <summary>Removes what a crash left of files that were being written.</summary>
    /// <param name="before">Those that are younger may still be written.</param>
    /// <returns>How many.</returns>
    public static int RemoveLeftovers(string folder, DateTime before, CancellationToken cancellation = default)
    {
        var removed = 0;
        if (!Directory.Exists(folder))
            return removed;
        var everywhere = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles(".*.tmp", everywhere))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!IsHiddenName(file.Name) || file.LastWriteTimeUtc >= before)
                continue;
            file.Delete();
            removed++;
        }

        return removed;
    }

    /// <summary>Makes missing folders of a path with mode 0700; one that is there keeps its mode.</summary>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        var parent = Path.GetDirectoryName(path);
        if (parent is not null)
            CreateFolder(parent);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnersFolder);
        if (parent is not null)
            FlushFolder(parent);
    }

    /// <summary>Options for a new file that only its owner may read, mode 0600.</summary>
    public static FileStreamOptions NewFile(FileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnersFile;
        return options;
    }

    /// <summary>Writes a small file as a whole, on the disk before it returns: others see the old one or the
    /// new.</summary>
    public static async Task ReplaceAsync(
        string path,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellation = default
    )
    {
        var folder = Path.GetDirectoryName(path)!;
        CreateFolder(folder);
        var hidden = Path.Combine(folder, HiddenName());
        try
        {
            await using (var file = new FileStream(hidden, NewFile(FileMode.CreateNew)))
            {
                await file.WriteAsync(content, cancellation);
                file.Flush(flushToDisk: true);
            }

            File.Move(hidden, path, overwrite: true);
            FlushFolder(folder);
        }
        finally
        {
            // Renamed by now, unless something went wrong.
            File.Delete(hidden);
        }
    }

    /// <summary>Gives a file another name, which it must be the first to have, in the same folder. (A move of .NET looks
    /// first and renames then: of two at once the later would win.)</summary>
    /// <exception cref="IOException">There is one of that name.</exception>
    internal static void MoveToNew(string from, string to)
    {
        const int Eexist = 17;
        if (OperatingSystem.IsWindows())
            File.Move(from, to, overwrite: false);
        else if (NativeMethods.Link(Encoding.UTF8.GetBytes(from + '\0'), Encoding.UTF8.GetBytes(to + '\0')) == 0)
            File.Delete(from);
        else if (Marshal.GetLastPInvokeError() == Eexist)
            throw new IOException($"There is a file '{to}'.");
        else
            File.Move(from, to, overwrite: false); // a file system without links
    }

    /// <summary>The name of a file that is being written; one that a crash left is removed later.</summary>
    internal static string HiddenName() => $".{Guid.NewGuid():N}.tmp";

    private static bool IsHiddenName(string name) => Guid.TryParseExact(name[1..^".tmp".Length], "N", out _);

    /// <summary>Puts a folder's entries on the disk: else a rename may be lost although the bytes are not.</summary>
    public static void FlushFolder(string path)
    {
        // Windows journals renames and can't open a folder this way.
        if (OperatingSystem.IsWindows())
            return;
        const int ReadOnly = 0;
        var folder = NativeMethods.Open(Encoding.UTF8.GetBytes(path + '\0'), ReadOnly);
        if (folder < 0)
            throw Failed("open", path);
        try
        {
            // EINVAL: a file system (some network mounts) that has nothing to flush for a folder.
            const int Einval = 22;
            if (NativeMethods.Fsync(folder) != 0 && Marshal.GetLastPInvokeError() != Einval)
                throw Failed("flush", path);
        }
        finally
        {
            _ = NativeMethods.Close(folder);
        }
    }

    private static IOException Failed(string what, string path) =>
        new($"Could not {what} folder '{path}': {Marshal.GetLastPInvokeErrorMessage()}");

    // .NET has no call that flushes a folder, and none that says what rights new files get.
    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Fsync(int file);

        [DllImport("libc", EntryPoint = "umask")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern uint Umask(uint mask);

        [DllImport("libc", EntryPoint = "link", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Link(byte[] from, byte[] to);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int file);
    }
}
