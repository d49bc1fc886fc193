using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace FactCheck.AcceptanceTests.Page;

/// <summary>
/// A tab, and everything that went wrong in it: errors in scripts, violations of the content security policy, dialogs.
/// A story ends with <see cref="AssertQuiet"/>.
/// </summary>
internal sealed class Visit : IAsyncDisposable
{
    /// <summary>How long the page may take before a test gives up, in milliseconds.</summary>
    public const float Patience = 30_000;

    private const int MostTabs = 150;

    private readonly IBrowserContext _context;
    private readonly Uri _host;
    private readonly ConcurrentQueue<string> _troubles = new();

    private Visit(IBrowserContext context, IPage page, Uri host)
    {
        (_context, Page, _host) = (context, page, host);
        context.SetDefaultTimeout(Patience);
        context.WebError += (_, error) => _troubles.Enqueue($"error: {error.Error}");
        context.Console += (_, message) => Hear(message);
        context.Dialog += (_, dialog) =>
        {
            _troubles.Enqueue($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    public ILocator Main => Page.Locator("#main");

    public ILocator Status => Page.Locator("#status");

    public ILocator Title => Page.Locator("#main h1");

    public static async Task<Visit> OpenAsync(IBrowserContext context, Uri host)
    {
        var page = await context.NewPageAsync();
        return new(context, page, host);
    }

    public ILocator Find(string selector, PageLocatorOptions? options = null) => Page.Locator(selector, options);

    public Task<IResponse?> GoAsync(string path) => Page.GotoAsync(new Uri(_host, path).AbsoluteUri);

    public ILocatorAssertions Expect(string selector) => Assertions.Expect(Page.Locator(selector));

    /// <summary>Waits until the address ends with some words.</summary>
    public Task UntilAtAsync(string end) => Page.WaitForURLAsync(url => url.EndsWith(end, StringComparison.Ordinal));

    /// <summary>Presses Tab until focus is on an element.</summary>
    public async Task TabToAsync(string selector)
    {
        for (var pressed = 0; pressed < MostTabs; pressed++)
        {
            await Page.Keyboard.PressAsync("Tab");
            if (!await Page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
                continue;
            Assert.True(
                await Page.EvaluateAsync<bool>("() => document.activeElement.matches(':focus-visible')"),
                $"{selector} does not show that it has focus"
            );
            return;
        }

        Assert.Fail($"No {MostTabs} presses of Tab lead to {selector}.");
    }

    public void AssertQuiet() => Assert.Empty(_troubles);

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    // A request that was refused, or came to nobody, is written to the console as well; what the page makes of it is
    // what the stories are about.
    private void Hear(IConsoleMessage message)
    {
        if (
            message.Type is "error" or "warning"
            && !message.Text.StartsWith("Failed to load resource: ", StringComparison.Ordinal)
        )
            _troubles.Enqueue($"{message.Type}: {message.Text}");
    }
}
