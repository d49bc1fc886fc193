using Microsoft.Playwright;

namespace FactCheck.AcceptanceTests.Page;

/// <summary>The machine's own Chromium or Chrome: $CHROMIUM, or where one is usually found.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly string[] Places = ["/usr/bin", "/usr/local/bin", "/snap/bin"];

    // Nothing but the page under test: no updates, no first-run pages, no calls home.
    private static readonly string[] Quiet =
    [
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ];

    public static Task<IBrowser> StartAsync(IPlaywright playwright) =>
        playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Find(),
                Args = Environment.IsPrivilegedProcess ? [.. Quiet, "--no-sandbox"] : Quiet,
            }
        );

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named)
            return File.Exists(named)
                ? named
                : throw new InvalidOperationException($"CHROMIUM names '{named}', which is not there.");
        IEnumerable<string> usual =
        [
            .. Places.SelectMany(place => Names.Select(name => Path.Combine(place, name))),
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        ];
        return usual.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                "The tests of the page need Chromium or Chrome, and there is none: install it, or set CHROMIUM to its path."
            );
    }
}
