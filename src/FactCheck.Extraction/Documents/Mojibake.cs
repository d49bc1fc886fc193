using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// Undoes what a program does that reads UTF-8 as a Windows code page and saves it again: "RenÃ©e" is "Renée", "â€œ" a
/// quotation mark. Line by line, so that a page with whole and broken parts keeps its whole ones.
/// </summary>
internal static class Mojibake
{
    // A broken text may be broken once more.
    private const int MostTimes = 3;

    // A line is broken where nearly all that is not ASCII in it is UTF-8 in disguise.
    private const int LettersForOneStranger = 8;

    // What the first byte of a Latin, Greek or Cyrillic letter or of a mark looks like. Others may stand before a
    // closing mark in a text that is whole: CAFÉ”.
    private static readonly SearchValues<char> Signs = SearchValues.Create("ÃÂâĂÄÅĹÐÑÎÏ");

    private static readonly FrozenDictionary<char, byte>[] CodePages = [.. new[] { 1252, 1250 }.Select(BytesOf)];

    /// <summary>What to tell of a text that was repaired.</summary>
    internal static ReadingFinding Finding { get; } =
        new(
            ReadingFindingKind.MojibakeRepaired,
            "Letters that a program had saved in a wrong charset, such as é as Ã©, were put right."
        );

    /// <summary>The text as it was meant; the same, and as long, where nothing is broken.</summary>
    internal static string Repaired(string text)
    {
        for (var time = 0; time < MostTimes && text.AsSpan().ContainsAny(Signs); time++)
        {
            var repaired = CodePages.Aggregate(text, Repaired);
            if (repaired.Length == text.Length)
                break;
            text = repaired;
        }

        return text;
    }

    private static string Repaired(string text, FrozenDictionary<char, byte> codePage)
    {
        var repaired = new StringBuilder(text.Length);
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = text.IndexOf('\n', start) is var stop and >= 0 ? stop + 1 : text.Length;
            AppendLine(repaired, text.AsSpan(start, end - start), codePage);
        }

        return repaired.ToString();
    }

    private static void AppendLine(
        StringBuilder repaired,
        ReadOnlySpan<char> line,
        FrozenDictionary<char, byte> codePage
    )
    {
        var before = repaired.Length;
        var (letters, signs, strangers) = (0, 0, 0);
        for (int at = 0, length; at < line.Length; at += length)
        {
            length = LetterAt(line[at..], codePage, out var letter);
            letters += length > 1 ? 1 : 0;
            signs += length > 1 && Signs.Contains(line[at]) ? 1 : 0;
            strangers += length == 1 && !char.IsAscii(line[at]) ? 1 : 0;
            if (length > 1)
                repaired.Append(letter.ToString());
            else
                repaired.Append(line[at]);
        }

        if (signs > 0 && strangers * LettersForOneStranger <= letters)
            return;
        repaired.Length = before;
        repaired.Append(line);
    }

    // How many characters look like one letter in UTF-8: 1 where they don't.
    private static int LetterAt(ReadOnlySpan<char> text, FrozenDictionary<char, byte> codePage, out Rune letter)
    {
        letter = default;
        if (char.IsAscii(text[0]))
            return 1;
        Span<byte> bytes = stackalloc byte[4];
        var count = 0;
        while (count < bytes.Length && count < text.Length && codePage.TryGetValue(text[count], out bytes[count]))
            count++;
        return Rune.DecodeFromUtf8(bytes[..count], out letter, out var length) == OperationStatus.Done ? length : 1;
    }

    // A control stands for itself: so readers leave the bytes for which the code page has no letter.
    private static FrozenDictionary<char, byte> BytesOf(int codePage)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var encoding = Encoding.GetEncoding(codePage);
        var bytes = new Dictionary<char, byte>();
        for (var value = 0x80; value <= 0xFF; value++)
        {
            bytes[encoding.GetString([(byte)value])[0]] = (byte)value;
            if (value < 0xA0)
                bytes[(char)value] = (byte)value;
        }

        return bytes.ToFrozenDictionary();
    }
}
