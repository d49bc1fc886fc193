using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FactCheck.Host.Triggers;

/// <summary>Opens others' files, never one that would block: a pipe, a device, one that a program leases.</summary>
internal static class RegularFile
{
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NotThroughLinks = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint TypeOnly = 1; // STATX_TYPE
    private const int ModeOffset = 28; // of stx_mode
    private const int NonBlocking = 0x800; // O_NONBLOCK
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int SharedNow = 1 | 4; // LOCK_SH | LOCK_NB

    /// <summary>O_NOFOLLOW is another number there.</summary>
    private static readonly int s_noLinks = RuntimeInformation.ProcessArchitecture
        is Architecture.Arm64
            or Architecture.Arm
        ? 0x8000
        : 0x20000;

    /// <summary>Why it is not to be read, for people; null if regular, or where this system can't say.</summary>
    public static string? WhyNot(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var about = new byte[256];
        if (Stat(CurrentFolder, path, NotThroughLinks, TypeOnly, about) != 0)
            return Marshal.GetLastPInvokeError() == 2 ? null : Marshal.GetLastPInvokeErrorMessage(); // 2: gone again
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(about.AsSpan(ModeOffset));
        return (mode & TypeMask) switch
        {
            Regular => null,
            0x1000 => "it is a named pipe, not a file",
            0xC000 => "it is a socket, not a file",
            0x2000 or 0x6000 => "it is a device, not a file",
            0xA000 => "it is a link; links are not followed",
            _ => "it is not a regular file",
        };
    }

    /// <summary>Opens for reading; whoever writes or replaces it meanwhile is not hindered.</summary>
    /// <exception cref="IOException">It is locked by another program, no regular file, or gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not for us.</exception>
    public static SafeFileHandle Open(string path)
    {
        if (!OperatingSystem.IsLinux())
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (WhyNot(path) is { } reason)
            throw new IOException(reason);
        var descriptor = OpenFile(path, NonBlocking | CloseOnExec | s_noLinks);
        if (descriptor < 0)
            throw Failed();
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Lock(descriptor, SharedNow) == 0)
            return handle;
        var failed = Failed();
        handle.Dispose();
        throw failed;
    }

    private static Exception Failed()
    {
        var (error, message) = (Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
        return error switch
        {
            1 or 13 => new UnauthorizedAccessException(message),
            2 => new FileNotFoundException(message),
            11 => new FileHeldException("another program holds it"),
            _ => new IOException(message),
        };
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int Stat(
        int folder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        int flags,
        uint mask,
        [Out] byte[] about
    );

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenFile([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static extern int Lock(int descriptor, int operation);
}

/// <summary>Another program has it, for now.</summary>
internal sealed class FileHeldException(string message) : IOException(message);
