using System.Runtime.InteropServices;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// What captions show again while they roll: the lines before above a new one, a line that grows word by word, or a
/// whole line after its words came one by one.
/// </summary>
internal sealed class RolledWords
{
    // What is shown again was on the screen a moment ago.
    private const int LongestMemory = 64;
    private const int MostLines = 8;

    // A single word may well be said twice ("No." "No."), and two where more follow.
    private const int FewestWordsTogether = 2;
    private const int FewestWordsOfPart = 3;

    private IReadOnlyList<string[]> _shown = [];
    private readonly List<string> _said = [];

    /// <summary>The lines of the next cue without the words that are only shown again.</summary>
    /// <param name="goesOn">The cue follows the one before without a pause.</param>
    public IReadOnlyList<string> NewIn(IReadOnlyList<string> lines, bool goesOn)
    {
        string[][] shown = [.. lines.Select(line => line.Split(' '))];
        string[] words = [.. shown.SelectMany(line => line)];
        var again = goesOn ? ShownAgain(words) : 0;
        _shown = shown;
        _said.AddRange(words.Skip(again));
        if (_said.Count > 2 * LongestMemory)
            _said.RemoveRange(0, _said.Count - LongestMemory);
        return again == 0 ? lines : [.. Rest(shown, again)];
    }

    // The last lines of what was shown open the cue, or the last words of what was said.
    private int ShownAgain(string[] words)
    {
        for (var first = Math.Max(0, _shown.Count - MostLines); first < _shown.Count; first++)
        {
            string[] tail = [.. _shown.Skip(first).SelectMany(line => line)];
            if (words.AsSpan().StartsWith(tail))
                return tail.Length;
        }

        var most = Math.Min(words.Length, _said.Count);
        for (var count = most; count >= FewestWordsTogether; count--)
        {
            var isAgain = count >= FewestWordsOfPart || count == words.Length;
            if (isAgain && words.AsSpan(0, count).SequenceEqual(CollectionsMarshal.AsSpan(_said)[^count..]))
                return count;
        }

        return 0;
    }

    private static IEnumerable<string> Rest(IEnumerable<string[]> lines, int skipped)
    {
        foreach (var line in lines)
        {
            if (skipped < line.Length)
                yield return string.Join(' ', line.Skip(skipped));
            skipped = Math.Max(0, skipped - line.Length);
        }
    }
}
