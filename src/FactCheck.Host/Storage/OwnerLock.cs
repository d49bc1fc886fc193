using System.Diagnostics;

namespace FactCheck.Host.Storage;

/// <summary>One process owns a file at a time. The operating system lets go of the lock when the process ends, however
/// it ends; beside it lies who holds it, for the error that the second one gets.</summary>
internal sealed class OwnerLock : IDisposable
{
    private const int MostTries = 10_000;

    private readonly FileStream _lock;

    private OwnerLock(FileStream held) => _lock = held;

    /// <summary>Takes the file, or says who has it.</summary>
    /// <exception cref="FunctionHostException">Another process, or another host in this one, has it.</exception>
    public static OwnerLock Take(string databasePath, TimeProvider time)
    {
        var owner = databasePath + ".owner";
        FileStream held;
        try
        {
            held = TakeFrom(databasePath + ".lock");
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            throw new FunctionHostException(
                $"{databasePath} is in use by {ReadOwner(owner)}. Stop that one, or use another data directory.",
                exception
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FunctionHostException($"{databasePath} can't be written: {exception.Message}", exception);
        }
        using var process = Process.GetCurrentProcess();
        File.WriteAllText(
            owner,
            $"process {process.Id} ({process.ProcessName} on {Environment.MachineName}), since {time.GetUtcNow():u}"
        );
        return new(held);
    }

    public static string? FindOwner(string databasePath)
    {
        try
        {
            // Shared, for no longer than it takes to be told no.
            using var free = new FileStream(databasePath + ".lock", FileMode.Open, FileAccess.Read, FileShare.Read);
            return null;
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            return ReadOwner(databasePath + ".owner");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // no host was here, or it is not for this user to see
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Who only asks for the owner holds the lock for a moment, shared: that is waited for.</summary>
    private static FileStream TakeFrom(string path)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (IsHeld(exception) && tries < MostTries && !IsOwned(path))
            {
                Thread.Sleep(1);
            }
        }
    }

    private static bool IsOwned(string path)
    {
        try
        {
            using var shared = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (IOException exception)
        {
            return IsHeld(exception);
        }
    }

    /// <summary>EWOULDBLOCK of Linux and of macOS, and a sharing violation of Windows.</summary>
    private static bool IsHeld(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string ReadOwner(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "another process that has not said which"; // it is only just starting
        }
    }
}
