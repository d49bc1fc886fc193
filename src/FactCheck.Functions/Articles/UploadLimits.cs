namespace FactCheck.Functions.Articles;

/// <summary>What is taken in before a byte of it is read. Over HTTP the rest is refused, by its kind, too; in the
/// container litter and empty files are passed over, and what is too large is rejected with its run. What a content may
/// be is the reader's to say.</summary>
public sealed class UploadLimits(Settings settings)
{
    private const int RoomForForm = 64 * 1024;

    /// <summary>The most bytes of a file.</summary>
    public int MaxBytes => settings.Reading.MaxBytes;

    /// <summary>What a caller is told whose file is larger.</summary>
    public string TooLarge =>
        $"An article has at most {MaxBytes:N0} bytes, and says how many in Content-Length when it comes as a form.";

    /// <summary>False for a form that is too large, or does not say how large it is.</summary>
    public bool TakesForm(long? length) => length <= MaxBytes + RoomForForm;

    public bool TakesFile(long length) => length <= MaxBytes;

    /// <summary>Why files of a name's kind are not taken over HTTP, in one sentence; null when they are. Of a blob the
    /// content tells the kind.</summary>
    public static string? ObstacleToKind(string name) =>
        ArticleFile.IsNamed(name)
            ? null
            : $"The name must end in one of {string.Join(", ", ArticleFile.Endings)}: these kinds of file are read.";

    /// <summary>Why a file is no article, in one sentence; null when it may be one. An empty one was made ahead of its
    /// content, as programs that copy or synchronise do; what they write into it later is another version.</summary>
    /// <param name="length">In bytes; null where it is not known yet.</param>
    public static string? ObstacleTo(string name, long? length) =>
        ArticleNames.DisguiseIn(name) is { } disguise
            ? $"The file's name holds {disguise}, which hides what it is called. Rename it."
        : ArticleNames.LitterOf(name) is { } litter ? $"'{name}' is {litter}, not an article."
        : length == 0 ? "The file is empty: it has 0 bytes."
        : null;

    /// <summary>Stands for the content of a file that is not read, since it is too large.</summary>
    public static string HashOfTooLarge(string etag) => $"too-large-{Base32.Hash(etag, 20)}";

    /// <summary>What becomes of a file in the container that is too large.</summary>
    public Rejection RejectionOf(CaseRun run) =>
        new(
            RejectionReason.TooLarge,
            $"The file has {run.Length:N0} bytes; at most {MaxBytes:N0} are read. Split it, or upload the text alone."
        );
}
