using System.Collections;
using System.Globalization;
using System.Reflection;
using FactCheck.Functions.Configuration;

namespace FactCheck.Tests.Functions;

/// <summary>docs/limits.md tells every limit that can be set, as it is, and tests that are there.</summary>
public sealed class LimitsTests
{
    private static readonly string[] Ends = ["PerHour", "Timeout", "Length", "Idle", "Days"];

    private static readonly Lazy<IReadOnlyList<string[]>> Rows = new(() =>
        [
            .. File.ReadLines(Repository.PathOf("docs", "limits.md"))
                .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
                .Skip(1)
                .Select(line => line.Trim('|', ' ').Split(" | ").Select(cell => cell.Trim('`', ' ')).ToArray())
                .Where(cells => cells[0] != "---"),
        ]
    );

    public static TheoryData<string, string> Settings =>
        new(LimitsOf(new Settings(), "").Select(limit => (limit.Name, Text(limit.Name, limit.Value))));

    public static TheoryData<string> Tests => new(Rows.Value.Select(cells => cells[4]).Distinct());

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_limit_is_told_with_its_default(string setting, string text) =>
        Assert.Equal([text], Rows.Value.Where(cells => cells[1] == setting).Select(cells => cells[2]));

    [Fact]
    public void What_is_told_can_be_set() =>
        Assert.Subset(
            Settings.Select(row => row.Data.Item1).ToHashSet(),
            Rows.Value.Select(cells => cells[1]).Where(name => name.Contains(':', StringComparison.Ordinal)).ToHashSet()
        );

    [Theory]
    [MemberData(nameof(Tests))]
    public void Its_test_is_there(string test)
    {
        var (type, method) = (
            test[..test.IndexOf('.', StringComparison.Ordinal)],
            test[(test.IndexOf('.', StringComparison.Ordinal) + 1)..]
        );
        var files = Directory.EnumerateFiles(Repository.PathOf("tests"), $"{type}.cs", SearchOption.AllDirectories);
        Assert.Contains(files, file => File.ReadAllText(file).Contains($" {method}(", StringComparison.Ordinal));
    }

    private static IEnumerable<(string Name, object Value)> LimitsOf(object settings, string group)
    {
        foreach (var property in settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(settings);
            if (value is int or long or TimeSpan)
            {
                if (
                    property.Name.StartsWith("Max", StringComparison.Ordinal)
                    || Ends.Any(end => property.Name.EndsWith(end, StringComparison.Ordinal))
                )
                    yield return ($"{group}:{property.Name}", value);
            }
            else if (value is not (null or string or Uri or IEnumerable) && value.GetType().IsClass)
                foreach (var inner in LimitsOf(value, property.Name))
                    yield return inner;
        }
    }

    private static string Text(string name, object value) =>
        value switch
        {
            TimeSpan { TotalDays: > 1 } time => $"{time.TotalDays} days",
            TimeSpan { TotalHours: >= 1 } time => $"{time.TotalHours} h",
            TimeSpan { TotalMinutes: >= 1 } time => $"{time.TotalMinutes} min",
            TimeSpan time => $"{time.TotalSeconds} s",
            _ when name.EndsWith("Bytes", StringComparison.Ordinal)
                    || name.EndsWith("Memory", StringComparison.Ordinal) => Bytes(
                Convert.ToInt64(value, CultureInfo.InvariantCulture)
            ),
            _ => string.Create(CultureInfo.InvariantCulture, $"{value:N0}"),
        };

    private static string Bytes(long bytes) =>
        bytes >= 1L << 30 ? $"{bytes >> 30} GB"
        : bytes >= 1 << 20 ? $"{bytes >> 20} MB"
        : $"{bytes >> 10} KB";
}
