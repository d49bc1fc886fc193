using System.Text.RegularExpressions;
using FactCheck.Functions.Page;

namespace FactCheck.Tests.Functions.Page;

/// <summary>
/// The page's scripts in rooms: views fill the main area, parts are what they are built from, lib is what all need.
/// </summary>
public sealed partial class PageRoomsTests
{
    private const int MostLines = 40;

    // From the entry down: a script imports what is in its own room, or in one further down.
    private static readonly string[] Rooms = ["", "views", "parts", "lib"];

    private static readonly Dictionary<string, string> Scripts = ReadScripts();

    [Fact]
    public void Every_script_is_in_a_room_and_imports_only_downward()
    {
        var upward =
            from script in Scripts.Keys
            from import in ImportsOf(script)
            where RoomOf(import) < RoomOf(script)
            select $"{script} imports {import}";
        Assert.NotEmpty(Scripts);
        Assert.Empty(upward);
        Assert.All(Scripts.Keys, script => Assert.InRange(RoomOf(script), 0, Rooms.Length - 1));
    }

    [Fact]
    public void Every_import_is_a_script_and_none_leads_back()
    {
        Assert.Empty(Scripts.Keys.SelectMany(ImportsOf).Except(Scripts.Keys, StringComparer.Ordinal));
        var left = Scripts.Keys.ToHashSet(StringComparer.Ordinal);
        while (left.Where(script => !ImportsOf(script).Any(left.Contains)).ToList() is { Count: > 0 } settled)
            left.ExceptWith(settled);
        Assert.Empty(left);
    }

    [Fact]
    public void No_function_is_longer_than_a_screen() =>
        Assert.Empty(Scripts.SelectMany(script => LongFunctionsIn(script.Key, script.Value.Split('\n'))));

    // By the layout, which Prettier owns: a function ends at the first line that stands no deeper than its own.
    private static IEnumerable<string> LongFunctionsIn(string script, string[] lines)
    {
        for (var first = 0; first < lines.Length; first++)
        {
            if (!Function().IsMatch(lines[first]))
                continue;
            var depth = DepthOf(lines[first]);
            var last = first + 1;
            while (last < lines.Length && IsWithin(depth, lines[last]))
                last++;
            if (last - first >= MostLines)
                yield return $"{script}({first + 1}): {last - first + 1} lines";
        }
    }

    private static bool IsWithin(int depth, string line) =>
        DepthOf(line) > depth || (DepthOf(line) == depth && GoesOn().IsMatch(line));

    private static int DepthOf(string line) =>
        line.Length == 0 ? int.MaxValue : line.TakeWhile(char.IsWhiteSpace).Count();

    private static IEnumerable<string> ImportsOf(string script) =>
        from import in Import().Matches(Scripts[script])
        select new Uri(new Uri($"file:///{script}"), import.Groups["path"].Value).AbsolutePath[1..];

    private static int RoomOf(string script) => Array.IndexOf(Rooms, Path.GetDirectoryName(script));

    private static Dictionary<string, string> ReadScripts()
    {
        var assembly = typeof(PageFiles).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.EndsWith(".js", StringComparison.Ordinal))
            .ToDictionary(
                name => name["page/".Length..],
                name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return reader.ReadToEnd();
                },
                StringComparer.Ordinal
            );
    }

    [GeneratedRegex(
        @"(from |import |import\()'(?<path>\.[^']+)'",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Import();

    // An arrow, the word, or a method; no comment, and nothing that fits on one line.
    [GeneratedRegex(
        @"^(?!\s*(/|\*)).*(=>|\bfunction\b).*[\{\(\[>]$|^\s+(async |get )?\w+\(.*[\{\(]$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Function();

    // The line between parameters and body, where they stand on lines of their own.
    [GeneratedRegex(@"^\s*[)}\]].*[\{\(\[>]$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GoesOn();
}
