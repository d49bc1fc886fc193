namespace FactCheck.Extraction.Documents;

/// <summary>
/// Headline, byline, date line and source link at the top of a text: they describe the article and are no part of
/// what it says.
/// </summary>
internal static class Headings
{
    private const int LongestHeadline = 160;
    private const int LongestByline = 80;
    private const int LinesLookedAt = 4;
    private static readonly string[] SourceLabels = ["source:", "url:", "link:"];

    /// <summary>
    /// Takes the heading lines off the front of <paramref name="paragraphs"/> and returns them with what they said.
    /// </summary>
    /// <param name="paragraphs">The paragraphs; the lines that are headings are removed.</param>
    /// <param name="title">The headline where it is known from elsewhere; a first paragraph that repeats it goes
    /// too.</param>
    /// <param name="order">Of dates of figures.</param>
    internal static HeadingLines Take(List<string> paragraphs, string? title, DateOrder order = DateOrder.Unknown)
    {
        IReadOnlyList<string> all = [.. paragraphs];
        string? found = null;
        if (paragraphs.Count > 0 && title is not null && IsSame(paragraphs[0], title))
            paragraphs.RemoveAt(0);
        else if (paragraphs.Count > 1 && title is null && IsHeadline(paragraphs[0], order))
            found = TakeFirst(paragraphs);
        var meta = TakeLines(paragraphs, order) with { Title = found };
        return new(meta, [.. all.Take(all.Count - paragraphs.Count)]);
    }

    private static ArticleMeta TakeLines(List<string> paragraphs, DateOrder order)
    {
        string? byline = null;
        DateOnly? date = null;
        string? unclear = null;
        Uri? source = null;
        for (var i = 0; i < LinesLookedAt && paragraphs.Count > 1; i++)
        {
            if (byline is null && BylineOf(paragraphs[0]) is { } who)
                byline = who;
            else if (date is null && Dates.Parse(paragraphs[0], order) is { } day)
                date = day;
            else if (Dates.IsUnclear(paragraphs[0], order))
                unclear = paragraphs[0];
            else if (source is null && SourceOf(paragraphs[0]) is { } url)
                source = url;
            else
                break;
            paragraphs.RemoveAt(0);
        }

        return new(Byline: byline, Published: date, SourceUrl: source) { UnreadDate = date is null ? unclear : null };
    }

    /// <summary>The name in a line such as "By Mary Poe, health correspondent"; null for any other line.</summary>
    internal static string? BylineOf(string line)
    {
        line = line.Trim();
        if (line.Length > LongestByline || !line.StartsWith("by ", StringComparison.OrdinalIgnoreCase))
            return null;
        var name = line[3..].Trim().TrimEnd(',', '|');
        // "By Friday he had gone." is a sentence: a byline begins with a capital and has no full stop, and a weekday
        // or month is no name.
        if (name.Length < 2 || !char.IsUpper(name[0]) || name[^1] is '.' or '!' or '?' or ':')
            return null;
        // What follows a comma is what they are, in lower case.
        var words = name.Split(',')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return
            words.Length <= 10
            && words.Count(w => char.IsUpper(w[0])) * 2 > words.Length
            && !Dates.IsDayOrMonth(words[0])
            ? name
            : null;
    }

    /// <summary>
    /// The address in a line that holds nothing else, or "Source:" before it; null for any other line.
    /// </summary>
    internal static Uri? SourceOf(string line)
    {
        var address = Array.Find(SourceLabels, label => line.StartsWith(label, StringComparison.OrdinalIgnoreCase))
            is { } found
            ? line[found.Length..].Trim()
            : line;
        return
            address.StartsWith("http", StringComparison.OrdinalIgnoreCase)
            && !address.Contains(' ', StringComparison.Ordinal)
            ? MetaFields.Url(address)
            : null;
    }

    private static string TakeFirst(List<string> paragraphs)
    {
        var first = paragraphs[0];
        paragraphs.RemoveAt(0);
        return first;
    }

    private static bool IsHeadline(string line, DateOrder order) =>
        line.Length <= LongestHeadline
        && line[^1] is not ('.' or '!' or ':' or ';' or ',')
        && !line.EndsWith(".\"", StringComparison.Ordinal)
        && !line.EndsWith(".”", StringComparison.Ordinal)
        && BylineOf(line) is null
        && SourceOf(line) is null
        && Dates.Parse(line, order) is null
        && !Dates.IsUnclear(line, order)
        && !IsDialogue(line);

    // A whole line in quotation marks opens an interview; it is no headline.
    private static bool IsDialogue(string line) =>
        line[0] is ('"' or '“' or '«' or '„') && line[^1] is ('"' or '”' or '»' or '“') && line.Length > 60;

    private static bool IsSame(string one, string other) =>
        string.Equals(Letters(one), Letters(other), StringComparison.OrdinalIgnoreCase);

    private static string Letters(string text) => new([.. text.Where(char.IsLetterOrDigit)]);
}
