using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Documents.Pdf;

namespace FactCheck.Extraction;

/// <summary>Bytes to the text of an article; nothing is loaded from elsewhere. Files are strangers', and so are some
/// parsers: they run on a thread of their own with a deep stack, and the answer comes in time.</summary>
public static class ArticleReader
{
    private const int StackBytes = 16 * 1024 * 1024;

    // Every loop of ours, and what the parsers unpack, looks at the clock; a parser that spins on its own doesn't.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Reads plain text, Markdown, HTML, DOCX, PDF, SRT or VTT, told by content, then by extension.</summary>
    /// <param name="hints">What the uploader says of the article; wins over what the file says.</param>
    /// <param name="asked">What a person wants read otherwise; wins over both.</param>
    /// <param name="cancellation">Throws; running out of <see cref="ReadLimits.Time"/> is a rejection instead.</param>
    public static ReadResult Read(
        byte[] bytes,
        string fileName,
        ArticleMeta hints,
        ReadLimits limits,
        ReadingOptions? asked = null,
        CancellationToken cancellation = default
    )
    {
        using var time = new CancellationTokenSource(limits.TimeOrDefault);
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancellation, time.Token);
        var token = clock.Token;
        return OnItsOwnThread(
            () => Attempt(bytes, fileName, hints, limits, asked, token),
            limits.TimeOrDefault + Grace,
            cancellation
        ) switch
        {
            { } result => result,
            null when cancellation.IsCancellationRequested => throw new OperationCanceledException(cancellation),
            null => TooSlow(limits),
        };
    }

    /// <summary>What a file is refused with when time runs out.</summary>
    public static ReadResult.Rejected TooSlow(ReadLimits limits) =>
        new(
            new(
                RejectionReason.TooSlow,
                $"Reading this file took longer than {limits.TimeOrDefault.TotalSeconds:0.#} seconds; "
                    + "save the article's text alone as .txt or .md and upload that."
            )
        );

    // Null when time ran out. A thread that does not come back is left behind: .NET can't end it.
    internal static ReadResult? OnItsOwnThread(
        Func<ReadResult?> read,
        TimeSpan patience,
        CancellationToken cancellation
    )
    {
        var done = new TaskCompletionSource<ReadResult?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "Reading a file" };
        thread.Start();
        return Task.WaitAny([done.Task], (int)patience.TotalMilliseconds, cancellation) == 0
            ? done.Task.GetAwaiter().GetResult()
            : null;

        // What is thrown belongs to the caller's thread: here it would end the process.
        void Run()
        {
            try
            {
                done.SetResult(read());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        }
    }

    private static ReadResult? Attempt(
        byte[] bytes,
        string fileName,
        ArticleMeta hints,
        ReadLimits limits,
        ReadingOptions? asked,
        CancellationToken cancellation
    )
    {
        try
        {
            return new ReadResult.Read(ReadOrThrow(bytes, fileName, hints, limits, asked, cancellation));
        }
        catch (UnreadableFileException refusal)
        {
            return new ReadResult.Rejected(refusal.Rejection);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static ArticleText ReadOrThrow(
        byte[] bytes,
        string fileName,
        ArticleMeta hints,
        ReadLimits limits,
        ReadingOptions? asked,
        CancellationToken cancellation
    )
    {
        RefuseBySize(bytes, limits);
        var document = FileKinds.Of(bytes, fileName) switch
        {
            FileKind.Docx => DocxFile.Read(bytes, limits, cancellation),
            FileKind.Pdf => PdfFile.Read(bytes, limits, cancellation),
            var kind => ReadText(bytes, kind, limits, asked, cancellation),
        };
        cancellation.ThrowIfCancellationRequested();
        if (document.Text.Length == 0)
            throw Blank();
        if (document.Text.Length > limits.MaxCharacters)
            throw UnreadableFileException.TooLong(document.Text.Length, limits);
        SaidMeta[] said =
        [
            new(FactSource.Desk, (asked ?? new()).ToMeta()),
            new(FactSource.Beside, hints),
            .. document.Said,
        ];
        return new(document.Text, SaidMeta.Together(said), document.Times)
        {
            Receipt = Receipts.Of(document, said, bytes.Length, asked),
        };
    }

    private static ReadDocument ReadText(
        byte[] bytes,
        FileKind kind,
        ReadLimits limits,
        ReadingOptions? asked,
        CancellationToken cancellation
    )
    {
        var decoded = Charset.Decode(bytes, kind);
        var repaired = Mojibake.Repaired(decoded.Text);
        var content = Characters.Clean(repaired);
        if (string.IsNullOrWhiteSpace(content))
            throw Blank();
        var document = FileKinds.Refine(kind, content) switch
        {
            FileKind.Html => HtmlPage.Read(content, limits.DateOrder, asked?.WholePage is true, cancellation),
            FileKind.Markdown => MarkdownPage.Read(WithinReach(content, limits), limits.DateOrder),
            FileKind.Subtitles => Transcript.Read(content, cancellation),
            _ => PlainTextPage.Read(WithinReach(content, limits), limits.DateOrder),
        };
        return document with
        {
            Findings =
            [
                .. decoded.Findings,
                .. repaired.Length == decoded.Text.Length ? [] : new[] { Mojibake.Finding },
                .. document.Findings,
            ],
        };
    }

    private static void RefuseBySize(byte[] bytes, ReadLimits limits)
    {
        if (bytes.Length == 0)
            throw new UnreadableFileException(
                RejectionReason.Empty,
                "The file is empty; upload it again, or check that it was saved."
            );
        if (bytes.Length > limits.MaxBytes)
            throw new UnreadableFileException(
                RejectionReason.TooLarge,
                $"The file has {ReadLimits.Megabytes(bytes.Length)} MB and the limit is "
                    + $"{ReadLimits.Megabytes(limits.MaxBytes)} MB; upload the article's text without pictures or "
                    + "attachments."
            );
    }

    // Markup makes a text longer, but not many times: what is far over the limit is refused before a parser sees it.
    private static string WithinReach(string content, ReadLimits limits) =>
        content.Length > 2L * limits.MaxCharacters + 4096
            ? throw UnreadableFileException.TooLong(content.Length, limits)
            : content;

    private static UnreadableFileException Blank() =>
        new(
            RejectionReason.Empty,
            "No text was found in the file; check that it holds the article itself and not only pictures, "
                + "scripts or blank lines."
        );
}
