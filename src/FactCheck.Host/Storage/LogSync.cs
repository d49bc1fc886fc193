using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FactCheck.Host.Storage;

/// <summary>Makes SQLite's log durable. SQLite's usual builds have only <c>fsync</c>, which also writes the log's time
/// of change through the file system's journal; <c>fdatasync</c> writes just what is needed to read the data.</summary>
internal sealed class LogSync : IDisposable
{
    private readonly SafeFileHandle _log;

    public LogSync(string path) =>
        _log = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Elsewhere SQLite's own synchronisation is used.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    public long Count { get; private set; }

    /// <summary>Waits until the disk has all that was written.</summary>
    /// <exception cref="SyncFailedException">The disk did not take it. Linux forgets what it could not write, so that
    /// a second call would succeed and mean nothing.</exception>
    public void Flush()
    {
        if (FlushData(_log) != 0)
            throw new SyncFailedException(
                $"The disk did not take a commit: {Marshal.GetLastPInvokeErrorMessage()}. Nothing more is written until the next start."
            );
        Count++;
    }

    public void Dispose() => _log.Dispose();

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static extern int FlushData(SafeFileHandle file);
}

/// <summary>The disk failed while a commit was made durable.</summary>
internal sealed class SyncFailedException(string message, Exception? innerException = null)
    : Exception(message, innerException);
