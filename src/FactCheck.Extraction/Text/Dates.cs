using System.Globalization;

namespace FactCheck.Extraction.Text;

/// <summary>
/// Calendar dates as articles write them. Numeric forms other than ISO are not read: 03/04/2026 is two different
/// days.
/// </summary>
internal static class Dates
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd",
        "yyyy/MM/dd",
        "yyyyMMdd",
        "d MMMM yyyy",
        "d MMM yyyy",
        "MMMM d, yyyy",
        "MMM d, yyyy",
        "MMMM d yyyy",
        "MMM d yyyy",
    ];

    private static readonly string[] Lead =
    [
        "published on",
        "published",
        "updated on",
        "updated",
        "posted on",
        "posted",
        "last updated",
        "date",
    ];

    /// <summary>
    /// The date that the whole line is, give or take a weekday, a time of day and a word such as "Published"; null
    /// for anything else.
    /// </summary>
    internal static DateOnly? Parse(string? line)
    {
        if (line is null || line.Length is < 8 or > 60)
            return null;
        var rest = WithoutLead(line.Trim());
        rest = WithoutWeekday(rest);
        return Exact(WithoutTime(rest));
    }

    internal static bool IsDayOrMonth(string word)
    {
        word = word.TrimEnd(',', '.');
        return DateTimeFormatInfo.InvariantInfo.DayNames.Contains(word, StringComparer.OrdinalIgnoreCase)
            || DateTimeFormatInfo.InvariantInfo.MonthNames.Contains(word, StringComparer.OrdinalIgnoreCase);
    }

    private static string WithoutLead(string line)
    {
        var lead = Array.Find(Lead, l => line.StartsWith(l, StringComparison.OrdinalIgnoreCase));
        return lead is null ? line : line[lead.Length..].TrimStart(':', ' ');
    }

    private static string WithoutWeekday(string line)
    {
        var end = line.IndexOfAny([',', ' ']);
        return
            end > 0
            && IsDayOrMonth(line[..end])
            && Array.Exists(
                DateTimeFormatInfo.InvariantInfo.DayNames,
                d => d.Equals(line[..end], StringComparison.OrdinalIgnoreCase)
            )
            ? line[end..].TrimStart(',', ' ')
            : line;
    }

    // "2026-03-01T10:00:00Z" and "1 March 2026, 10:00 GMT": what follows the date is a time of day, or it is no date
    // line.
    private static string WithoutTime(string line)
    {
        if (line.Length > 10 && line[10] is ('T' or ' ') && line[4] == '-')
            return line[..10];
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return line.TrimEnd('.');
        var start = colon;
        while (start > 0 && char.IsAsciiDigit(line[start - 1]))
            start--;
        return line[..start]
            .TrimEnd(' ', ',', '-', '|', '–')
            .Replace(" at", "", StringComparison.OrdinalIgnoreCase)
            .TrimEnd(',', ' ');
    }

    private static DateOnly? Exact(string text) =>
        DateOnly.TryParseExact(
            text.Replace("Sept ", "Sep ", StringComparison.OrdinalIgnoreCase)
                .Replace(".", "", StringComparison.Ordinal),
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var date
        )
            ? date
            : null;
}
