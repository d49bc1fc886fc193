using FactCheck.Domain;

namespace FactCheck.Extraction;

/// <summary>A plain text file: optional front matter, heading lines, paragraphs.</summary>
internal static class PlainTextPage
{
    internal static ArticleText Read(string content)
    {
        var (meta, body) = FrontMatter.Split(content);
        var paragraphs = Paragraphs.OfPlainText(body).Select(Paragraphs.Collapse).Where(p => p.Length > 0).ToList();
        var heading = Headings.Take(paragraphs, meta.Title);
        return new(Paragraphs.Join(paragraphs), meta.OrElse(heading));
    }
}
