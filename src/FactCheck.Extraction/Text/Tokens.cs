namespace FactCheck.Extraction.Text;

/// <summary>What a token is made of.</summary>
public enum TokenKind
{
    /// <summary>Letters, with inner hyphens, apostrophes and dots ("all-girl", "don't", "U.S.").</summary>
    Word,

    /// <summary>Digits with their separators ("1,200.50", "3rd").</summary>
    Number,

    /// <summary>A possessive or contracted ending cut from its word ("'s").</summary>
    Clitic,

    /// <summary>One punctuation mark or symbol.</summary>
    Mark,
}

/// <summary>A word, number or mark by position.</summary>
/// <param name="Span">Where, in UTF-16 code units of the original text.</param>
public readonly record struct Token(TextSpan Span, TokenKind Kind);

/// <summary>Cuts text into tokens. One pass, never fails; only white space lies between tokens.</summary>
public static class Tokens
{
    /// <summary>The tokens of one span, in order.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="span">The part to cut; it must lie inside the text.</param>
    public static IReadOnlyList<Token> In(string text, TextSpan span)
    {
        var tokens = new List<Token>((span.Length / 5) + 4);
        AddTo(tokens, text, span);
        return tokens;
    }

    /// <summary>The first tokens of a span, so many at least where it has them.</summary>
    internal static List<Token> First(string text, TextSpan span, int count)
    {
        var tokens = new List<Token>(count + 1);
        AddTo(tokens, text, span, count);
        return tokens;
    }

    internal static void AddTo(List<Token> tokens, string text, TextSpan span, int most = int.MaxValue)
    {
        var at = span.Start;
        while (at < span.End && tokens.Count < most)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            var token = Next(text, at, span.End);
            if (token.Kind == TokenKind.Word)
                AddWord(tokens, text, token.Span);
            else
                tokens.Add(token);
            at = token.Span.End;
        }
    }

    private static Token Next(string text, int at, int end)
    {
        if (char.IsDigit(text[at]))
            return new(TextSpan.FromBounds(at, EndOfNumber(text, at, end)), TokenKind.Number);
        if (StartsWord(text, at, end))
            return new(TextSpan.FromBounds(at, EndOfWord(text, at, end)), TokenKind.Word);
        var isPair = char.IsHighSurrogate(text[at]) && at + 1 < end && char.IsLowSurrogate(text[at + 1]);
        return new(new(at, isPair ? 2 : 1), TokenKind.Mark);
    }

    private static bool StartsWord(string text, int at, int end) =>
        char.IsLetter(text[at]) || (text[at] is '@' or '#' && at + 1 < end && char.IsLetterOrDigit(text[at + 1]));

    private static int EndOfNumber(string text, int at, int end)
    {
        while (
            at < end
            && (
                char.IsLetterOrDigit(text[at])
                || (text[at] is '.' or ',' or ':' && at + 1 < end && char.IsDigit(text[at + 1]))
            )
        )
            at++;
        return at;
    }

    private static int EndOfWord(string text, int at, int end)
    {
        var start = at++;
        while (at < end && (IsWordCharacter(text[at]) || Joins(text, start, at, end)))
            at++;
        return at < end && text[at] == '.' && IsDotted(text, start, at) ? at + 1 : at;
    }

    private static bool IsWordCharacter(char c) =>
        char.IsLetterOrDigit(c)
        || c == '_'
        || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark;

    // A mark between two letters belongs to the word: hyphens, apostrophes, the dots of "U.S" and "bbc.co.uk".
    private static bool Joins(string text, int start, int at, int end)
    {
        if (at + 1 >= end || !char.IsLetterOrDigit(text[at + 1]))
            return false;
        return text[at] switch
        {
            '-' or '\u2010' or '\u2011' or '&' => true,
            '.' => char.IsLower(text[at + 1]) || IsDotted(text, start, at + 2),
            var c => Punctuation.IsApostrophe(c),
        };
    }

    // Letters and dots in turn, as in "U.S" or "a.m".
    private static bool IsDotted(string text, int start, int end)
    {
        var length = end - start;
        if (length < 3 || length > 9)
            return false;
        for (var i = 1; i < length; i += 2)
        {
            if (text[start + i] != '.')
                return false;
        }

        return length % 2 == 1;
    }

    private static void AddWord(List<Token> tokens, string text, TextSpan word)
    {
        var cut = word.End - 2;
        // "n't" stays with its verb; "'s" says that a new part of speech begins.
        if (
            cut <= word.Start
            || !Punctuation.IsApostrophe(text[cut])
            || text[cut + 1] is not ('s' or 'S' or 'd' or 'm')
        )
        {
            cut = word.End - 3;
            if (
                cut <= word.Start
                || !Punctuation.IsApostrophe(text[cut])
                || (text[cut + 1], text[cut + 2]) is not (('r', 'e') or ('v', 'e') or ('l', 'l'))
            )
            {
                tokens.Add(new(word, TokenKind.Word));
                return;
            }
        }

        tokens.Add(new(TextSpan.FromBounds(word.Start, cut), TokenKind.Word));
        tokens.Add(new(TextSpan.FromBounds(cut, word.End), TokenKind.Clitic));
    }
}
