namespace FactCheck.Extraction.Quotes;

/// <summary>Press releases: who speaks stands on a line of its own above the speech, or behind a dash that follows
/// it.</summary>
internal sealed partial class DirectSpeech
{
    private const int LongestSignature = 20;

    // “…” — Matthew Ingram
    private Speaker? SpeakerAfterDash(Quotation quotation)
    {
        var at = _text.WordFrom(quotation.Extent.End);
        if (at + 1 >= _text.Count)
            return null;
        if (!_text.IsDash(at))
            return SpeakerInEnd(at);
        var name = _phrases.Name(at + 1, Math.Min(_text.Count, at + 8));
        return name.IsEmpty
            ? null
            : new(_text.Span(name.First, name.End), "named after the dash that follows the quotation", 0.85);
    }

    // “…” (Dana Okafor, chair of the board), “…”, Ivo Lang, treasurer: a full name, and nothing happens up to the end.
    private Speaker? SpeakerInEnd(int at)
    {
        if (!(_text.IsMark(at, '(') || _text.IsMark(at, ',') || _text.IsMark(at, '~')))
            return null;
        var paragraph = ParagraphOf(at - 1);
        var end = at + 1;
        while (
            end < _text.Count
            && end - at <= LongestSignature
            && !_text.IsMark(end, ')')
            && ParagraphOf(end) == paragraph
            && _text[end].Quotation < 0
        )
            end++;
        var name = _phrases.Name(at + 1, end);
        var isWhole = name.End == end || _text.IsMark(name.End, ',');
        var isEnd = end == _text.Count || _text.IsMark(end, ')') || ParagraphOf(end) != paragraph;
        return isWhole && isEnd && name.End - name.First > 1 && !_verbs.HasVerb(name.End, end)
            ? new(_text.Span(name.First, name.End), "named behind the quotation", 0.8)
            : null;
    }

    // "And from Chairwoman Dana Okafor:", "From the desk of Milos Varga, analyst.", "Statement by Ivo Lang".
    private Speaker? SpeakerOfLineAbove(int first, int sentence)
    {
        if (sentence == 0 || _text.Sentences[sentence].First != first)
            return null;
        var line = _text.Sentences[sentence - 1];
        var isAlone = sentence == 1 || _text.Sentences[sentence - 2].Paragraph != line.Paragraph;
        if (!isAlone || line.Paragraph == _text.Sentences[sentence].Paragraph)
            return null;
        var name = NameOnLine(line);
        return name.IsEmpty
            ? null
            : new(_text.Span(name.First, name.End), "named on the line above the quotation", 0.85);
    }

    private Phrase NameOnLine(Sentence line)
    {
        var at = line.First;
        while (at < line.End && _text.Is(at, WordClass.Coordinator | WordClass.Adverb | WordClass.Determiner))
            at++;
        var isStatement =
            !_text.HasClue(at, SpeakerClue.Label)
            && (CueLexicon.Noun(_text.At(at)) is not null || _text.HasClue(at, SpeakerClue.Text));
        if (isStatement)
            at++;
        // A line with "By" alone says who wrote the text.
        if (_text.Is(at, "from") || (isStatement && _text.Is(at, "by")))
            at++;
        else if (AttributedTo(at) is var to and > 0)
            at = to + 1;
        else
            return default;
        if (_text.Is(at, "the") && _text.At(at + 1) is "desk" or "office" && _text.Is(at + 2, "of"))
            at += 3;
        var name = at < line.End ? _phrases.Name(at, line.End) : default;
        var isWhole = name.End >= line.End || _text.IsMark(name.End);
        return isWhole && !_verbs.HasVerb(name.End, line.End) ? name : default;
    }

    // "Quote attributed to Jill Ames:", "Attributable to Jill Ames:"; 0 where it is not written so.
    private int AttributedTo(int at)
    {
        var word = _text.At(at) is "Attributed" or "Attributable" ? at : at + 1;
        return
            _text.At(word) is "Attributed" or "attributed" or "Attributable" or "attributable"
            && _text.Is(word + 1, "to")
            ? word + 1
            : 0;
    }
}
