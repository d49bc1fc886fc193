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

    internal static ReadDocument Read(string content, DateOrder order)
    {
        var (meta, body) = FrontMatter.Split(content, order);
        var document = Parse(body);
        var paragraphs = new List<string>();
        var code = new List<string>();
        string? title = null;
        foreach (var block in document)
            AddBlock(block, paragraphs, code, ref title);
        paragraphs =
        [
            .. paragraphs.Select(p => ReferenceMarks.Without(ParagraphText.Collapse(p))).Where(p => p.Length > 0),
        ];
        var heading = Headings.Take(paragraphs, meta.Title ?? title, order);
        return new(
            ParagraphText.Join(paragraphs),
            [new(FactSource.FrontMatter, meta), new(FactSource.Headline, new(Title: title)), heading.Said]
        )
        {
            LeftOut =
            [
                heading.LeftOut,
                new(LeftOutKind.Heading, TextSize.Of(title ?? "")),
                new(LeftOutKind.Code, TextSize.Of(code)),
            ],
        };
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
    private static void AddBlock(Block block, List<string> paragraphs, List<string> code, ref string? title)
    {
        switch (block)
        {
            case CodeBlock and not YamlFrontMatterBlock:
                code.Add(((CodeBlock)block).Lines.ToString());
                return;
            case YamlFrontMatterBlock or LinkReferenceDefinitionGroup or ThematicBreakBlock:
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
                    AddBlock(child, paragraphs, code, ref title);
                return;
        }
    }

    // A hard line break inside a paragraph ends it: a byline above a date line is two lines.
    private static void AddLines(string text, List<string> paragraphs) => paragraphs.AddRange(text.Split('\n'));

    private static string TextOf(ContainerInline? inlines)
    {
        var text = new InlineText();
        foreach (var inline in inlines?.Descendants() ?? [])
            text.Add(inline);
        return text.ToString();
    }

    /// <summary>What a reader sees of inlines, one after the other.</summary>
    private sealed class InlineText
    {
        private readonly StringBuilder _text = new();
        private readonly StringBuilder _raised = new();
        private string? _hiddenUntil;
        private bool _isRaised;

        public override string ToString()
        {
            Lower();
            return _text.ToString();
        }

        public void Add(MarkdownObject inline)
        {
            if (inline is HtmlInline tag)
                Enter(tag.Tag);
            else if (_hiddenUntil is null && !HasParent<LinkInline>(inline, link => link.IsImage))
                Append(inline);
        }

        private void Enter(string tag)
        {
            if (_hiddenUntil is not null)
                _hiddenUntil = Begins(tag, _hiddenUntil) ? null : _hiddenUntil;
            else if (Begins(tag, "<script") || Begins(tag, "<style"))
                _hiddenUntil = Begins(tag, "<script") ? "</script" : "</style";
            else if (Begins(tag, "<sup") || Begins(tag, "</sup"))
                _isRaised = Begins(tag, "<sup");
        }

        private void Append(MarkdownObject inline)
        {
            var words = inline switch
            {
                LiteralInline literal => literal.Content.AsSpan(),
                CodeInline code => code.Content,
                HtmlEntityInline entity => entity.Transcoded.AsSpan(),
                AutolinkInline link => link.Url,
                LineBreakInline lineBreak => lineBreak.IsHard ? "\n" : " ",
                _ => [], // containers: their children come by themselves
            };
            if (words.IsEmpty)
                return;
            if (_isRaised || HasParent<EmphasisInline>(inline, e => e.DelimiterChar == '^'))
            {
                _raised.Append(words);
                return;
            }

            Lower();
            _text.Append(words);
        }

        private void Lower()
        {
            if (_raised.Length > 0)
                ReferenceMarks.AppendRaised(_text, _raised.ToString());
            _raised.Clear();
        }

        private static bool Begins(string tag, string name) => tag.StartsWith(name, StringComparison.OrdinalIgnoreCase);

        private static bool HasParent<T>(MarkdownObject inline, Predicate<T> match)
            where T : ContainerInline
        {
            for (var parent = (inline as Inline)?.Parent; parent is not null; parent = parent.Parent)
                if (parent is T wanted && match(wanted))
                    return true;
            return false;
        }
    }
}
