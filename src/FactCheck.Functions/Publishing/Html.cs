using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace FactCheck.Functions.Publishing;

/// <summary>
/// Markup. Made only from interpolated strings whose holes are encoded, so that no word of an article or a person can
/// become markup.
/// </summary>
internal readonly record struct Html(string Markup)
{
    /// <summary>Nothing.</summary>
    public static Html None { get; } = new("");

    /// <summary>
    /// The literal parts as they stand, the holes encoded; holes that are markup already are taken as they are.
    /// </summary>
    public static Html Of(HtmlHandler markup) => new(markup.ToString());

    /// <summary>One after the other.</summary>
    public static Html Each<T>(IEnumerable<T> items, Func<T, Html> of) =>
        new(string.Concat(items.Select(item => of(item).Markup)));

    /// <summary>The markup where there is something to show, else nothing.</summary>
    public static Html When<T>(T? value, Func<T, Html> of)
        where T : class => value is null ? None : of(value);
}

/// <summary>Fills the holes of <see cref="Html.Of"/>.</summary>
[InterpolatedStringHandler]
internal readonly struct HtmlHandler
{
    private readonly StringBuilder _markup;

    public HtmlHandler(int literalLength, int formattedCount) => _markup = new(literalLength + formattedCount * 32);

    public void AppendLiteral(string literal) => _markup.Append(literal);

    public void AppendFormatted(Html html) => _markup.Append(html.Markup);

    public void AppendFormatted(string? text) => _markup.Append(HtmlEncoder.Default.Encode(text ?? ""));

    public void AppendFormatted<T>(T value, string? format = null)
        where T : IFormattable => AppendFormatted(value.ToString(format, null));

    public override string ToString() => _markup.ToString();
}
