namespace FactCheck.Host.Triggers;

/// <summary>Names of no upload: unfinished ones, so that write-then-rename works, and programs' litter.</summary>
internal static class UploadNames
{
    private static readonly string[] Unfinished = [".tmp", ".part", ".crdownload", ".download"];
    private static readonly string[] Litter = ["Thumbs.db", "desktop.ini", "Icon\r"];

    /// <summary>Whether a file or folder of this name, without its path, is left alone.</summary>
    public static bool IsLeftAlone(ReadOnlySpan<char> name)
    {
        if (name.StartsWith('.') || name.EndsWith('~') || name.StartsWith("~$", StringComparison.Ordinal))
            return true;
        foreach (var ending in Unfinished)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        foreach (var litter in Litter)
        {
            if (name.Equals(litter, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
