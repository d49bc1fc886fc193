using System.Collections.Frozen;

namespace FactCheck.Extraction.Insights;

/// <summary>Amounts, shares, counts and dates, by rule.</summary>
internal static class Figures
{
    private static readonly FrozenSet<string> NumberWords = Set(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            + "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    );

    private static readonly FrozenSet<string> Scales = Set(
        "hundred hundreds thousand thousands million millions billion billions trillion trillions dozen dozens m bn k"
    );

    private static readonly FrozenSet<string> Currencies = Set(
        "dollar dollars euro euros pound pounds cent cents penny pence yen yuan rouble roubles ruble rubles "
            + "rupee rupees franc francs krona kronor zloty lira peso pesos dinar dinars usd eur gbp"
    );

    private static readonly FrozenSet<string> Units = Set(
        "people persons men women children students pupils workers employees patients deaths cases jobs "
            + "votes voters seats members soldiers troops officers homes houses households schools hospitals "
            + "companies countries towns cities cars vehicles flights goals points matches games times "
            + "years year months month weeks week days day hours hour minutes minute seconds km kilometres "
            + "kilometers kilometre kilometer miles mile metres meters metre meter feet foot inches inch acres "
            + "hectares tonnes tons ton kg kilograms kilos pounds litres liters gallons barrels degrees "
            + "megawatts gigawatts kwh mph"
    );

    /// <summary>Whether a figure stands in a span, whatever the language: digits that are no bare year.</summary>
    internal static bool AreIn(string text, TextSpan span) =>
        SentenceWords.Of(text, span).All.Any(w => w.IsNumber && !w.IsYear);

    internal static IEnumerable<(TextSpan Span, EntityKind Kind)> In(string text, SentenceWord[] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var (length, kind) = DateAt(text, words, i) is var date and > 0
                ? (date, EntityKind.Date)
                : AmountAt(words, i);
            if (length == 0)
                continue;
            yield return (TextSpan.FromBounds(words[i].Span.Start, words[i + length - 1].Span.End), kind);
            i += length - 1;
        }
    }

    private static (int Length, EntityKind Kind) AmountAt(SentenceWord[] words, int at)
    {
        var sign =
            IsCurrencySign(words[at].Lower) || (words[at].Lower is "us" or "a" or "c" && Lower(words, at + 1) is "$")
                ? (words[at].IsWord ? 2 : 1)
                : 0;
        var end = at + sign;
        if (
            end >= words.Length
            || !(
                words[end].IsNumber
                || NumberWords.Contains(words[end].Lower)
                || (
                    sign == 0
                    && Scales.Contains(words[end].Lower)
                    && words[end].Lower.Length > 2
                    && end == at
                    && Lower(words, at - 1) is "a"
                )
            )
        )
            return (0, EntityKind.Other);
        end++;
        while (
            end < words.Length
            && (Scales.Contains(words[end].Lower) || (Lower(words, end - 1) is "." && words[end].IsNumber))
        )
            end++;
        var next = Lower(words, end);
        if (sign > 0)
            return (end - at, EntityKind.Money);
        if (next is "%" or "percent")
            return (end + 1 - at, EntityKind.Percent);
        if (next is "per" && Lower(words, end + 1) is "cent")
            return (end + 2 - at, EntityKind.Percent);
        if (next is "percentage" && Lower(words, end + 1) is "points" or "point")
            return (end + 2 - at, EntityKind.Percent);
        if (Currencies.Contains(next) || IsCurrencySign(next))
            return (end + 1 - at, EntityKind.Money);
        return (Units.Contains(next) ? end + 1 - at : end - at, EntityKind.Quantity);
    }

    private static int DateAt(string text, SentenceWord[] words, int at)
    {
        var word = words[at];
        if (
            word.IsYear
            && (
                Lower(words, at - 1)
                    is "in"
                        or "since"
                        or "by"
                        or "until"
                        or "from"
                        or "of"
                        or "during"
                        or "before"
                        or "after"
                        or "to"
                        or "between"
                        or "and"
                || !IsCounted(words, at)
            )
        )
            return 1;
        if (word.IsNumber && word.Lower.Length == 5 && word.Lower.EndsWith("0s", StringComparison.Ordinal))
            return 1;
        if (IsNamed(text, word, WordClass.Month))
            return MonthAt(words, at);
        if (IsDayNumber(word) && at + 1 < words.Length && IsNamed(text, words[at + 1], WordClass.Month))
            return 2 + YearAt(words, at + 2);
        if (IsNamed(text, word, WordClass.Day))
            return DayAt(text, words, at);
        if (word.Lower is "yesterday" or "today" or "tomorrow" or "tonight")
            return 1;
        return
            word.Lower is "last" or "next" or "this"
            && Lower(words, at + 1) is "year" or "month" or "week" or "spring" or "summer" or "autumn" or "winter"
            ? 2
            : 0;
    }

    // "2019 tests", "2000 dollars" and "£1999" count something; any other number of that look is a year.
    private static bool IsCounted(SentenceWord[] words, int at)
    {
        var next = Lower(words, at + 1);
        return IsCurrencySign(Lower(words, at - 1))
            || next is "%" or "percent" or "per"
            || Scales.Contains(next)
            || Currencies.Contains(next)
            || Units.Contains(next)
            || (next.Length > 3 && next.EndsWith('s') && words[at + 1].IsWord);
    }

    // "May" alone is a verb as often as a month: it needs a number behind it.
    private static int MonthAt(SentenceWord[] words, int at)
    {
        var day = at + 1 < words.Length && IsDayNumber(words[at + 1]) ? 1 : 0;
        var year = YearAt(words, at + 1 + day);
        return day + year == 0 && words[at].Lower is "may" or "march" ? 0 : 1 + day + year;
    }

    private static int DayAt(string text, SentenceWord[] words, int at)
    {
        if (Lower(words, at + 1) is not ",")
            return 1;
        if (
            at + 2 < words.Length
            && IsNamed(text, words[at + 2], WordClass.Month)
            && MonthAt(words, at + 2) is var month and > 1
        )
            return 2 + month;
        return at + 3 < words.Length && IsDayNumber(words[at + 2]) && IsNamed(text, words[at + 3], WordClass.Month)
            ? 4 + YearAt(words, at + 4)
            : 1;
    }

    private static int YearAt(SentenceWord[] words, int at)
    {
        if (at < words.Length && words[at].IsYear)
            return 1;
        return at + 1 < words.Length && words[at].Lower is "," && words[at + 1].IsYear ? 2 : 0;
    }

    private static bool IsDayNumber(SentenceWord word) =>
        word.IsNumber
        && word.Lower.Length <= 4
        && int.TryParse(word.Lower.TrimEnd('s', 't', 'n', 'd', 'r', 'h'), out var day)
        && day is >= 1 and <= 31;

    private static bool IsNamed(string text, SentenceWord word, WordClass wanted) =>
        word.IsWord
        && char.IsUpper(text[word.Span.Start])
        && WordClasses.Is(word.Lower, wanted)
        && word.Lower is not ("today" or "yesterday" or "tomorrow" or "tonight");

    private static bool IsCurrencySign(string word) => word is "$" or "€" or "£" or "¥" or "₹" or "₽";

    private static string Lower(SentenceWord[] words, int at) => at >= 0 && at < words.Length ? words[at].Lower : "";

    private static FrozenSet<string> Set(string words) =>
        words.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
