using System.Globalization;
using NCrontab;

namespace FactCheck.Host.Triggers;

/// <summary>A timer's times: NCRONTAB in UTC, so that no hour is missing or comes twice, or a time span.</summary>
internal sealed class TimerSchedule
{
    private readonly Func<DateTime, DateTime> _next;

    private TimerSchedule(Func<DateTime, DateTime> next, bool isCron)
    {
        _next = next;
        IsCron = isCron;
    }

    public bool IsCron { get; }

    /// <summary>Reads one: six fields with seconds, five without, or a time span such as <c>00:30:00</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static TimerSchedule Parse(string text)
    {
        text = text.Trim();
        if (
            text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
            && span > TimeSpan.Zero
        )
            return new(after => after + span, isCron: false);
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        var crontab =
            CrontabSchedule.TryParse(text, new() { IncludingSeconds = fields == 6 })
            ?? throw new FormatException(
                $"'{text}' is not an NCRONTAB expression: seconds minutes hours day month weekday, such as '0 */5 * * * *'"
            );
        return new(crontab.GetNextOccurrence, isCron: true);
    }

    /// <summary>The first time after another; UTC.</summary>
    public DateTime NextAfter(DateTime time) => _next(time);

    /// <summary>Whether it comes more than once a minute; of those nothing is stored, as on Azure.</summary>
    public bool IsFrequent(DateTime now)
    {
        var next = NextAfter(now);
        return NextAfter(next) - next < TimeSpan.FromMinutes(1);
    }
}
