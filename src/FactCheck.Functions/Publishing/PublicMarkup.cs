using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Functions.Publishing;

/// <summary>The HTML of the pages that the public reads. They are components (<c>*.razor</c>), which encode whatever
/// they are given, so that no word of an article or a person can become markup.</summary>
internal static class PublicMarkup
{
    // The components ask for nothing but their parameters.
    private static readonly ServiceProvider None = new ServiceCollection().BuildServiceProvider();

    /// <summary>Renders a page; a parameter that it does not have is an error.</summary>
    public static async Task<string> OfAsync<TPage>(params (string Name, object? Value)[] parameters)
        where TPage : IComponent
    {
        var given = parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        await using var renderer = new HtmlRenderer(None, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var page = await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(given));
            return page.ToHtmlString();
        });
    }
}

/// <summary>A heading whose level the page around it decides.</summary>
public sealed class Heading : ComponentBase
{
    [Parameter, EditorRequired]
    public required int Level { get; set; }

    [Parameter, EditorRequired]
    public required RenderFragment ChildContent { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, $"h{Level}");
        builder.AddContent(1, ChildContent);
        builder.CloseElement();
    }
}
