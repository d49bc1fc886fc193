using FactCheck.Extraction.Quotes.Model;

namespace FactCheck.Extraction.Quotes;

/// <summary>Joins what the rules found with what the model found. Speech in marks, and who speaks, are the rules'; what
/// is reported without marks stands where both or the surer one see it.</summary>
internal sealed class QuoteJoin(AnnotatedText text, QuoteAssembly assembly, string version)
{
    // Chosen on the gold and the paragraphs that the model didn't learn from: docs/extraction.md.
    private const double Add = 0.8;
    private const double AddOrphan = 0.9;
    private const double Seen = 0.1;
    private const double SureEdge = 0.8;
    private const double SureContent = 0.95;
    private const double SameContent = 0.5;

    // How sure a quote is at most that the model alone sees, or that it is not sure of itself.
    private const double Sure = 0.95;
    private const double Alone = 0.89;
    private const double Unsure = 0.85;

    // Of rules for plain saying, which the model has learned; it knows less of stances than the rules below do.
    private const double OfSaying = 0.7;

    /// <summary>How sure the model is that these words are attributed, 0..1.</summary>
    public static double ChanceOf(ModelAttribution found) => Math.Round(found.CueChance * found.Held, 3);

    public void Join(List<QuoteDraft> drafts, IReadOnlyList<ModelAttribution> found)
    {
        var left = found.ToList();
        drafts.RemoveAll(draft => !Settle(draft, left));
        foreach (
            var attribution in left.Where(f => ChanceOf(f) >= (f.Source is null ? AddOrphan : Add))
                .OrderByDescending(ChanceOf)
        )
        {
            var draft = ToDraft(attribution);
            if (HoldsWords(draft) && !drafts.Exists(other => Collide(other, draft)))
                drafts.Add(draft);
        }
    }

    // False where a rule takes for saying what the model doesn't: "Serbia maintains close ties".
    private bool Settle(QuoteDraft draft, List<ModelAttribution> left)
    {
        var same =
            left.Where(f => draft.Cue is { } cue && cue.Overlaps(f.Cue)).MaxBy(ChanceOf)
            ?? left.FirstOrDefault(f => Share(draft.Content, f.Content) >= SameContent);
        if (same is not null)
            left.Remove(same);
        if (draft.Cue is null || assembly.KindOf(draft) == QuoteKind.Direct)
            return true;
        if (same is null || ChanceOf(same) < Seen)
            return draft.Confidence < OfSaying;
        if (ChanceOf(same) < Sure)
            draft.Confidence = Math.Min(draft.Confidence, Unsure);
        if (same.Edge >= SureEdge && same.Held >= SureContent)
            (draft.Content, draft.FoundBy) = ([.. same.Content], version);
        draft.Speaker ??= SpeakerOf(same);
        return true;
    }

    private QuoteDraft ToDraft(ModelAttribution found) =>
        new()
        {
            Speaker = SpeakerOf(found),
            Cue = found.Cue,
            Content = [.. found.Content],
            Confidence = Math.Min(ChanceOf(found), Alone),
            FoundBy = version,
        };

    private Speaker? SpeakerOf(ModelAttribution found) =>
        found.Source is { } source
            ? new(source, $"read as the source of '{found.Cue.In(text.Text)}'", found.SourceChance)
            : null;

    // Two at least: one word is no report.
    private bool HoldsWords(QuoteDraft draft) =>
        draft.Content.Exists(span => span.In(text.Text).Trim().Contains(' ', StringComparison.Ordinal));

    // Quotes may nest, but not cross or be the same; and speech in marks stands by itself.
    private bool Collide(QuoteDraft stands, QuoteDraft comes)
    {
        if (!stands.Content.Exists(x => comes.Content.Exists(y => x.Overlaps(y))))
            return false;
        if (Share(stands.Content, comes.Content) >= SameContent)
            return true;
        if (IsInside(comes, stands))
            return false;
        return !IsInside(stands, comes) || assembly.KindOf(stands) == QuoteKind.Direct;
    }

    private static bool IsInside(QuoteDraft inner, QuoteDraft outer) =>
        inner.Content.TrueForAll(x => outer.Content.Exists(y => y.Contains(x)));

    // Of all code units that either holds, those that both hold.
    private static double Share(IReadOnlyList<TextSpan> a, IReadOnlyList<TextSpan> b)
    {
        var both = a.Sum(x => b.Sum(y => Math.Max(0, Math.Min(x.End, y.End) - Math.Max(x.Start, y.Start))));
        return (double)both / (a.Sum(x => x.Length) + b.Sum(y => y.Length) - both);
    }
}
