using System.Text.Json.Nodes;
using FactCheck.AcceptanceTests.Storage;
using Microsoft.Playwright;

namespace FactCheck.AcceptanceTests.Page;

/// <summary>
/// One desk, on Azure's host where that is at hand, and one browser for all tests of a class; each test works on
/// articles of its own.
/// </summary>
public sealed class PageDesk(Azurite azurite) : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private HostedDesk? _desk;

    internal HostedDesk Desk => _desk ?? throw new InvalidOperationException("The desk is not open.");

    private IBrowser Browser => _browser ?? throw new InvalidOperationException("The browser is not open.");

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.StartAsync(_playwright);
        Assertions.SetDefaultExpectTimeout(Visit.Patience);
        _desk = await DeskAtHand.OpenAsync(azurite);
    }

    public async ValueTask DisposeAsync()
    {
        if (_desk is not null)
            await _desk.DisposeAsync();
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A tab of somebody who is not signed in.</summary>
    internal Task<Visit> VisitAsync(string path = "") => VisitAsync(null, path);

    /// <summary>A tab of somebody who signed in earlier.</summary>
    internal async Task<Visit> VisitAsync(Caller? caller, string path = "")
    {
        var context = await Browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 1280, Height = 900 },
                ReducedMotion = ReducedMotion.Reduce,
                ColorScheme = ColorScheme.Light,
                Locale = "en-GB",
            }
        );
        var visit = await Visit.OpenAsync(context, Desk.Address);
        if (caller is not null)
            await context.AddCookiesAsync([
                new()
                {
                    Name = "factcheck",
                    Value = caller.Token!,
                    Url = Desk.Address.AbsoluteUri,
                    HttpOnly = true,
                    SameSite = SameSiteAttribute.Strict,
                },
            ]);
        await visit.GoAsync(path);
        return visit;
    }

    /// <summary>The first open task of an article of one's own.</summary>
    internal async Task<JsonNode> OneTaskAsync(string name, string kind = "Claim") =>
        HostedDesk.OpenTasks(await Desk.DropAsync(name, Texts.Ferry)).First(task => task.Text("kind") == kind);
}
