using System.IO.Enumeration;

namespace FactCheck.Host.Triggers;

/// <summary>What a folder and its sub-folders hold; names that no upload has are left out.</summary>
internal sealed class FolderListing
{
    private static readonly EnumerationOptions s_everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        ReturnSpecialDirectories = false,
    };

    public List<(FoundBlob Blob, long Length)> Files { get; } = [];

    /// <summary>What is there and is not looked into, and why.</summary>
    public List<(string Name, string Why)> LeftOut { get; } = [];

    /// <summary>Whether all was seen; else it can't be said what is gone.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <exception cref="IOException">It is not there, or can't be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not for us.</exception>
    public static FolderListing Of(string root)
    {
        var listing = new FolderListing();
        listing.Add(root, string.Empty);
        return listing;
    }

    /// <summary>Time and size survive a copied or restored folder, which an inode would not.</summary>
    public static string ETag(DateTime modified, long length) => $"{modified.Ticks:x}-{length:x}";

    private void Add(string folder, string prefix)
    {
        var entries = new FileSystemEnumerable<Entry>(folder, Describe, s_everything)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !UploadNames.IsLeftAlone(entry.FileName),
        };
        foreach (var entry in entries)
        {
            var name = prefix + entry.Name;
            if (entry.IsLink)
                // it may lead out of the container, or in a circle
                LeftOut.Add((name, "it is a link; links are not followed"));
            else if (entry.IsFolder)
                AddChild(Path.Combine(folder, entry.Name), name);
            else
                Files.Add((new(name, ETag(entry.Modified, entry.Length)), entry.Length));
        }
    }

    /// <summary>One that can't be listed hides no other.</summary>
    private void AddChild(string folder, string name)
    {
        try
        {
            Add(folder, name + "/");
        }
        catch (DirectoryNotFoundException)
        {
            IsComplete = false; // gone since it was listed: the next look tells
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            IsComplete = false;
            LeftOut.Add((name, $"the folder can't be listed: {exception.Message}"));
        }
    }

    private static Entry Describe(ref FileSystemEntry entry)
    {
        var isLink = entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
        var (modified, length) = isLink ? default : (entry.LastWriteTimeUtc.UtcDateTime, entry.Length);
        return new(entry.FileName.ToString(), isLink, entry.IsDirectory, modified, length);
    }

    private readonly record struct Entry(string Name, bool IsLink, bool IsFolder, DateTime Modified, long Length);
}
