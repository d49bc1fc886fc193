using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace FactCheck.Extraction.Documents;

/// <summary>A cue of subtitles.</summary>
/// <param name="Lines">Its lines, without tags.</param>
internal sealed record SubtitleCue(TimeSpan From, TimeSpan To, string? Voice, IReadOnlyList<string> Lines);

/// <summary>
/// SubRip and WebVTT, which differ in their heads and their decimal mark: blocks of lines, of which those with a
/// timing line are cues. Others (numbers, NOTE, STYLE, REGION, the head) are not. Reads what players read: short
/// hours, a comma or a point, settings after the times.
/// </summary>
internal static partial class SubtitleCues
{
    private const int LongestTiming = 200;

    /// <summary>True for a text that begins as subtitles do.</summary>
    internal static bool BeginLike(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("WEBVTT", StringComparison.Ordinal) && (text.Length == 6 || char.IsWhiteSpace(text[6])))
            return true;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits is <= 0 or > 6 || text[digits] != '\n')
            return false;
        var rest = text[(digits + 1)..];
        var end = rest.IndexOf('\n');
        return TimesOf((end < 0 ? rest : rest[..end]).ToString()) is not null;
    }

    /// <summary>
    /// What the head of a WebVTT file says beside its signature: a title, and fields such as "Language: en".
    /// </summary>
    internal static (string? Title, string? Language) HeadOf(string content)
    {
        if (!content.TrimStart().StartsWith("WEBVTT", StringComparison.Ordinal))
            return (null, null);
        var head = content.TrimStart().Split("\n\n", 2)[0].Split('\n');
        var title = head[0]["WEBVTT".Length..].Trim(' ', '\t', '-', '–', ':');
        var language = Array
            .Find(head, line => line.StartsWith("Language:", StringComparison.OrdinalIgnoreCase))
            ?["Language:".Length..];
        return (title.Length > 0 ? title : null, language);
    }

    /// <summary>The cues, in the order of the file.</summary>
    internal static IEnumerable<SubtitleCue> Of(string content)
    {
        (TimeSpan From, TimeSpan To)? times = null;
        var lines = new List<string>();
        foreach (var line in content.Split('\n').Append(""))
        {
            if (TimesOf(line) is { } next)
            {
                // A file without blank lines: what stands before the times is the number of this cue, not the last
                // line of the one before.
                if (times is not null && lines.Count > 0 && lines[^1].Trim().All(char.IsAsciiDigit))
                    lines.RemoveAt(lines.Count - 1);
                if (Made(times, lines) is { } earlier)
                    yield return earlier;
                times = next;
                lines.Clear();
            }
            else if (string.IsNullOrWhiteSpace(line))
            {
                if (Made(times, lines) is { } cue)
                    yield return cue;
                times = null;
                lines.Clear();
            }
            else if (times is not null)
                lines.Add(line);
        }
    }

    private static SubtitleCue? Made((TimeSpan From, TimeSpan To)? times, List<string> lines)
    {
        if (times is not { } at || lines.Count == 0)
            return null;
        var voice = lines.Select(l => VoiceTag().Match(l)).FirstOrDefault(m => m.Success)?.Groups["name"].Value;
        var clean = lines.Select(Clean).Where(l => l.Length > 0).ToList();
        return clean.Count == 0
            ? null
            : new(at.From, at.To, string.IsNullOrWhiteSpace(voice) ? null : Clean(voice), clean);
    }

    // Tags of both formats, the position codes of SubStation that SRT files carry on, and entities.
    private static string Clean(string line) =>
        ParagraphText.Collapse(
            Characters.Clean(
                WebUtility.HtmlDecode(
                    Tag().Replace(line, m => m.ValueSpan.StartsWith("<rt", StringComparison.Ordinal) ? " " : "")
                )
            )
        );

    private static (TimeSpan From, TimeSpan To)? TimesOf(string line)
    {
        if (line.Length > LongestTiming || !line.Contains("-->", StringComparison.Ordinal))
            return null;
        var match = Timing().Match(line);
        return
            match.Success
            && TimeOf(match.Groups["from"].ValueSpan) is { } from
            && TimeOf(match.Groups["to"].ValueSpan) is { } to
            ? (from, to)
            : null;
    }

    private static TimeSpan? TimeOf(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[4];
        var count = text.Split(parts, ':');
        var seconds = text[parts[count - 1]].ToString().Replace(',', '.');
        if (
            !double.TryParse(seconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var s)
            || s >= 60
        )
            return null;
        if (
            !int.TryParse(text[parts[count - 2]], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            || minutes >= 60
        )
            return null;
        var hours = 0;
        if (count == 3 && !int.TryParse(text[parts[0]], NumberStyles.None, CultureInfo.InvariantCulture, out hours))
            return null;
        return new TimeSpan(hours, minutes, 0) + TimeSpan.FromMilliseconds(Math.Round(s * 1000));
    }

    [GeneratedRegex(
        @"^\s*(?<from>(\d{1,4}:)?\d{1,2}:\d{1,2}([.,]\d{1,3})?)\s*-->\s*(?<to>(\d{1,4}:)?\d{1,2}:\d{1,2}([.,]\d{1,3})?)(\s|$)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Timing();

    [GeneratedRegex(@"<v(\.[^\s>]*)?\s+(?<name>[^>]*)>", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex VoiceTag();

    [GeneratedRegex(
        @"</?[a-zA-Z][^<>]*>|<\d[\d:.,]*>|\{\\[^{}]*\}|\{[ibuy]:[^{}]*\}",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Tag();
}
