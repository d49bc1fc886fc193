using System.Runtime.InteropServices;
using System.Text;

namespace FactCheck.Storage.Local;

/// <summary>Folders and files that only their owner may read, and that are there after the power failed.</summary>
public static class LocalFiles
{
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

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

    // .NET has no call that flushes a folder.
    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Fsync(int file);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int file);
    }
}
