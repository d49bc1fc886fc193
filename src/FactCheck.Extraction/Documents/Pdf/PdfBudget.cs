namespace FactCheck.Extraction.Documents.Pdf;

/// <summary>
/// What one PDF may still cost. Everything that can grow beyond the file's own size is counted here: what its filters
/// unpack, what its pages draw, how deep they save their state. What was refused once stays refused, since the parser
/// goes on after many an exception.
/// </summary>
internal sealed class PdfBudget(ReadLimits limits, CancellationToken cancellation)
{
    private const int StepsBetweenLooks = 256;

    // A page's drawing takes up about fifty times its length once parsed; those of printed articles have a few
    // hundred KB.
    private const int MostContentBytes = 8 * 1024 * 1024;

    // ISO 32000 asks programs for 28.
    private const int DeepestState = 512;

    private UnreadableFileException? _refusal;
    private long _unpacked;
    private long _glyphs;
    private int _steps;

    /// <summary>Says again what was refused, and stops when time is up.</summary>
    public void Look()
    {
        if (_refusal is not null)
            throw _refusal;
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>The same, now and then: for what is done many times.</summary>
    public void Step()
    {
        if (++_steps % StepsBetweenLooks == 0)
            Look();
    }

    /// <summary>Counts bytes that a filter made.</summary>
    public void Unpack(long bytes)
    {
        _unpacked += bytes;
        if (_unpacked > limits.MaxUnpackedBytes)
            Refuse(
                RejectionReason.TooLarge,
                $"The PDF unpacks to more than {ReadLimits.Megabytes(limits.MaxUnpackedBytes)} MB; save the "
                    + "article's pages alone, or upload its text as .txt."
            );
        Look();
    }

    /// <summary>
    /// Counts a letter. Headers and spaces go later, so that there may be twice as many as the text may have.
    /// </summary>
    public void Glyph()
    {
        if (++_glyphs > 2L * limits.MaxCharacters + 4096)
            _refusal = UnreadableFileException.TooLong(_glyphs, limits);
        if (_refusal is not null)
            throw _refusal;
        Step();
    }

    /// <summary>Looks at a page's or form's drawing before it is parsed.</summary>
    public void Parse(long bytes)
    {
        Look();
        if (bytes > MostContentBytes)
            Refuse(
                RejectionReason.Unreadable,
                "A page of the PDF is drawn in too many steps to be read; save its text as .txt and upload that."
            );
    }

    /// <summary>Looks at the number of saved drawing states.</summary>
    public void Save(int depth)
    {
        Step();
        if (depth > DeepestState)
            Refuse(
                RejectionReason.Unreadable,
                "The PDF is nested too deeply to be read; print it to a new PDF and upload that."
            );
    }

    private void Refuse(RejectionReason reason, string message)
    {
        _refusal = new(reason, message);
        throw _refusal;
    }
}
