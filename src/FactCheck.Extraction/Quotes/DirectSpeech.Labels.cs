namespace FactCheck.Extraction.Quotes;

/// <summary>Lines that a name and a colon open: interviews and transcripts.</summary>
internal sealed partial class DirectSpeech
{
    private const int LongestLabel = 6;

    // "SMITH: We won." and "Smith: We won": at the start of a line a short capitalised name, a colon, a sentence.
    private void ReadLabels()
    {
        var found = _drafts.OrderBy(d => d.Extent.Start).ToList();
        var labels = new List<QuoteDraft>();
        var swallowed = new List<(int Label, int Start)>();
        var (next, covered) = (0, 0);
        for (var i = 0; i < _text.Sentences.Count; i++)
        {
            var (name, colon) = LabelOf(i);
            if (colon < 0)
                continue;
            var label = _text.Sentences[i].Span.Start;
            i = LastOfTurn(i);
            var span = WithoutLoneMark(TextSpan.FromBounds(_text[colon + 1].Span.Start, _text.Sentences[i].Span.End));
            for (; next < found.Count && found[next].Extent.Start <= span.Start; next++)
                covered = Math.Max(covered, found[next].Speaker is null ? 0 : found[next].Extent.End);
            if (covered >= span.End)
                continue;
            // A heading has no stop: "Budget: deficit halved".
            if (
                !Punctuation.EndsSentence(_text.Text[span.End - 1])
                && !Punctuation.IsQuoteMark(_text.Text[span.End - 1])
            )
                continue;
            swallowed.Add((label, span.Start));
            labels.Add(
                new()
                {
                    Speaker = new(_text.Span(name, colon), "named before the colon", 0.85),
                    Cue = _text.Span(colon, colon + 1),
                    Content = [span],
                    Confidence = 0.6,
                }
            );
        }

        DropOrphansAt(labels);
        DropSwallowing(swallowed);
        _drafts.AddRange(labels);
    }

    // The mark that closes a transcript stands behind its last turn, and opens before its first label.
    private TextSpan WithoutLoneMark(TextSpan turn)
    {
        var words = _text.Text.AsSpan(turn.Start, turn.Length);
        return turn.Length > 1 && words[^1] is '"' or '\u201D' && words[..^1].IndexOfAny('"', '\u201C') < 0
            ? turn with
            {
                Length = turn.Length - 1,
            }
            : turn;
    }

    // What begins with a label itself has misread it.
    private void DropSwallowing(List<(int Label, int Start)> labels)
    {
        if (labels.Count == 0)
            return;
        _drafts.RemoveAll(d =>
        {
            var at = labels.BinarySearch((d.Extent.Start, int.MaxValue));
            return ~at > 0 && d.Extent.Start >= labels[~at - 1].Label && d.Extent.Start < labels[~at - 1].Start;
        });
    }

    private (int Name, int Colon) LabelOf(int index)
    {
        var sentence = _text.Sentences[index];
        if (
            index > 0
            && !_text
                .Text.AsSpan(
                    _text.Sentences[index - 1].Span.End,
                    sentence.Span.Start - _text.Sentences[index - 1].Span.End
                )
                .Contains('\n')
        )
            return (0, -1);
        var name = sentence.First;
        while (_text.IsQuoteMark(name))
            name++;
        var colon = name;
        while (colon < sentence.End && colon - name <= LongestLabel && !_text.IsMark(colon, ':'))
            colon++;
        return colon > name && colon + 2 < sentence.End && _text.IsMark(colon, ':') && IsName(name, colon)
            ? (name, colon)
            : (0, -1);
    }

    // A turn of an interview lasts as long as its paragraph, or up to the next label.
    private int LastOfTurn(int index)
    {
        var paragraph = _text.Sentences[index].Paragraph;
        while (
            index + 1 < _text.Sentences.Count
            && _text.Sentences[index + 1].Paragraph == paragraph
            && LabelOf(index + 1).Colon < 0
        )
            index++;
        return index;
    }

    // What has no speaker of its own goes where a label gives it one: a transcript in marks falls apart into its turns.
    private void DropOrphansAt(List<QuoteDraft> labels)
    {
        if (labels.Count == 0)
            return;
        var starts = labels.Select(l => l.Extent.Start).ToList();
        _drafts.RemoveAll(d => d.Speaker is null && IsLabelled(d.Extent));

        bool IsLabelled(TextSpan orphan)
        {
            var at = starts.BinarySearch(orphan.Start);
            if (at < 0)
                at = ~at - 1;
            var startsInside = at >= 0 && labels[at].Extent.Contains(orphan);
            return startsInside || (at + 1 < labels.Count && labels[at + 1].Extent.Start < orphan.End);
        }
    }

    private bool IsName(int first, int end)
    {
        for (var at = first; at < end; at++)
        {
            if (_text.IsQuoteMark(at) || _text.HasClue(at, SpeakerClue.Label))
                return false;
            if (_text[at].Kind == TokenKind.Word && !_text[at].IsCapital && !_text.Is(at, "of") && !_text.Is(at, "the"))
                return false;
            if (_text[at].Kind is TokenKind.Number)
                return false;
        }

        // "The Minister: …" in the minutes of a parliament.
        if (
            _text.Is(first, WordClass.Determiner)
            && first + 1 < end
            && _text[first + 1].IsCapital
            && _text.HasClue(first + 1, SpeakerClue.Title)
        )
            return true;
        return !_text.Is(
            first,
            WordClass.SubjectPronoun
                | WordClass.Determiner
                | WordClass.Preposition
                | WordClass.Question
                | WordClass.Adverb
                | WordClass.Auxiliary
        );
    }
}
