using System.Buffers;
using System.Text.RegularExpressions;

namespace FactCheck.Domain;

/// <summary>Names of files that are no articles.</summary>
public static partial class ArticleNames
{
    private static readonly string[] SystemFiles = ["thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "icon\r"];

    private static readonly string[] HalfCopies =
    [
        ".part",
        ".partial",
        ".filepart",
        ".crdownload",
        ".opdownload",
        ".download",
        ".tmp",
        ".temp",
        ".swp",
        ".swo",
        ".swx",
        ".aria2",
        ".!sync",
        ".bts",
        ".lck",
        ".lock",
    ];

    private static readonly SearchValues<char> Disguises = SearchValues.Create([
        .. Enumerable.Range(0, 0x10000).Select(c => (char)c).Where(char.IsControl),
        '\u00AD',
        '\u061C',
        '\u115F',
        '\u1160',
        '\u180E',
        '\u200B',
        '\u200E',
        '\u200F',
        .. Enumerable.Range(0x2028, 7).Concat(Enumerable.Range(0x2060, 10)).Select(c => (char)c),
        '\u3164',
        '\uFEFF',
        '\uFFA0',
    ]);

    /// <summary>The first character of a name that no eye sees, or by which it reads otherwise than it is written:
    /// marks and overrides of direction, and breaks of lines (Unicode Technical Report 36, 3.5), as U+202E. Null for a
    /// name without one.</summary>
    public static string? DisguiseIn(string name)
    {
        var at = name.AsSpan().IndexOfAny(Disguises);
        return at < 0 ? null : $"U+{(int)name[at]:X4}";
    }

    /// <summary>A name as a log may show it.</summary>
    public static string Undisguised(string name) =>
        string.Concat(name.Select(c => Disguises.Contains(c) ? '\uFFFD' : c));

    /// <summary>What programs leave beside the articles, in words: locks of open documents, halves of copies, notes of
    /// the system, versions of synchronised folders. Null for anything a person may mean as an article.</summary>
    public static string? LitterOf(string name)
    {
        var file = name[(name.LastIndexOf('/') + 1)..];
        return file switch
        {
            ['~', '$', ..] or ['.', '~', 'l', 'o', 'c', 'k', '.', ..] => "the lock of a document that is open",
            ['.', ..] => "a hidden file",
            [.., '~'] => "an editor's copy",
            ['~', ..] when file.EndsWith(".tmp", StringComparison.OrdinalIgnoreCase) => "an editor's copy",
            _ when SystemFiles.Contains(file, StringComparer.OrdinalIgnoreCase) => "a note of the system",
            _ when Array.Exists(HalfCopies, ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) =>
                "a file that is still being copied",
            _ when CopyConflict().IsMatch(file) => "the other version of a copy conflict",
            _ => null,
        };
    }

    // Dropbox, Nextcloud, ownCloud, Box, Tresorit "(… conflicted copy …)", "(Case Conflict)"; Syncthing
    // ".sync-conflict-20260501-120000-ABC1234"; ownCloud "_conflict-20260501-120000"; Seafile "(SFConflict …)";
    // Google Drive "[Conflict]"; Resilio ".Conflict"; Synology "_Conflict"; OneDrive the machine's name.
    [GeneratedRegex(
        @"[(\[][^)\]]*\b(conflicted copy|conflict copy|case conflict|sfconflict|conflicted|conflict)\b[^)\]]*[)\]]"
            + @"|\.sync-conflict-\d{8}-\d{6}|_conflict-\d{8}-\d{6}|[._]conflict(\.\w+)?$"
            + @"|-(DESKTOP-[A-Z0-9]{7}|LAPTOP-[A-Z0-9]{8})(-\d+)?(\.\w+)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex CopyConflict();
}
