namespace FactCheck.Domain;

/// <summary>What reading made of a file: what was taken and from where, what was left out, and what is
/// doubtful.</summary>
/// <param name="Facts">What was taken for title, byline, date, outlet and language; what was not found is
/// missing.</param>
/// <param name="Taken">The text that is checked.</param>
/// <param name="LeftOut">What of the file is no part of the text; each kind once, the longest first.</param>
/// <param name="Findings">What was guessed, repaired, or should be looked at.</param>
/// <param name="Asked">What a person wanted read otherwise; null where nobody did.</param>
public sealed record ReadingReceipt(
    IReadOnlyList<ReadFact> Facts,
    TextSize Taken,
    IReadOnlyList<LeftOut> LeftOut,
    IReadOnlyList<ReadingFinding> Findings,
    ReadingOptions? Asked = null
)
{
    /// <summary>Why it seems that too little was read, in one sentence; null where it does not.</summary>
    public string? WhyLittle() => Findings.FirstOrDefault(f => f.Kind == ReadingFindingKind.LittleRead)?.Message;
}

/// <summary>The length of a text: words as white space parts them, and characters that are no white space.</summary>
public readonly record struct TextSize(int Words, int Characters)
{
    /// <summary>The length of one text.</summary>
    public static TextSize Of(string text)
    {
        var (words, characters, inWord) = (0, 0, false);
        foreach (var c in text)
        {
            var isSpace = char.IsWhiteSpace(c);
            words += !isSpace && !inWord ? 1 : 0;
            characters += isSpace ? 0 : 1;
            inWord = !isSpace;
        }

        return new(words, characters);
    }

    /// <summary>The length of several, each by itself.</summary>
    public static TextSize Of(IEnumerable<string> texts) =>
        texts.Aggregate(default(TextSize), (size, text) => size + Of(text));

    public static TextSize operator +(TextSize one, TextSize other) =>
        new(one.Words + other.Words, one.Characters + other.Characters);

    /// <summary>What is left without a part; never less than nothing.</summary>
    public static TextSize operator -(TextSize whole, TextSize part) =>
        new(Math.Max(0, whole.Words - part.Words), Math.Max(0, whole.Characters - part.Characters));

    /// <inheritdoc/>
    public override string ToString() => $"{InWords}, {Characters:N0} {(Characters == 1 ? "character" : "characters")}";

    internal string InWords => $"{Words:N0} {(Words == 1 ? "word" : "words")}";
}

/// <summary>What is told of an article beside its text.</summary>
public enum ArticleFact
{
    Title,
    Byline,
    Published,
    Outlet,
    Language,
}

/// <summary>Where a fact was taken from.</summary>
public enum FactSource
{
    /// <summary>A person of the desk, who wanted it read otherwise.</summary>
    Desk,

    /// <summary>Whoever handed it in, beside the file.</summary>
    Beside,

    FrontMatter,
    LinkedData,
    Markup,
    PageTitle,
    Headline,
    FirstLines,
    Properties,
    CaptionHead,

    /// <summary>Nothing says it.</summary>
    Guess,
}

/// <summary>Something that was taken for a fact about an article.</summary>
/// <param name="Value">As it was understood; a date as 2026-04-03.</param>
public sealed record ReadFact(ArticleFact Fact, string Value, FactSource Source)
{
    /// <summary>The source as people call it.</summary>
    public string From =>
        Source switch
        {
            FactSource.Desk => "said by the desk",
            FactSource.Beside => "said by whoever handed it in",
            FactSource.FrontMatter => "the file's front matter",
            FactSource.LinkedData => "the page's data for search engines, JSON-LD",
            FactSource.Markup => "the page's own markup",
            FactSource.PageTitle => "the page's title",
            FactSource.Headline => "the headline",
            FactSource.FirstLines => "the first lines of the text",
            FactSource.Properties => "the file's properties",
            FactSource.CaptionHead => "the head of the captions",
            _ => "guessed from the words",
        };
}

/// <summary>Why a part of a file is no part of the article's text.</summary>
public enum LeftOutKind
{
    Heading,
    Navigation,
    Related,
    Comments,
    Credits,
    Promotion,
    Consent,
    Overlay,
    Captions,
    Elsewhere,
    Hidden,
    Code,
    Margins,
    ShownAgain,
    Sounds,
}

/// <summary>Parts of a file that were left out for one reason.</summary>
public sealed record LeftOut(LeftOutKind Kind, TextSize Size)
{
    /// <summary>The parts as people call them.</summary>
    public string What =>
        Kind switch
        {
            LeftOutKind.Heading => "headline, byline and date lines",
            LeftOutKind.Navigation => "menus, headers and footers of the site",
            LeftOutKind.Related => "what leads to other articles",
            LeftOutKind.Comments => "readers' comments",
            LeftOutKind.Credits => "credits, dates, tags and rights",
            LeftOutKind.Promotion => "advertisements, and buttons to share or subscribe",
            LeftOutKind.Consent => "notices that want consent",
            LeftOutKind.Overlay => "dialogs over the page",
            LeftOutKind.Captions => "words under pictures",
            LeftOutKind.Hidden => "what the page holds and does not show",
            LeftOutKind.Code => "blocks of code",
            LeftOutKind.Margins => "headers, footers and numbers of pages",
            LeftOutKind.ShownAgain => "captions shown once more",
            LeftOutKind.Sounds => "sounds in captions",
            _ => "what stands apart from the article",
        };

    /// <summary>Each kind with the length of all that is of it, the longest first; what is empty is passed
    /// over.</summary>
    public static IReadOnlyList<LeftOut> Sum(IEnumerable<LeftOut> parts) =>
        [
            .. parts
                .GroupBy(part => part.Kind)
                .Select(kind => new LeftOut(kind.Key, kind.Aggregate(default(TextSize), (sum, p) => sum + p.Size)))
                .Where(sum => sum.Size.Words > 0)
                .OrderByDescending(sum => sum.Size.Characters)
                .ThenBy(sum => sum.Kind),
        ];
}

/// <summary>What can be doubtful about a reading.</summary>
public enum ReadingFindingKind
{
    /// <summary>Hardly any text came of much.</summary>
    LittleRead,

    /// <summary>A page was taken as a whole: no article stood out, or that was asked for.</summary>
    WholePage,

    /// <summary>The text is one that the page hides.</summary>
    HiddenText,

    /// <summary>Nothing says in which charset the file is.</summary>
    CharsetGuessed,

    /// <summary>Letters that had been saved in a wrong charset were put right.</summary>
    MojibakeRepaired,

    /// <summary>Letters that can't be read.</summary>
    LettersLost,

    /// <summary>Pages were read column by column.</summary>
    Columns,

    /// <summary>Pages without text among others.</summary>
    PicturePages,

    /// <summary>A date that can be two days, or is none.</summary>
    UnreadDate,

    /// <summary>A language of which little is looked for.</summary>
    OtherLanguage,

    /// <summary>Captions without full stops.</summary>
    NoPunctuation,
}

/// <summary>Something that a person should know of a reading.</summary>
/// <param name="Message">One sentence.</param>
public sealed record ReadingFinding(ReadingFindingKind Kind, string Message);

/// <summary>When so little came of a file that a person should look at it: the one rule.</summary>
public static class LittleRead
{
    // About a hundred words; short news are as short, but on small pages.
    private const int FewCharacters = 500;
    private const int BytesForOneCharacter = 200;
    private const int LeftOutForOneCharacter = 4;

    /// <summary>Why the text seems to be too little of its file; null where it does not.</summary>
    public static string? Of(TextSize taken, TextSize leftOut, long bytes) =>
        taken.Characters < FewCharacters
        && (
            bytes > BytesForOneCharacter * (long)taken.Characters
            || leftOut.Characters > LeftOutForOneCharacter * taken.Characters
        )
            ? $"Little was read: {taken.InWords} of a file of {Math.Max(1, bytes / 1024):N0} KB, and {leftOut.InWords} "
                + "were left out. If that is not the whole article, have it read otherwise or upload its text alone."
            : null;

    /// <summary>Why there is nothing to do although the file was read; null where there is something.</summary>
    /// <param name="statements">Claims and quotes that were found.</param>
    public static string? Of(TextSize taken, int statements) =>
        statements > 0
            ? null
            : $"Little was read: no claim and no quote was found in {taken.InWords}. If that is not the whole article, "
                + "have it read otherwise or upload its text alone.";
}
