using System.Globalization;

namespace FactCheck.Extraction.Text;

/// <summary>In which order a desk, or those who write for it, put the day and the month of dates of figures.</summary>
public enum DateOrder
{
    /// <summary>Nobody has said: 03/04/2026 is not read. With dots the day comes first wherever dots are written.</summary>
    Unknown,

    DayMonth,

    MonthDay,
}

/// <summary>Calendar dates as articles write them. What can be two days is read in the desk's order, never
/// guessed.</summary>
public static class Dates
{
    private static readonly string[] Formats =
    [
        "yyyy-M-d",
        "yyyy/M/d",
        "yyyyMMdd",
        "d MMMM yyyy",
        "d MMM yyyy",
        "MMMM d, yyyy",
        "MMM d, yyyy",
        "MMMM d yyyy",
        "MMM d yyyy",
        "d-MMM-yyyy",
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
    /// for anything else, and for what can be two days in that order.
    /// </summary>
    public static DateOnly? Parse(string? line, DateOrder order = DateOrder.Unknown) =>
        Bare(line) is { } date ? Exact(date) ?? OfFigures(date, order) : null;

    /// <summary>True for a date that can be two days, and is read as neither in that order.</summary>
    public static bool IsUnclear(string? line, DateOrder order) =>
        Parse(line, order) is null && Parse(line, DateOrder.DayMonth) is not null;

    private static string? Bare(string? line) =>
        line is { Length: >= 8 and <= 60 } ? WithoutTime(WithoutWeekday(WithoutLead(line.Trim()))) : null;

    // "03.04.2026", "3. 4. 2026.", "03/04/2026", "3-4-2026".
    private static DateOnly? OfFigures(string date, DateOrder order)
    {
        var mark = date.AsSpan().IndexOfAny('.', '/', '-') is var at and > 0 ? date[at] : '.';
        if (
            date.Split(mark, StringSplitOptions.TrimEntries)
            is not [{ Length: 1 or 2 } first, { Length: 1 or 2 } second, { Length: 4 } third]
        )
            return null;
        if (
            !int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var one)
            || !int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var two)
            || !int.TryParse(third, NumberStyles.None, CultureInfo.InvariantCulture, out var year)
        )
            return null;
        var (dayFirst, monthFirst) = (DayOf(year, two, one), DayOf(year, one, two));
        if (dayFirst is null || monthFirst is null || dayFirst == monthFirst)
            return dayFirst ?? monthFirst;
        return order switch
        {
            DateOrder.DayMonth => dayFirst,
            DateOrder.MonthDay => monthFirst,
            _ => mark == '.' ? dayFirst : null,
        };
    }

    private static DateOnly? DayOf(int year, int month, int day) =>
        year is > 0 and < 10_000 && month is > 0 and <= 12 && day > 0 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;

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
            && DateTimeFormatInfo
                .InvariantInfo.DayNames.Concat(DateTimeFormatInfo.InvariantInfo.AbbreviatedDayNames)
                .Contains(line[..end], StringComparer.OrdinalIgnoreCase)
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
