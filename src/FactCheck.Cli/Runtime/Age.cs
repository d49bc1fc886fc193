using System.Globalization;

namespace FactCheck.Cli.Runtime;

/// <summary>Lengths of time as people say them: one number, one unit.</summary>
internal static class Age
{
    private const int MostDays = 36_500;

    private static readonly (string Letter, TimeSpan Unit)[] Units =
    [
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Rounded down: "40 s", "3 min", "7 h", "12 d".</summary>
    public static string Text(TimeSpan age) =>
        age switch
        {
            { Ticks: < 0 } => Text(age.Negate()),
            { TotalMinutes: < 2 } => $"{(int)age.TotalSeconds} s",
            { TotalHours: < 2 } => $"{(int)age.TotalMinutes} min",
            { TotalDays: < 2 } => $"{(int)age.TotalHours} h",
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays} d"),
        };

    public static Option<TimeSpan?> Option(string name, string description)
    {
        var option = new Option<TimeSpan?>(name) { Description = description, HelpName = "AGE" };
        option.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            foreach (var (letter, unit) in Units)
            {
                if (
                    text.EndsWith(letter, StringComparison.OrdinalIgnoreCase)
                    && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number * unit.TotalDays <= MostDays
                )
                    return number * unit;
            }

            result.AddError($"{name} is a number with s, m, h or d, such as 30d, not '{text}'.");
            return null;
        };
        return option;
    }
}
