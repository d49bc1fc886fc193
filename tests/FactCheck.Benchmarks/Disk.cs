using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FactCheck.Benchmarks;

/// <summary>How long the disk under a folder takes to make a small write durable.</summary>
internal static partial class Disk
{
    private const int Blocks = 256;
    private const int BlockBytes = 8192; // what a small commit appends to SQLite's log: two pages

    /// <summary>The median of many <c>fdatasync</c> calls, each after 8 KB were written over; milliseconds.</summary>
    public static double SyncMilliseconds(string folder)
    {
        var path = Path.Combine(folder, "sync.tmp");
        using var file = File.OpenHandle(
            path,
            FileMode.Create,
            FileAccess.ReadWrite,
            options: FileOptions.DeleteOnClose
        );
        var block = new byte[BlockBytes];
        for (var i = 0; i < Blocks; i++)
            RandomAccess.Write(file, block, i * BlockBytes);
        Sync(file);
        var times = new List<double>(Blocks);
        for (var i = 0; i < Blocks; i++)
        {
            RandomAccess.Write(file, block, i * BlockBytes);
            var start = Stopwatch.GetTimestamp();
            Sync(file);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return Statistics.Median(times);
    }

    private static void Sync(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux())
        {
            if (FlushData(file) != 0)
                throw new IOException($"fdatasync failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        else
        {
            RandomAccess.FlushToDisk(file);
        }
    }

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FlushData(SafeFileHandle file);
}
