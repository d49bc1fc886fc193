using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace FactCheck.Host.Worker;

/// <summary>The worker's process, for the next host: one that outlived its host would work beside the next.</summary>
internal sealed class WorkerPidFile(string path)
{
    private static readonly TimeSpan DeathLimit = TimeSpan.FromSeconds(5);

    public void Write(Process process)
    {
        if (StartOf(process) is { } start)
            File.WriteAllText(path, $"{process.Id} {start}");
    }

    public void Forget(int process)
    {
        try
        {
            if (Read()?.Process == process)
                File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What is left names a process that is no more: the start time tells.
        }
    }

    /// <summary>The process that was kept in mind, while it still is that one; null when it has ended.</summary>
    public int? Find()
    {
        using var process = Open();
        return process?.Id;
    }

    /// <summary>Ends the process that was kept in mind, when it still is that one; its id.</summary>
    public int? KillOrphan()
    {
        using var process = Open();
        try
        {
            process?.Kill(entireProcessTree: true);
            process?.WaitForExit(DeathLimit);
            return process?.Id;
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            return null; // it has ended
        }
    }

    private Process? Open()
    {
        if (Read() is not { } kept)
            return null;
        Process process;
        try
        {
            process = Process.GetProcessById(kept.Process);
        }
        catch (ArgumentException)
        {
            return null; // it has ended
        }
        if (StartOf(process) == kept.Start)
            return process;
        process.Dispose();
        return null; // the number has been given to another process since
    }

    private (int Process, string Start)? Read()
    {
        try
        {
            return
                File.Exists(path)
                && File.ReadAllText(path).Split(' ') is [var id, var start]
                && int.TryParse(id, CultureInfo.InvariantCulture, out var process)
                ? (process, start)
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // a file that can't be read names nobody
        }
    }

    /// <summary>A process's start; on Linux in ticks since the machine's, which no change of the clock moves.</summary>
    private static string? StartOf(Process process)
    {
        const int StartField = 19; // of those after the name, which may hold blanks and brackets
        try
        {
            if (!OperatingSystem.IsLinux())
                return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
            var stat = File.ReadAllText($"/proc/{process.Id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartField];
        }
        catch (Exception exception)
            when (exception is IOException or InvalidOperationException or Win32Exception or UnauthorizedAccessException
            )
        {
            return null; // it has ended
        }
    }
}
