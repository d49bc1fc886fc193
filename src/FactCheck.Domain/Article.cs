using System.Security.Cryptography;
using System.Text;

namespace FactCheck.Domain;

/// <summary>How far an article has come.</summary>
public enum ArticleStage
{
    Received,
    Reading,
    Extracting,
    Analyzing,
    Selecting,
    Reviewing,
    Ready,
    Published,
    Rejected,
    Superseded,
    Failed,
}

/// <summary>What is known about an article beside its text. Everything may be missing: a reviewer is asked for
/// it.</summary>
/// <param name="Title">Headline.</param>
/// <param name="Byline">Who wrote it.</param>
/// <param name="Outlet">Who published it.</param>
/// <param name="Published">Date of publication, as the article states it.</param>
/// <param name="SourceUrl">Where it stands in public; http or https.</param>
/// <param name="Language">ISO 639-1 code, or null when unknown.</param>
public sealed record ArticleMeta(
    string? Title = null,
    string? Byline = null,
    string? Outlet = null,
    DateOnly? Published = null,
    Uri? SourceUrl = null,
    string? Language = null,
    Purpose Purpose = Purpose.ThirdParty
)
{
    /// <summary>A date of publication that can be two days, or is none, as somebody wrote it: it was not
    /// taken. Null where nothing was left.</summary>
    public string? UnreadDate { get; init; }

    /// <summary>The desk of the newsroom that works on it; null for everybody's. Where it is written only lies beside a
    /// file, never in it.</summary>
    public string? Desk { get; init; }

    /// <summary>This, with what is missing taken from <paramref name="other"/>.</summary>
    public ArticleMeta OrElse(ArticleMeta other) =>
        new(
            Title ?? other.Title,
            Byline ?? other.Byline,
            Outlet ?? other.Outlet,
            Published ?? other.Published,
            SourceUrl ?? other.SourceUrl,
            Language ?? other.Language,
            Purpose == Purpose.ThirdParty ? other.Purpose : Purpose
        )
        {
            UnreadDate = UnreadDate ?? (Published is null ? other.UnreadDate : null),
            Desk = Desk ?? other.Desk,
        };

    /// <summary>What to tell who wrote a date that was not taken.</summary>
    public static string WhyUnread(string date) =>
        $"The date of publication '{date}' is not read: it can be two days, or is none; write it as 2026-04-03.";
}

/// <summary>What a file must be called to be handed in as an article.</summary>
public static class ArticleFile
{
    /// <summary>Endings of the kinds of file that are read, in lower case.</summary>
    public static IReadOnlyList<string> Endings { get; } =
    [".txt", ".text", ".md", ".markdown", ".html", ".htm", ".docx", ".pdf", ".srt", ".vtt"];

    /// <summary>What may be said of an article beside its text, by name. Other names are kept and ignored.</summary>
    public static IReadOnlyList<string> MetadataNames { get; } =
    ["title", "byline", "outlet", "published", "sourceUrl", "language", "purpose", "desk"];

    /// <summary>True for a name with one of the endings.</summary>
    public static bool IsNamed(string name) =>
        Endings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);
}

/// <summary>The stored text of an article: what every span counts in. A blank line ("\n\n") parts paragraphs.</summary>
/// <param name="Text">The body, without headline and byline; line ends are "\n".</param>
/// <param name="Times">When its stretches were said, in text order; null without a clock, as in most articles.</param>
public sealed record ArticleText(string Text, ArticleMeta Meta, IReadOnlyList<SpokenAt>? Times = null)
{
    /// <summary>How it was read; null for a text that an older release read.</summary>
    public ReadingReceipt? Receipt { get; init; }

    /// <summary>When the words at an offset (in UTF-16 code units) began to be said: the time of the last stretch that
    /// starts at or before it. Null where nothing says.</summary>
    public TimeSpan? TimeAt(int offset)
    {
        if (Times is null)
            return null;
        var begun = InOrder.CountWhile(Times, time => time.Start <= offset);
        return begun == 0 ? null : Times[begun - 1].At;
    }
}

/// <summary>A stretch of a transcript, up to the next one's start, said from <paramref name="At"/> on.</summary>
/// <param name="Start">Offset in the stored text, in UTF-16 code units.</param>
public readonly record struct SpokenAt(int Start, TimeSpan At);

/// <summary>Why a file could not be read, or was refused. <see cref="Rejection.Message"/> says it in full.</summary>
public enum RejectionReason
{
    /// <summary>It holds no words.</summary>
    Empty,

    /// <summary>Too many bytes, packed or unpacked.</summary>
    TooLarge,

    /// <summary>Too many characters or pages.</summary>
    TooLong,

    /// <summary>Binary data under the name of a text.</summary>
    NotText,

    /// <summary>A kind of file that is not read.</summary>
    Unsupported,

    /// <summary>Damaged, or built in a way that can't be read within bounds.</summary>
    Unreadable,

    /// <summary>Reading it took too long.</summary>
    TooSlow,

    /// <summary>It asks for a password.</summary>
    Encrypted,

    /// <summary>Pages that are pictures, without text.</summary>
    ImageOnly,
}

/// <summary>A file that ends its run.</summary>
/// <param name="Message">One sentence for the person who uploaded it: what is wrong and what would help.</param>
public sealed record Rejection(RejectionReason Reason, string Message);

/// <summary>The key of an article, in every id that belongs to it.</summary>
public static class ArticleKey
{
    /// <summary>How many characters a key has.</summary>
    public const int Length = 26;

    /// <summary>First 26 base32 characters (RFC 4648, lower case; 130 bits) of the SHA-256 of <c>container/name</c>. A
    /// Mac writes accents behind their letters, others as one with them: that is one name, and one key.</summary>
    public static string Of(string container, string name) => OfExactly(container, CanonicalForm.Compose(name));

    /// <summary>The keys that an article of that name may have: <see cref="Of"/>, and those of releases up to 0.1,
    /// where accents written in two ways made two names. The first that has a case is the article's.</summary>
    public static IReadOnlyList<string> KnownOf(string container, string name) =>
        [
            .. new[] { name, CanonicalForm.Compose(name), CanonicalForm.Decompose(name) }
                .Distinct(StringComparer.Ordinal)
                .Select(form => OfExactly(container, form)),
        ];

    /// <summary>True for a string that <see cref="Of"/> could have made.</summary>
    public static bool IsValid(string? key) => key is { Length: Length } && key.All(Base32.Has);

    private static string OfExactly(string container, string name) => Base32.Hash($"{container}/{name}", Length);
}

/// <summary>Hashes as short, portable names.</summary>
public static class Base32
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>The first base32 characters (5 bits each, at most 51) of the SHA-256 of a text's UTF-8 bytes.</summary>
    public static string Hash(string text, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 51);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        var name = new char[length];
        for (var i = 0; i < length; i++)
        {
            var bit = i * 5;
            var pair = (hash[bit / 8] << 8) | (bit / 8 + 1 < hash.Length ? hash[bit / 8 + 1] : 0);
            name[i] = Alphabet[(pair >> (11 - bit % 8)) & 31];
        }

        return new string(name);
    }

    internal static bool Has(char c) => Alphabet.Contains(c, StringComparison.Ordinal);
}
