using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FactCheck.Host.Triggers;

/// <summary>Whether a file's writer is done.</summary>
internal static class FileReadiness
{
    private const int SetSignal = 10; // F_SETSIG
    private const int SetLease = 1024; // F_SETLEASE
    private const int ReadLease = 0; // F_RDLCK
    private const int NoLease = 2; // F_UNLCK
    private const int HarmlessSignal = 23; // SIGURG: ignored unless handled. The default, SIGIO, would end the process.
    private const int Again = 11; // EAGAIN

    /// <summary>True when nobody has the file open for writing, false when somebody has, null when this system can't
    /// say. Linux gives a read lease only on a file that nobody writes; it is given back at once.</summary>
    public static bool? IsDone(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var descriptor = (int)file.DangerousGetHandle();
        if (Control(descriptor, SetSignal, HarmlessSignal) != 0)
            return null;
        if (Control(descriptor, SetLease, ReadLease) == 0)
        {
            _ = Control(descriptor, SetLease, NoLease);
            return true;
        }
        return Marshal.GetLastPInvokeError() == Again ? false : null;
    }

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static extern int Control(int descriptor, int command, int argument);
}
