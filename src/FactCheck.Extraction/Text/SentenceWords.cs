namespace FactCheck.Extraction.Text;

/// <summary>A word of a sentence, in the form that lists are looked up in.</summary>
internal readonly record struct SentenceWord(TextSpan Span, string Lower, TokenKind Kind)
{
    internal bool IsWord => Kind == TokenKind.Word;

    internal bool IsNumber => Kind == TokenKind.Number;

    internal bool IsYear =>
        Kind == TokenKind.Number
        && Span.Length == 4
        && (Lower.StartsWith("19", StringComparison.Ordinal) || Lower.StartsWith("20", StringComparison.Ordinal))
        && !Lower.AsSpan().ContainsAnyExceptInRange('0', '9');
}

/// <summary>The tokens of one sentence.</summary>
internal sealed class SentenceWords
{
    private SentenceWords(SentenceWord[] all) => All = all;

    internal SentenceWord[] All { get; }

    internal int Count => All.Length;

    internal SentenceWord this[int index] => All[index];

    internal SentenceWord this[Index index] => All[index];

    internal static SentenceWords Of(string text, TextSpan sentence)
    {
        var tokens = Tokens.In(text, sentence);
        var words = new SentenceWord[tokens.Count];
        for (var i = 0; i < words.Length; i++)
            words[i] = new(
                tokens[i].Span,
                LowerForms.Of(text.AsSpan(tokens[i].Span.Start, tokens[i].Span.Length)),
                tokens[i].Kind
            );
        return new(words);
    }
}
