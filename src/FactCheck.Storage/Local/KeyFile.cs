using System.Security.Cryptography;

namespace FactCheck.Storage.Local;

/// <summary>A key of a data folder: a file of random bytes in its folder <c>keys</c>, mode 0600 (the folder 0700).</summary>
public static class KeyFile
{
    /// <summary>Of every key, in bytes.</summary>
    public const int Length = 32;

    /// <summary>The folder that holds the keys of a data folder.</summary>
    public static string FolderOf(string dataFolder) => Path.Combine(dataFolder, "keys");

    /// <summary>Reads a key; null when there is none.</summary>
    /// <param name="what">For people: "signing key".</param>
    /// <param name="mend">What to do about a file that holds something else, in a sentence.</param>
    /// <exception cref="DamagedDeskException">The file holds something else.</exception>
    public static byte[]? Find(string dataFolder, string name, string what, string mend)
    {
        var file = Path.Combine(FolderOf(dataFolder), name);
        if (!File.Exists(file))
            return null;
        var key = File.ReadAllBytes(file);
        return key.Length == Length
            ? key
            : throw new DamagedDeskException($"'{file}' is no {what}: it has {key.Length} bytes, not {Length}. {mend}");
    }

    /// <summary>Reads a key, made when there is none.</summary>
    /// <exception cref="DamagedDeskException">The file holds something else.</exception>
    public static byte[] ReadOrMake(string dataFolder, string name, string what, string mend)
    {
        if (Find(dataFolder, name, what, mend) is { } key)
            return key;
        Make(dataFolder, name);
        return Find(dataFolder, name, what, mend)!;
    }

    // Whole or not at all: a full disk leaves no empty key, and who starts at the same time reads no half of one.
    private static void Make(string dataFolder, string name)
    {
        var folder = FolderOf(dataFolder);
        LocalFiles.CreateFolder(folder);
        var (file, hidden) = (Path.Combine(folder, name), Path.Combine(folder, LocalFiles.HiddenName()));
        try
        {
            using (var stream = new FileStream(hidden, LocalFiles.NewFile(FileMode.CreateNew)))
            {
                stream.Write(RandomNumberGenerator.GetBytes(Length));
                stream.Flush(flushToDisk: true);
            }

            LocalFiles.MoveToNew(hidden, file);
            LocalFiles.FlushFolder(folder);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Made by another process just now.
        }
        finally
        {
            File.Delete(hidden); // moved by now, unless something went wrong
        }
    }
}

/// <summary>A data folder is not what it was, or can't be read: no desk is started on it. The message says what is
/// wrong, and how it is mended.</summary>
public sealed class DamagedDeskException(string message, Exception? inner = null) : IOException(message, inner);
