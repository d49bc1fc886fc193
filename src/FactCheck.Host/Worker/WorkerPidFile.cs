using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace FactCheck.Host.Worker;

/// <summary>Which process is the worker, for the next host: one that outlived its host would do its work beside the
/// next one's.</summary>
internal sealed class WorkerPidFile(string path)
{
    private static readonly TimeSpan DeathLimit = TimeSpan.FromSeconds(5);

    /// <summary>Keeps a process in mind.</summary>
    public void Write(Process process)
    {
        if (StartOf(process) is { } start)
            File.WriteAllText(path, $"{process.Id} {start}");
    }

    /// <summary>The process has ended.</summary>
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

    /// <summary>When a process started: on Linux in ticks since the machine did, which setting the clock does not
    /// change.</summary>
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
