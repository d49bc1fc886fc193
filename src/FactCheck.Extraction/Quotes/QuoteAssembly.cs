using FactCheck.Domain;
using FactCheck.Extraction.Text;

namespace FactCheck.Extraction.Quotes;

/// <summary>
/// Turns drafts into quotes: spans trimmed, kinds told, overlaps resolved so that only nesting is left.
/// </summary>
internal sealed class QuoteAssembly(Reading reading)
{
    /// <summary>The drafts that stay, in text order, each with the index of the one it is nested in.</summary>
    public List<(Draft Draft, int? Parent)> Arrange(List<Draft> drafts)
    {
        foreach (var draft in drafts)
            Trim(draft);
        drafts.RemoveAll(d => d.Content.Count == 0);
        drafts.Sort(Order);
        var kept = new List<(Draft, int?)>();
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
    public QuoteKind KindOf(Draft draft)
    {
        var (inside, outside) = (false, false);
        foreach (var span in draft.Content)
        {
            for (var at = reading.WordFrom(span.Start); at < reading.Count && reading[at].Span.Start < span.End; at++)
            {
                if (reading[at].Kind is TokenKind.Mark)
                    continue;
                if (reading[at].Quotation >= 0)
                    inside = true;
                else if (!reading.Is(at, "that"))
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

    // Earlier first; of those that start together the longer, then the surer, so that the outer stands before the
    // inner.
    private static int Order(Draft a, Draft b) =>
        (a.Extent.Start, -a.Extent.Length, -a.Confidence).CompareTo((b.Extent.Start, -b.Extent.Length, -b.Confidence));

    // The open ones nest in each other, so that only those that can touch the draft are looked at.
    private bool TryPlace(Draft draft, List<(Draft Draft, int? Parent)> kept, Stack<int> open, out int? parent)
    {
        parent = null;
        foreach (var index in open)
        {
            reading.Step();
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

    private static bool Touch(Draft a, Draft b) => a.Content.Exists(x => b.Content.Exists(y => x.Overlaps(y)));

    private static bool IsInside(Draft inner, Draft outer) =>
        inner.Content.TrueForAll(i => outer.Content.Exists(o => o.Contains(i)));

    private static bool SameContent(Draft a, Draft b) => a.Content.SequenceEqual(b.Content);

    private void Trim(Draft draft)
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
        var (start, end) = (span.Start, span.End);
        while (
            start < end && (char.IsWhiteSpace(reading.Text[start]) || reading.Text[start] is ',' or ';' or ':' or '.')
        )
            start++;
        while (end > start && (char.IsWhiteSpace(reading.Text[end - 1]) || reading.Text[end - 1] is ',' or ';' or ':'))
            end--;
        return TextSpan.FromBounds(start, end);
    }
}
