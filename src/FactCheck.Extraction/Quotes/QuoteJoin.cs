using FactCheck.Extraction.Quotes.Model;

namespace FactCheck.Extraction.Quotes;

/// <summary>Joins what the rules found with what the model found. Speech in marks, and who speaks, are the rules'; what
/// is reported without marks stands where both or the surer one see it.</summary>
internal sealed class QuoteJoin(AnnotatedText text, QuoteAssembly assembly, string version)
{
    // Chosen on the gold and the paragraphs that the model didn't learn from: docs/extraction.md.
    private const double Add = 0.9;
    private const double Seen = 0.1;
    private const double SureEdge = 0.8;
    private const double SureContent = 0.98;
    private const double FairEdge = 0.4;
    private const double FairContent = 0.6;

    // Of letters, for content to be longer than another: a "that" or a mark is no difference.
    private const int Longer = 6;
    private const double SameContent = 0.5;
    private const double NextCue = 0.7;

    private const double Sure = 0.95;

    // How sure a quote is that the model alone sees, and at most one that it is not sure of.
    private const double Alone = 0.89;
    private const double Unsure = 0.85;

    /// <summary>How sure the model is that these words are attributed, 0..1.</summary>
    public static double ChanceOf(ModelAttribution found) => Math.Round(found.CueChance * found.Held, 3);

    public void Join(List<QuoteDraft> drafts, IReadOnlyList<ModelAttribution> found)
    {
        var left = found.ToList();
        drafts.RemoveAll(draft => !Settle(draft, left, found));
        foreach (var attribution in left.Where(f => ChanceOf(f) >= Add).OrderByDescending(ChanceOf))
        {
            var draft = ToDraft(attribution);
            if (HoldsWords(draft) && !drafts.Exists(other => Collide(other, draft)))
                drafts.Add(draft);
        }
    }

    // False where a rule takes for a report what the model doesn't: "Serbia maintains close ties". A transcript's
    // "Mr Rautio:" is no cue to the model.
    private bool Settle(QuoteDraft draft, List<ModelAttribution> left, IReadOnlyList<ModelAttribution> found)
    {
        var same =
            left.Where(f => draft.Cue is { } cue && cue.Overlaps(f.Cue)).MaxBy(ChanceOf)
            ?? left.FirstOrDefault(f => Share(draft.Content, f.Content) >= SameContent);
        if (same is not null)
            left.Remove(same);
        if (draft.Cue is null || assembly.KindOf(draft) == QuoteKind.Direct)
            return true;
        if (same is null || ChanceOf(same) < Seen)
            return text.Text[draft.Cue.Value.Start] == ':';
        if (ChanceOf(same) < Sure)
            draft.Confidence = Math.Min(draft.Confidence, Unsure);
        if (KnowsEnds(same, draft, found))
            (draft.Content, draft.FoundBy) = ([.. same.Content], version);
        draft.Speaker ??= SpeakerOf(same);
        return true;
    }

    // Sure of them; or fairly so, where the rule stopped early, or read on over a cue: "backs the ban and opposes the tax".
    private static bool KnowsEnds(ModelAttribution same, QuoteDraft draft, IReadOnlyList<ModelAttribution> found)
    {
        if (same.Edge >= SureEdge && same.Held >= SureContent)
            return true;
        if (same.Edge < FairEdge || same.Held < FairContent)
            return false;
        return same.Content.Sum(x => x.Length) > draft.Content.Sum(x => x.Length) + Longer
            || found.Any(other =>
                !ReferenceEquals(other, same)
                && other.Cue.Start >= same.Content[^1].End
                && ChanceOf(other) >= NextCue
                && draft.Content.Exists(x => x.Contains(other.Cue))
            );
    }

    private QuoteDraft ToDraft(ModelAttribution found) =>
        new()
        {
            Speaker = SpeakerOf(found),
            Cue = found.Cue,
            Content = [.. found.Content],
            Confidence = Alone,
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
