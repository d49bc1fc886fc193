namespace FactCheck.Extraction.Claims;

/// <summary>"yesterday", "last month", and the dates they mean; none where another may be meant.</summary>
internal static class RelativeDates
{
    /// <summary>Where each ends, and its date. "On Monday" is the last one only where a sentence is past.</summary>
    internal static IEnumerable<(int End, string Date)> In(string text, TextSpan span, DateOnly today, bool inPast)
    {
        var tokens = Tokens.In(text, span);
        var words = tokens.Select(t => t.Span.In(text).ToLowerInvariant()).ToArray();
        // "were expected on Monday": the next one, or the one after the day of writing.
        var isPast =
            inPast
            && !words.Any(w => w is "expected" or "due" or "scheduled" or "planned" or "will" or "would" or "'ll");
        for (var i = 0; i < words.Length; i++)
        {
            var (length, date) = At(words, i, today, isPast);
            if (date is null || Word(words, i - 1) is "'" or "‘" or "“" or "\"")
                continue;
            // "on Tuesday night": the date goes behind both words.
            if (IsPartOfDay(Word(words, i + length)))
                length++;
            var next = Word(words, i + length);
            // "last year's" means the year before, but the bracket has no place there; "Sunday (4 March)" has its date.
            if (next is "'s" or "’s" or "'" or "’" or "(")
                continue;
            yield return (tokens[i + length - 1].Span.End, date);
        }
    }

    private static (int Length, string? Date) At(string[] words, int at, DateOnly today, bool isPast) =>
        words[at] switch
        {
            "yesterday" => (1, Written(today.AddDays(-1))),
            "tomorrow" => (1, Written(today.AddDays(1))),
            // "more people read today than ever" means these years: only what happened, happened on the day.
            "today" or "tonight" when Verbs.IsPast(Word(words, at - 1)) || Verbs.IsPast(Word(words, at + 1)) => (
                1,
                Written(today)
            ),
            // "for the last year" means twelve months, whichever they are.
            "last" or "this" or "next" when Word(words, at - 1) is not ("the" or "of") => (
                2,
                Period(words[at], Word(words, at + 1), today)
            ),
            "on" when isPast => (2, Weekday(words, at + 1, today)),
            _ => (1, null),
        };

    private static string? Period(string which, string unit, DateOnly today)
    {
        var step = which switch
        {
            "last" => -1,
            "next" => 1,
            _ => 0,
        };
        return unit switch
        {
            "year" => today.AddYears(step).Year.ToString(),
            "month" => today.AddMonths(step).ToString("MMMM yyyy"),
            _ => null, // weeks and seasons have no edges that everybody agrees on
        };
    }

    // On a Monday, "on Monday" may be today or a week ago: left alone. So is "on Monday" with a date behind it.
    private static string? Weekday(string[] words, int at, DateOnly today)
    {
        if (!Enum.TryParse<DayOfWeek>(Word(words, at), ignoreCase: true, out var day) || !char.IsLetter(words[at][0]))
            return null;
        var next = Word(words, at + 1) is "," ? at + 2 : at + 1;
        if (
            next < words.Length
            && (char.IsDigit(words[next][0]) || (char.IsLetter(words[next][0]) && Dates.IsDayOrMonth(words[next])))
        )
            return null;
        var back = ((int)today.DayOfWeek - (int)day + 7) % 7;
        return back == 0 ? null : Written(today.AddDays(-back));
    }

    private static bool IsPartOfDay(string word) => word is "night" or "morning" or "afternoon" or "evening";

    private static string Word(string[] words, int at) => at >= 0 && at < words.Length ? words[at] : "";

    private static string Written(DateOnly date) => date.ToString("d MMMM yyyy");
}
