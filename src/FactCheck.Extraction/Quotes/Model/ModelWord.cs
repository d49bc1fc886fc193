namespace FactCheck.Extraction.Quotes.Model;

/// <summary>A word as the model reads it.</summary>
/// <param name="Pieces">Numbers of its pieces in the vocabulary; at least one.</param>
/// <param name="Feature">Its shape, whether quotation marks stand round it, whether it opens a paragraph.</param>
/// <param name="Paragraph">Number of the line that it stands in.</param>
internal readonly record struct ModelWord(TextSpan Span, int[] Pieces, int Feature, int Paragraph);
