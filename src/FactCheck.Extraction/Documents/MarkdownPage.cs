using System.Text;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// A Markdown file: its front matter, and its text without markup. Code blocks, pictures and link targets are no
/// text.
/// </summary>
internal static class MarkdownPage
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseFootnotes()
        .UseEmphasisExtras()
        .Build();

    internal static ArticleText Read(string content)
    {
        var (meta, body) = FrontMatter.Split(content);
        var document = Parse(body);
        var paragraphs = new List<string>();
        string? title = null;
        foreach (var block in document)
            AddBlock(block, paragraphs, ref title);
        paragraphs = [.. paragraphs.Select(ParagraphText.Collapse).Where(p => p.Length > 0)];
        var heading = Headings.Take(paragraphs, meta.Title ?? title);
        return new(ParagraphText.Join(paragraphs), meta.OrElse(heading));
    }

    private static MarkdownDocument Parse(string body)
    {
        try
        {
            return Markdown.Parse(body, Pipeline);
        }
        catch (ArgumentException)
        {
            // Markdig's way of refusing elements nested deeper than it follows.
            throw new UnreadableFileException(
                RejectionReason.Unreadable,
                "The Markdown is nested too deeply to be read; save the article as plain text (.txt) and upload that."
            );
        }
    }

    // The first heading of the first level, before any text, is the headline.
    private static void AddBlock(Block block, List<string> paragraphs, ref string? title)
    {
        switch (block)
        {
            case CodeBlock or YamlFrontMatterBlock or LinkReferenceDefinitionGroup or ThematicBreakBlock:
                return;
            case HeadingBlock { Level: 1 } heading when title is null && paragraphs.Count == 0:
                title = ParagraphText.Collapse(TextOf(heading.Inline));
                return;
            case HtmlBlock html:
                paragraphs.AddRange(HtmlPage.VisibleParagraphs(html.Lines.ToString()));
                return;
            case Markdig.Extensions.Tables.TableRow row:
                paragraphs.Add(
                    string.Join(
                        ", ",
                        row.OfType<TableCell>()
                            .SelectMany(c => c.OfType<LeafBlock>())
                            .Select(c => TextOf(c.Inline).Trim())
                    )
                );
                return;
            case LeafBlock leaf:
                AddLines(TextOf(leaf.Inline), paragraphs);
                return;
            case ContainerBlock container:
                foreach (var child in container)
                    AddBlock(child, paragraphs, ref title);
                return;
        }
    }

    // A hard line break inside a paragraph ends it: a byline above a date line is two lines.
    private static void AddLines(string text, List<string> paragraphs) => paragraphs.AddRange(text.Split('\n'));

    private static string TextOf(ContainerInline? inlines)
    {
        if (inlines is null)
            return "";
        var text = new StringBuilder();
        string? skippedUntil = null;
        foreach (var inline in inlines.Descendants())
            Append(inline, text, ref skippedUntil);
        return text.ToString();
    }

    private static void Append(MarkdownObject inline, StringBuilder text, ref string? skippedUntil)
    {
        if (inline is HtmlInline tag)
        {
            skippedUntil =
                skippedUntil is null ? ClosingOfHidden(tag.Tag)
                : Closes(tag.Tag, skippedUntil) ? null
                : skippedUntil;
            return;
        }

        if (skippedUntil is not null || IsInPicture(inline))
            return;
        switch (inline)
        {
            case LiteralInline literal:
                text.Append(literal.Content.AsSpan());
                break;
            case CodeInline code:
                text.Append(code.Content);
                break;
            case HtmlEntityInline entity:
                text.Append(entity.Transcoded.AsSpan());
                break;
            case AutolinkInline link:
                text.Append(link.Url);
                break;
            case LineBreakInline lineBreak:
                text.Append(lineBreak.IsHard ? '\n' : ' ');
                break;
            default:
                break; // containers: their children come by themselves
        }
    }

    private static string? ClosingOfHidden(string tag) =>
        tag.StartsWith("<script", StringComparison.OrdinalIgnoreCase) ? "</script"
        : tag.StartsWith("<style", StringComparison.OrdinalIgnoreCase) ? "</style"
        : null;

    private static bool Closes(string tag, string closing) =>
        tag.StartsWith(closing, StringComparison.OrdinalIgnoreCase);

    private static bool IsInPicture(MarkdownObject inline)
    {
        for (var parent = (inline as Inline)?.Parent; parent is not null; parent = parent.Parent)
            if (parent is LinkInline { IsImage: true })
                return true;
        return false;
    }
}
