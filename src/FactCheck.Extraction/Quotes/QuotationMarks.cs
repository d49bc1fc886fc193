namespace FactCheck.Extraction.Quotes;

/// <summary>Words between quotation marks, or after a dash that opens a line.</summary>
/// <param name="Parts">A span for each paragraph it runs over, marks inside.</param>
/// <param name="IsClosed">False when no closing mark was found: the end is a guess.</param>
internal sealed record Quotation(IReadOnlyList<TextSpan> Parts, bool IsClosed, bool IsDash = false)
{
    public TextSpan Extent => TextSpan.FromBounds(Parts[0].Start, Parts[^1].End);

    public char Final(string text)
    {
        var at = Extent.End - 1;
        while (at > Extent.Start && Punctuation.IsQuoteMark(text[at]))
            at--;
        return text[at];
    }
}

/// <summary>Pairs quotation marks in one paragraph, unless one ends without its closing mark and the next opens again:
/// that is one quotation. A mark that nothing closes ends with its sentence, or it would swallow the article.</summary>
internal sealed partial class QuotationMarks(string text)
{
    private const int DeepestNesting = 6;
    private const int MostParagraphs = 40;

    /// <summary>Stands for the first half of a mark that is typed as two: '' or ``.</summary>
    private const char FirstHalf = '\u2060';
    private readonly List<Quotation> _found = [];
    private readonly List<(char Mark, int At)> _open = [];
    private List<TextSpan>? _running;
    private int _fallbackClose = -1;

    /// <summary>Every quotation of the text, outer before inner, in order of their opening marks.</summary>
    public static IReadOnlyList<Quotation> In(string text)
    {
        var marks = new QuotationMarks(WithoutTypewriterMarks(text));
        foreach (var paragraph in Text.Paragraphs.In(text))
            marks.Read(paragraph);
        marks.EndRunning();
        marks._found.Sort((a, b) => (a.Extent.Start, -a.Extent.Length).CompareTo((b.Extent.Start, -b.Extent.Length)));
        return marks._found;
    }

    // Wire copy types a double mark as two single ones; the offsets stay.
    private static string WithoutTypewriterMarks(string text)
    {
        if (!text.Contains("''", StringComparison.Ordinal) && !text.Contains("``", StringComparison.Ordinal))
            return text;
        return text.Replace("''", $"{FirstHalf}\"", StringComparison.Ordinal)
            .Replace("``", $"{FirstHalf}\"", StringComparison.Ordinal);
    }

    private void Read(TextSpan paragraph)
    {
        _open.Clear();
        _fallbackClose = -1;
        var at = Resume(paragraph);
        if (_running is null && IsDialogueDash(paragraph))
        {
            _found.Add(new([paragraph], IsClosed: true, IsDash: true));
            return;
        }

        for (; at < paragraph.End; at++)
        {
            if (Punctuation.IsQuoteMark(text[at]))
                ReadMark(at, paragraph);
        }

        LeaveParagraph(paragraph);
    }

    // A paragraph that opens with a mark while one is running carries it on.
    private int Resume(TextSpan paragraph)
    {
        if (_running is null)
            return paragraph.Start;
        if (
            _running.Count < MostParagraphs
            && Opener(text[paragraph.Start]) == Opener(text[_running[0].Start])
            && Opener(text[paragraph.Start]) != '\0'
        )
        {
            _open.Add((Opener(text[paragraph.Start]), paragraph.Start));
            return paragraph.Start + (text[paragraph.Start] == FirstHalf ? 2 : 1);
        }

        EndRunning();
        return paragraph.Start;
    }

    private bool IsDialogueDash(TextSpan paragraph) =>
        paragraph.Length > 3
        && text[paragraph.Start] is '\u2013' or '\u2014' or '\u2015'
        && (
            char.IsUpper(text[paragraph.Start + 1])
            || (text[paragraph.Start + 1] is ' ' or '\u00A0' && char.IsUpper(text[paragraph.Start + 2]))
        )
        && Punctuation.EndsSentence(text[paragraph.End - 1]);

    private void ReadMark(int at, TextSpan paragraph)
    {
        if (IsInsideWord(at) || IsInchMark(at, paragraph))
            return;
        var top = _open.Count > 0 ? _open[^1].Mark : '\0';
        if (top != '\0' && Closes(top, text[at]) && CanClose(at, paragraph))
            Close(_open.Count - 1, at + 1);
        else if (CanOpen(at, paragraph))
            Open(at);
        else if (_open.Count == 0)
            CloseUnopened(at, paragraph);
        else
            CloseOuter(at);
    }

    private void Open(int at)
    {
        var mark = Opener(text[at]);
        if (mark == '\0' || _open.Count == DeepestNesting)
            return;
        _open.Add((mark, at > 0 && text[at - 1] == FirstHalf ? at - 1 : at));
    }

    // The inner mark was left open and the outer one closes: a single one is forgotten, another ends here too.
    private void CloseOuter(int at)
    {
        for (var i = _open.Count - 2; i >= 0; i--)
        {
            if (!Closes(_open[i].Mark, text[at]))
                continue;
            _open.RemoveRange(i + 1, _open.Count - i - 1);
            Close(i, at + 1);
            return;
        }
    }

    private void Close(int index, int end)
    {
        var start = _open[index].At;
        _open.RemoveAt(index);
        _fallbackClose = -1;
        if (index == 0 && _running is not null)
        {
            _running.Add(TextSpan.FromBounds(start, end));
            _found.Add(new(_running, IsClosed: true));
            _running = null;
        }
        else if (end - start > 2)
        {
            _found.Add(new([TextSpan.FromBounds(start, end)], IsClosed: true));
        }
    }

    private void LeaveParagraph(TextSpan paragraph)
    {
        CloseAtFallback();
        if (_running is not null)
        {
            if (_open.Count > 0)
                GoOn(_open[0].At, paragraph);
            else
                EndRunning();
            return;
        }

        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var (mark, at) = _open[i];
            if (IsSingle(mark))
                continue;
            if (EndOfSpeech(at + 1, paragraph) is var end and > 0)
                _found.Add(new([TextSpan.FromBounds(at, end)], IsClosed: false));
            else if (i == 0 && ContinuesAfter(paragraph, mark))
                _running = [TextSpan.FromBounds(at, paragraph.End)];
            else
                AddUnclosed(at, paragraph);
        }
    }

    // A paragraph that names who speaks in it is the last one, though no mark closes it.
    private void GoOn(int at, TextSpan paragraph)
    {
        var end = EndOfSpeech(at + 1, paragraph);
        _running!.Add(TextSpan.FromBounds(at, end > 0 ? end : paragraph.End));
        if (end > 0)
            EndRunning();
    }

    // "the workers' rights'": a mark that looked like a possessive is the closing one when no better came.
    private void CloseAtFallback()
    {
        if (_fallbackClose < 0 || _open.Count == 0 || !IsSingle(_open[^1].Mark) || _fallbackClose <= _open[^1].At)
            return;
        Close(_open.Count - 1, _fallbackClose + 1);
    }

    private bool ContinuesAfter(TextSpan paragraph, char mark)
    {
        var next = paragraph.End;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
            next++;
        return next < text.Length && Opener(text[next]) == mark;
    }

    private void AddUnclosed(int at, TextSpan paragraph)
    {
        var end = at + 1;
        while (
            end < paragraph.End
            && !(Punctuation.EndsSentence(text[end]) && (end + 1 == paragraph.End || char.IsWhiteSpace(text[end + 1])))
        )
            end++;
        if (end < paragraph.End)
            end++;
        if (end - at > 2)
            _found.Add(new([TextSpan.FromBounds(at, end)], IsClosed: false));
    }

    private void EndRunning()
    {
        if (_running is not null)
            _found.Add(new(_running, IsClosed: false));
        _running = null;
    }

    private bool IsInsideWord(int at) =>
        at > 0
        && at + 1 < text.Length
        && char.IsLetterOrDigit(text[at - 1])
        && char.IsLetterOrDigit(text[at + 1])
        && !Punctuation.IsDoubleQuote(text[at]);

    private bool CanOpen(int at, TextSpan paragraph)
    {
        if (at + 1 >= paragraph.End || char.IsWhiteSpace(text[at + 1]))
            return false;
        if (
            text[at] is '\u201C' or '\u201E' or '\u00AB' or '\u2039' or '\u201A'
            && !(at > 0 && char.IsLetterOrDigit(text[at - 1]))
        )
            return true;
        var start = at > paragraph.Start && text[at - 1] == FirstHalf ? at - 1 : at;
        var before = start == paragraph.Start ? ' ' : text[start - 1];
        var fits =
            char.IsWhiteSpace(before)
            || before is '(' or '[' or '/'
            || Punctuation.IsDash(before)
            || Punctuation.IsQuoteMark(before);
        if (text[at] is '\'' or '\u2019')
            return text[at] == '\'' && fits && char.IsLetter(text[at + 1]);
        return text[at] is not '\u201D' && fits;
    }

    private bool CanClose(int at, TextSpan paragraph)
    {
        var start = at > paragraph.Start && text[at - 1] == FirstHalf ? at - 1 : at;
        var afterSpace = start == paragraph.Start || char.IsWhiteSpace(text[start - 1]);
        var beforeWord = at + 1 < paragraph.End && char.IsLetterOrDigit(text[at + 1]);
        if (text[at] is '"' or '\uFF02')
            return !(afterSpace && beforeWord);
        if (text[at] is '\u201C' or '\u00AB' or '\u2018')
            return !beforeWord;
        if (text[at] is not ('\'' or '\u2019'))
            return true;
        if (afterSpace || beforeWord)
            return false;
        if (!LooksPossessive(at, paragraph))
            return true;
        _fallbackClose = at;
        return false;
    }

    private bool LooksPossessive(int at, TextSpan paragraph) =>
        text[at - 1] is 's' or 'z' && at + 2 < paragraph.End && text[at + 1] == ' ' && char.IsLower(text[at + 2]);

    private static bool IsSingle(char mark) => mark is '\'' or '\u2018' or '\u201A' or '\u2039';

    private static char Opener(char mark) =>
        mark switch
        {
            '"' or '\uFF02' or FirstHalf => '"',
            '\u201C' or '\u201F' => '\u201C',
            '\u201E' => '\u201E',
            '\u00AB' => '\u00AB',
            '\u00BB' => '\u00BB',
            '\'' => '\'',
            '\u2018' => '\u2018',
            '\u201A' => '\u201A',
            '\u2039' => '\u2039',
            _ => '\0',
        };

    // Desks mix marks: a curly opening one may meet a straight closing one.
    private static bool Closes(char open, char mark) =>
        open switch
        {
            '"' => mark is '"' or '\uFF02' or '\u201D',
            '\u201C' => mark is '\u201D' or '"',
            '\u201E' => mark is '\u201C' or '\u201D' or '"',
            '\u00AB' => mark == '\u00BB',
            '\u00BB' => mark == '\u00AB',
            '\'' => mark is '\'' or '\u2019',
            '\u2018' => mark is '\u2019' or '\'',
            '\u201A' => mark is '\u2018' or '\u2019',
            '\u2039' => mark == '\u203A',
            _ => false,
        };
}
