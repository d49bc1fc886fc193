namespace FactCheck.Extraction.Documents;

/// <summary>A plain text file: optional front matter, heading lines, paragraphs.</summary>
internal static class PlainTextPage
{
    internal static ReadDocument Read(string content, DateOrder order)
    {
        var (meta, body) = FrontMatter.Split(content, order);
        var paragraphs = ParagraphText
            .OfPlainText(body)
            .Select(p => ReferenceMarks.Without(ParagraphText.Collapse(p)))
            .Where(p => p.Length > 0)
            .ToList();
        var heading = Headings.Take(paragraphs, meta.Title, order);
        return new(ParagraphText.Join(paragraphs), [new(FactSource.FrontMatter, meta), heading.Said])
        {
            LeftOut = [heading.LeftOut],
        };
    }
}
