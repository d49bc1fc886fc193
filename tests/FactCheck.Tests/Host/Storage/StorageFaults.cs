using System.Runtime.InteropServices;

namespace FactCheck.Tests.Host.Storage;

/// <summary>A disk that fails: SQLite's own write call, replaced for the files of one folder. Other files of this
/// process are written as ever. The k-th write is torn, half of it done and an error reported, as when the power goes
/// in the middle of it; so are those after it, or none.</summary>
internal sealed class StorageFaults : IDisposable
{
    private const int InputOutputError = 5; // EIO
    private const int SetSystemCallOffset = 144; // of xSetSystemCall in sqlite3_vfs, 64 bit

    private static readonly Lock Gate = new();
    private static readonly Write Replacement = WriteOrFail; // kept: native code has its address
    private static readonly List<StorageFaults> Armed = [];

    private readonly string _folder;
    private readonly int _failAt;
    private readonly bool _forGood;
    private readonly TaskCompletionSource _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _writes;

    /// <summary>
    /// The k-th write into the folder fails, counted from 1 and from now; and, if <paramref name="forGood"/>, each
    /// after it.
    /// </summary>
    public StorageFaults(string folder, int failAt, bool forGood)
    {
        (_folder, _failAt, _forGood) = (folder, failAt, forGood);
        lock (Gate)
        {
            if (Armed.Count == 0)
                Install(Marshal.GetFunctionPointerForDelegate(Replacement));
            Armed.Add(this);
        }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, SetLastError = true)]
    private delegate nint Write(int file, nint buffer, nint count, long offset);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SetSystemCall(nint vfs, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, nint call);

    public static bool IsSupported => OperatingSystem.IsLinux() && nint.Size == 8;

    /// <summary>Completes when a write has failed.</summary>
    public Task Fired => _fired.Task;

    public void Dispose()
    {
        lock (Gate)
        {
            if (Armed.Remove(this) && Armed.Count == 0)
                Install(0); // the original again
        }
    }

    private static nint WriteOrFail(int file, nint buffer, nint count, long offset)
    {
        StorageFaults? faults;
        lock (Gate)
        {
            faults =
                Armed.Count == 0 ? null
                : Path(file) is { } path ? Armed.Find(one => path.StartsWith(one._folder, StringComparison.Ordinal))
                : null;
        }
        if (faults?.Fails() != true)
            return WriteAt(file, buffer, count, offset);
        _ = WriteAt(file, buffer, count / 2, offset);
        faults._fired.TrySetResult();
        Marshal.SetLastSystemError(InputOutputError);
        return -1;
    }

    private bool Fails() =>
        Interlocked.Increment(ref _writes) is var write && (write == _failAt || (_forGood && write > _failAt));

    private static string? Path(int file) => new FileInfo($"/proc/self/fd/{file}").LinkTarget;

    private static void Install(nint call)
    {
        var vfs = FindVfs(0);
        var set = Marshal.GetDelegateForFunctionPointer<SetSystemCall>(Marshal.ReadIntPtr(vfs, SetSystemCallOffset));
        // Whichever of the two SQLite was built to use; the other is not known to it.
        foreach (var name in new[] { "pwrite", "pwrite64" })
            _ = set(vfs, name, call);
    }

    [DllImport("libc", EntryPoint = "pwrite64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint WriteAt(int file, nint buffer, nint count, long offset);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern nint FindVfs(nint name);
}

/// <summary>A small disk in memory, for who may mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const uint ReadOnlyAgain = 1 | 32; // MS_RDONLY | MS_REMOUNT
    private const int Detach = 2; // MNT_DETACH

    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Mounts one; null where that is not allowed.</summary>
    public static SmallDisk? TryMount(int megabytes)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var path = Directory.CreateTempSubdirectory("runtime-disk-").FullName;
        if (Mount("tmpfs", path, "tmpfs", 0, $"size={megabytes}m") == 0)
            return new(path);
        Directory.Delete(path);
        return null;
    }

    public void MakeReadOnly()
    {
        if (Mount("tmpfs", Path, "tmpfs", ReadOnlyAgain, null) != 0)
            throw new IOException($"The disk could not be made read-only: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public void Dispose()
    {
        _ = Unmount(Path, Detach);
        Directory.Delete(Path);
    }

    [DllImport("libc", EntryPoint = "mount", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Mount(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string source,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string target,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string type,
        nuint flags,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string? data
    );

    [DllImport("libc", EntryPoint = "umount2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unmount([MarshalAs(UnmanagedType.LPUTF8Str)] string target, int flags);
}
