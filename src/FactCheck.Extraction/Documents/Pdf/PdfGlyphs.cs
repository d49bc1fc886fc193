using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Geometry;
using UglyToad.PdfPig.Graphics;
using UglyToad.PdfPig.Graphics.Operations;
using UglyToad.PdfPig.Logging;
using UglyToad.PdfPig.Outline.Destinations;
using UglyToad.PdfPig.Parser;
using UglyToad.PdfPig.PdfFonts;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace FactCheck.Extraction.Documents.Pdf;

/// <summary>What a page shows for one code of a font.</summary>
/// <param name="Text">Its letters: one, several for a ligature, a space, or none.</param>
/// <param name="IsArtifact">The document itself says that it is a header, a footer or decoration.</param>
internal readonly record struct PdfGlyph(
    string Text,
    double Left,
    double Right,
    double Base,
    double Size,
    bool IsArtifact
);

/// <summary>The glyphs of one page in drawing order; those that run upwards or downwards are left out.</summary>
internal sealed record PdfPage(IReadOnlyList<PdfGlyph> Glyphs);

/// <summary>
/// Makes pages of glyphs and of nothing else: pictures, colours and lines are passed over. The parser creates it by
/// this constructor.
/// </summary>
internal sealed class PdfPageFactory(
    IPdfTokenScanner pdfScanner,
    IResourceStore resourceStore,
    ILookupFilterProvider filterProvider,
    IPageContentParser pageContentParser,
    ParsingOptions parsingOptions
)
    : BasePageFactory<PdfPage>(
        pdfScanner,
        resourceStore,
        filterProvider,
        new CountedParser(pageContentParser, BudgetOf(parsingOptions)),
        parsingOptions
    )
{
    protected override PdfPage ProcessPage(
        int pageNumber,
        DictionaryToken dictionary,
        NamedDestinations namedDestinations,
        MediaBox mediaBox,
        CropBox cropBox,
        UserSpaceUnit userSpaceUnit,
        PageRotationDegrees rotation,
        TransformationMatrix initialMatrix,
        IReadOnlyList<IGraphicsStateOperation> operations
    ) =>
        new PdfGlyphReader(
            pageNumber,
            ResourceStore,
            PdfScanner,
            PageContentParser,
            FilterProvider,
            cropBox,
            userSpaceUnit,
            rotation,
            initialMatrix,
            ParsingOptions,
            BudgetOf(ParsingOptions)
        ).Process(pageNumber, operations);

    private static PdfBudget BudgetOf(ParsingOptions options) => ((PdfFilters)options.FilterProvider!).Budget;

    private sealed class CountedParser(IPageContentParser parser, PdfBudget budget) : IPageContentParser
    {
        public IReadOnlyList<IGraphicsStateOperation> Parse(int pageNumber, IInputBytes inputBytes, ILog logger)
        {
            budget.Parse(inputBytes.Length);
            return parser.Parse(pageNumber, inputBytes, logger);
        }
    }
}

/// <summary>Runs a page's drawing and keeps what it writes.</summary>
internal sealed class PdfGlyphReader(
    int pageNumber,
    IResourceStore resourceStore,
    IPdfTokenScanner pdfScanner,
    IPageContentParser pageContentParser,
    ILookupFilterProvider filterProvider,
    CropBox cropBox,
    UserSpaceUnit userSpaceUnit,
    PageRotationDegrees rotation,
    in TransformationMatrix initialMatrix,
    ParsingOptions parsingOptions,
    PdfBudget budget
)
    : BaseStreamProcessor<PdfPage>(
        pageNumber,
        resourceStore,
        pdfScanner,
        pageContentParser,
        filterProvider,
        cropBox,
        userSpaceUnit,
        rotation,
        initialMatrix,
        parsingOptions
    )
{
    private const double Slant = 0.2;

    private readonly List<PdfGlyph> _glyphs = [];
    private readonly Stack<(bool IsArtifact, string? Instead)> _marked = new();
    private string? _instead;

    public override PdfPage Process(int pageNumberCurrent, IReadOnlyList<IGraphicsStateOperation> operations)
    {
        PageNumber = pageNumberCurrent;
        CloneAllStates();
        ProcessOperations(operations);
        return new(_glyphs);
    }

    protected override void ProcessOperations(IReadOnlyList<IGraphicsStateOperation> operations)
    {
        foreach (var operation in operations)
        {
            budget.Step();
            operation.Run(this);
        }
    }

    public override void PushState()
    {
        budget.Save(StackSize);
        base.PushState();
    }

    public override void RenderGlyph(
        IFont font,
        CurrentGraphicsState currentState,
        double fontSize,
        double pointSize,
        int code,
        string unicode,
        long currentOffset,
        in TransformationMatrix renderingMatrix,
        in TransformationMatrix textMatrix,
        in TransformationMatrix transformationMatrix,
        CharacterBoundingBox characterBoundingBox
    )
    {
        budget.Glyph();
        var whole = renderingMatrix.Multiply(textMatrix).Multiply(transformationMatrix);
        var from = whole.Transform(new PdfPoint(0, 0));
        var to = whole.Transform(new PdfPoint(characterBoundingBox.Width, 0));
        var up = whole.Transform(new PdfPoint(0, 1));
        if (to.X < from.X || Math.Abs(to.Y - from.Y) > Slant * (to.X - from.X))
            return;
        var size = Math.Sqrt(((up.X - from.X) * (up.X - from.X)) + ((up.Y - from.Y) * (up.Y - from.Y)));
        if (!double.IsFinite(from.X + to.X + from.Y + size) || size <= 0)
            return;

        var text = unicode;
        if (_marked.TryPeek(out var mark) && mark.Instead is not null)
            (text, _instead) = (_instead ?? "", null);
        if (text.Length == 0 && _glyphs.Count > 0)
            _glyphs[^1] = _glyphs[^1] with { Right = to.X };
        else
            _glyphs.Add(new(text, from.X, to.X, from.Y, size, _marked.Any(m => m.IsArtifact)));
    }

    // Replacement text (ISO 32000, 14.9.4) stands for all glyphs of its sequence; the first one carries it.
    public override void BeginMarkedContent(
        NameToken name,
        NameToken? propertyDictionaryName,
        DictionaryToken? properties
    )
    {
        budget.Save(_marked.Count);
        IToken? actual = null;
        properties?.TryGet(NameToken.ActualText, out actual);
        var instead = actual switch
        {
            StringToken text => text.Data,
            HexToken hex => hex.Data,
            _ => null,
        };
        if (instead is not null)
            _instead = instead;
        var inherited = _marked.TryPeek(out var outer) ? outer.Instead : null;
        _marked.Push((name.Data.Equals("Artifact", StringComparison.Ordinal), instead ?? inherited));
    }

    public override void EndMarkedContent() => _marked.TryPop(out _);

    // What is drawn is no text.
    protected override void RenderXObjectImage(XObjectContentRecord xObjectContentRecord) { }

    protected override void RenderInlineImage(InlineImage inlineImage) { }

    protected override void ClipToRectangle(PdfRectangle rectangle, FillingRule clippingRule) { }

    public override void BeginSubpath() { }

    public override PdfPoint? CloseSubpath() => null;

    public override void StrokePath(bool close) { }

    public override void FillPath(FillingRule fillingRule, bool close) { }

    public override void FillStrokePath(FillingRule fillingRule, bool close) { }

    public override void MoveTo(double x, double y) { }

    public override void BezierCurveTo(double x2, double y2, double x3, double y3) { }

    public override void BezierCurveTo(double x1, double y1, double x2, double y2, double x3, double y3) { }

    public override void LineTo(double x, double y) { }

    public override void Rectangle(double x, double y, double width, double height) { }

    public override void EndPath() { }

    public override void ClosePath() { }

    public override void ModifyClippingIntersect(FillingRule clippingRule) { }

    public override void PaintShading(NameToken shadingName) { }
}
