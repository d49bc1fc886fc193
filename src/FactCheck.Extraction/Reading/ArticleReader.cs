using FactCheck.Domain;

namespace FactCheck.Extraction;

/// <summary>How much of a file is read before it is refused.</summary>
/// <param name="MaxBytes">Size of the file.</param>
/// <param name="MaxCharacters">Length of the text that comes out, in UTF-16 code units.</param>
/// <param name="Time">How long reading may take.</param>
public sealed record ReadLimits(int MaxBytes = 10 * 1024 * 1024, int MaxCharacters = 200_000, TimeSpan? Time = null)
{
    /// <summary>10 MB, 200,000 characters, 30 seconds.</summary>
    public static ReadLimits Default { get; } = new();

    internal TimeSpan TimeOrDefault => Time ?? TimeSpan.FromSeconds(30);
}

/// <summary>What became of a file: an article, or the reason why not.</summary>
public abstract record ReadResult
{
    private ReadResult()
    {
    }

    /// <summary>The file was read.</summary>
    public sealed record Read(ArticleText Article) : ReadResult;

    /// <summary>The file ends its run.</summary>
    public sealed record Rejected(Rejection Rejection) : ReadResult;
}

/// <summary>Bytes to the text of an article. Nothing is ever loaded from elsewhere.</summary>
public static class ArticleReader
{
    /// <summary>Reads plain text, Markdown or HTML.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="fileName">Its name; only the extension is looked at.</param>
    /// <param name="hints">What the uploader says of the article; wins over what the file says.</param>
    /// <param name="limits">When to refuse.</param>
    /// <param name="cancellation">Stops the reading with an exception; running out of <see cref="ReadLimits.Time"/> is a rejection instead.</param>
    public static ReadResult Read(byte[] bytes, string fileName, ArticleMeta hints, ReadLimits limits, CancellationToken cancellation = default)
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        clock.CancelAfter(limits.TimeOrDefault);
        try
        {
            return new ReadResult.Read(ReadOrThrow(bytes, fileName, hints, limits, clock.Token));
        }
        catch (UnreadableFileException refusal)
        {
            return new ReadResult.Rejected(refusal.Rejection);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ReadResult.Rejected(new(
                RejectionReason.TooSlow,
                $"Reading this file took longer than {limits.TimeOrDefault.TotalSeconds:0.#} seconds; save the article's text alone as .txt or .md and upload that."));
        }
    }

    private static ArticleText ReadOrThrow(byte[] bytes, string fileName, ArticleMeta hints, ReadLimits limits, CancellationToken cancellation)
    {
        RefuseBySize(bytes, limits);
        var kind = FileKinds.Of(bytes, fileName);
        var content = Characters.Clean(Charset.Decode(bytes, kind));
        if (string.IsNullOrWhiteSpace(content)) throw Blank();
        var article = FileKinds.Refine(kind, content) switch
        {
            FileKind.Html => HtmlPage.Read(content, cancellation),
            FileKind.Markdown => MarkdownPage.Read(WithinReach(content, limits)),
            _ => PlainTextPage.Read(WithinReach(content, limits)),
        };
        cancellation.ThrowIfCancellationRequested();
        if (article.Text.Length == 0) throw Blank();
        if (article.Text.Length > limits.MaxCharacters) throw TooLong(article.Text.Length, limits);
        return article with { Meta = hints.OrElse(article.Meta) };
    }

    private static void RefuseBySize(byte[] bytes, ReadLimits limits)
    {
        if (bytes.Length == 0) throw new UnreadableFileException(RejectionReason.Empty, "The file is empty; upload it again, or check that it was saved.");
        if (bytes.Length > limits.MaxBytes)
            throw new UnreadableFileException(
                RejectionReason.TooLarge,
                $"The file has {Megabytes(bytes.Length)} MB and the limit is {Megabytes(limits.MaxBytes)} MB; upload the article's text without pictures or attachments.");
    }

    // Markup makes a text longer, but not many times: what is far over the limit is refused before a parser sees it.
    private static string WithinReach(string content, ReadLimits limits) =>
        content.Length > 2L * limits.MaxCharacters + 4096 ? throw TooLong(content.Length, limits) : content;

    private static UnreadableFileException Blank() => new(
        RejectionReason.Empty, "No text was found in the file; check that it holds the article itself and not only pictures, scripts or blank lines.");

    private static UnreadableFileException TooLong(int length, ReadLimits limits) => new(
        RejectionReason.TooLong,
        $"The text has {length:N0} characters and the limit is {limits.MaxCharacters:N0}; split it and upload the parts as separate articles.");

    private static string Megabytes(int bytes) => (bytes / 1048576.0).ToString("0.##");
}

/// <summary>Carries a rejection out of a parser to <see cref="ArticleReader"/>; never leaves it.</summary>
internal sealed class UnreadableFileException(RejectionReason reason, string message) : Exception(message)
{
    internal Rejection Rejection { get; } = new(reason, message);
}
