namespace FactCheck.Extraction.Quotes;

/// <summary>Turns drafts into quotes: spans trimmed, kinds told, overlaps resolved but for nesting.</summary>
internal sealed class QuoteAssembly(AnnotatedText text)
{
    private const int LongestDateline = 8;

    /// <summary>The drafts that stay, in text order, each with the index of the one it is nested in.</summary>
    public List<(QuoteDraft Draft, int? Parent)> Arrange(List<QuoteDraft> drafts)
    {
        foreach (var draft in drafts)
            Trim(draft);
        drafts.RemoveAll(d => d.Content.Count == 0);
        drafts.Sort(Order);
        var kept = new List<(QuoteDraft, int?)>();
        var open = new Stack<int>();
        foreach (var draft in drafts)
        {
            while (open.Count > 0 && kept[open.Peek()].Item1.Extent.End <= draft.Extent.Start)
                open.Pop();
            if (!TryPlace(draft, kept, open, out var parent))
                continue;
            open.Push(kept.Count);
            kept.Add((draft, parent));
        }

        return kept;
    }

    /// <summary>Direct when every letter lies inside marks, indirect when none does.</summary>
    public QuoteKind KindOf(QuoteDraft draft)
    {
        var (inside, outside) = (false, false);
        foreach (var span in draft.Content)
        {
            for (var at = text.WordFrom(span.Start); at < text.Count && text[at].Span.Start < span.End; at++)
            {
                if (text[at].Kind is TokenKind.Mark)
                    continue;
                if (text[at].Quotation >= 0)
                    inside = true;
                else if (!text.Is(at, "that"))
                    outside = true;
            }
        }

        return (inside, outside) switch
        {
            (true, true) => QuoteKind.Mixed,
            (true, false) => QuoteKind.Direct,
            _ => QuoteKind.Indirect,
        };
    }

    // Earlier first; of those that start together the longer, then the surer: the outer before the inner.
    private static int Order(QuoteDraft a, QuoteDraft b) =>
        (a.Extent.Start, -a.Extent.Length, -a.Confidence).CompareTo((b.Extent.Start, -b.Extent.Length, -b.Confidence));

    // The open ones nest in each other, so that only those that can touch the draft are looked at.
    private bool TryPlace(
        QuoteDraft draft,
        List<(QuoteDraft Draft, int? Parent)> kept,
        Stack<int> open,
        out int? parent
    )
    {
        parent = null;
        foreach (var index in open)
        {
            text.Step();
            var outer = kept[index].Draft;
            if (!Touch(outer, draft))
                continue;
            if (!IsInside(draft, outer) || SameContent(draft, outer))
                return false;
            parent = index;
            return true;
        }

        return true;
    }

    private static bool Touch(QuoteDraft a, QuoteDraft b) =>
        a.Content.Exists(x => b.Content.Exists(y => x.Overlaps(y)));

    private static bool IsInside(QuoteDraft inner, QuoteDraft outer) =>
        inner.Content.TrueForAll(i => outer.Content.Exists(o => o.Contains(i)));

    private static bool SameContent(QuoteDraft a, QuoteDraft b) => a.Content.SequenceEqual(b.Content);

    private void Trim(QuoteDraft draft)
    {
        for (var i = draft.Content.Count - 1; i >= 0; i--)
        {
            var span = Trimmed(draft.Content[i]);
            if (span.Length == 0)
                draft.Content.RemoveAt(i);
            else
                draft.Content[i] = span;
        }

        draft.Content.Sort((a, b) => a.Start.CompareTo(b.Start));
        for (var i = draft.Content.Count - 1; i > 0; i--)
        {
            if (draft.Content[i].Start < draft.Content[i - 1].End)
                draft.Content.RemoveAt(i);
        }
    }

    private TextSpan Trimmed(TextSpan span)
    {
        var (start, end) = (PastDateline(span), span.End);
        while (start < end && (char.IsWhiteSpace(text.Text[start]) || text.Text[start] is ',' or ';' or ':' or '.'))
            start++;
        while (end > start && (char.IsWhiteSpace(text.Text[end - 1]) || text.Text[end - 1] is ',' or ';' or ':'))
            end--;
        return TextSpan.FromBounds(start, end);
    }

    // "PUERTO ALDAY, Marenda — An earthquake …": where the report was written is no part of what it says.
    private int PastDateline(TextSpan span)
    {
        var first = text.WordFrom(span.Start);
        if (!text.OpensSentence(first))
            return span.Start;
        var isPlace = false;
        for (var at = first; at < text.Count && at - first < LongestDateline && text[at].Span.Start < span.End; at++)
        {
            if (isPlace && text.IsDash(at))
                return at + 1 < text.Count && text[at + 1].IsCapital ? text[at].Span.End : span.Start;
            if (!(text[at].IsCapital || text.IsMark(at, ',') || text.IsMark(at, '.')))
                return span.Start;
            isPlace |= text.At(at).Length > 1 && !text.IsMark(at) && !text.At(at).ContainsAnyInRange('a', 'z');
        }

        return span.Start;
    }
}
