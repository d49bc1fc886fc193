using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace FactCheck.AcceptanceTests.Page;

public sealed class SignInTests(PageDesk shared) : IClassFixture<PageDesk>
{
    [Fact]
    public async Task A_sign_in_link_signs_in_once_and_leaves_no_code_behind()
    {
        var link = await shared.Desk.MakeLinkAsync("Linda", "Reviewer");
        await using var visit = await shared.VisitAsync(link.PathAndQuery + link.Fragment);

        await visit.Expect("#me").ToHaveTextAsync("Linda, reviewer");
        Assert.DoesNotContain("code", visit.Page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "code=",
            string.Join(
                ' ',
                await visit.Page.EvaluateAsync<string[]>(
                    "() => [document.referrer, ...Object.values(sessionStorage), ...Object.values(localStorage), document.cookie]"
                )
            ),
            StringComparison.Ordinal
        );
        await visit.Page.ReloadAsync();
        await visit.Expect("#me").ToHaveTextAsync("Linda, reviewer");

        await using var second = await shared.VisitAsync(link.PathAndQuery + link.Fragment);
        await second.Expect("#sign-in-message").ToContainTextAsync("was used already");
        await second.Expect("#me").ToHaveCountAsync(0);
        Assert.DoesNotContain("code", second.Page.Url, StringComparison.Ordinal);
        visit.AssertQuiet();
        second.AssertQuiet();
    }

    [Fact]
    public async Task A_link_can_be_pasted_and_a_wrong_one_says_so()
    {
        var link = await shared.Desk.MakeLinkAsync("Paula", "Editor");
        await using var visit = await shared.VisitAsync();
        await visit.Expect("#main h1").ToHaveTextAsync("Sign in");

        await visit.Find("#sign-in button").ClickAsync();
        await visit.Expect("#sign-in-message").ToHaveTextAsync("Paste the sign-in link first.");
        await visit.Find("#sign-in-link").FillAsync("not-a-code");
        await visit.Find("#sign-in button").ClickAsync();
        await visit.Expect("#sign-in-message").ToContainTextAsync("Ask for a new one.");
        await visit.Expect("#sign-in-link").ToBeFocusedAsync();
        await visit.Find("#sign-in-link").FillAsync(link.AbsoluteUri);
        await visit.Find("#sign-in button").ClickAsync();

        await visit.Expect("#me").ToHaveTextAsync("Paula, editor");
        visit.AssertQuiet();
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_forgets_what_was_typed()
    {
        var task = await shared.OneTaskAsync("signing-out.txt");
        var caller = await shared.Desk.AsAsync("Otto", "Reviewer");
        await using var visit = await shared.VisitAsync(caller, $"#/task/{task.Text("id")}");
        await visit.Find("#explanation").FillAsync("Nobody else should read this.");
        Assert.Equal(1, await visit.Page.EvaluateAsync<int>("() => sessionStorage.length"));

        await visit.Find("#sign-out").ClickAsync();

        await visit.Expect("#sign-in-message").ToHaveTextAsync("You are signed out.");
        Assert.Equal(0, await visit.Page.EvaluateAsync<int>("() => sessionStorage.length"));
        await Assertions.Expect(visit.Page).ToHaveTitleAsync("Sign in · FactCheck");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await caller.GetAsync("api/me")).Status);
        await visit.Page.ReloadAsync();
        await visit.Expect("#sign-in").ToBeVisibleAsync();
        visit.AssertQuiet();
    }

    [Fact]
    public async Task A_call_that_is_refused_after_signing_out_changes_nothing_on_the_page()
    {
        var caller = await shared.Desk.AsAsync("Olga", "Reviewer");
        await using var visit = await shared.VisitAsync(caller, "#/queue");
        await visit.Expect("#main h1").ToHaveTextAsync("Queue");
        var held = new TaskCompletionSource<IRoute>(TaskCreationOptions.RunContinuationsAsynchronously);
        await visit.Page.RouteAsync("**/api/changes*", held.SetResult, new() { Times = 1 });
        var late = await held.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        await visit.Find("#sign-out").ClickAsync();
        await visit.Expect("#sign-in-message").ToHaveTextAsync("You are signed out.");
        await visit.Find("#sign-in-link").FillAsync("typed meanwhile");
        await visit.Page.RunAndWaitForResponseAsync(
            () => late.ContinueAsync(),
            answer => answer.Status == 401 && answer.Url.Contains("/api/changes", StringComparison.Ordinal)
        );

        await visit.Page.WaitForTimeoutAsync(500);
        await visit.Expect("#sign-in-message").ToHaveTextAsync("You are signed out.");
        await visit.Expect("#sign-in-link").ToHaveValueAsync("typed meanwhile");
    }

    [Fact]
    public async Task Everything_from_the_sign_in_to_a_decision_goes_by_keyboard()
    {
        var article = await shared.Desk.DropAsync("keyboard.txt", Texts.Short);
        var task = HostedDesk.OpenTasks(article)[0].Text("id");
        var link = await shared.Desk.MakeLinkAsync("Kira", "Reviewer");
        await using var visit = await shared.VisitAsync();
        await visit.Expect("#sign-in").ToBeVisibleAsync();
        var keys = visit.Page.Keyboard;

        await visit.TabToAsync("#sign-in-link");
        await keys.TypeAsync(link.AbsoluteUri);
        await keys.PressAsync("Enter");
        await visit.Expect("#main h1").ToHaveTextAsync("Queue");
        await visit.Expect("#main h1").ToBeFocusedAsync();

        await visit.TabToAsync($"[data-task='{task}'] h2 a");
        await keys.PressAsync("Enter");
        await visit.Expect("#main h1").ToHaveTextAsync("Is it true?");
        await visit.Expect("#main h1").ToBeFocusedAsync();

        await visit.TabToAsync("#to-decision");
        await keys.PressAsync("Enter");
        await visit.Expect("#decision-title").ToBeFocusedAsync();
        await visit.TabToAsync("#rating input");
        for (var i = 0; i < 12 && !await visit.Find("#rating-Unproven").IsCheckedAsync(); i++)
            await keys.PressAsync("ArrowUp");
        await visit.TabToAsync("#explanation");
        await keys.TypeAsync("No budget of the harbour says so.");
        await visit.TabToAsync("#send-decision");
        await keys.PressAsync("Enter");

        await Assertions.Expect(visit.Status).ToContainTextAsync("Decided.");
        await visit.Expect("#main h1").ToBeFocusedAsync();
        var decided = (await (await shared.Desk.EditorAsync()).GetAsync($"api/tasks/{task}")).Json;
        Assert.Equal("Decided", decided["task"]!.Text("state"));
        Assert.Equal(
            ("Kira", "Unproven"),
            (decided.List("history")[0].Text("by"), decided.List("history")[0].Text("rating"))
        );
        visit.AssertQuiet();
    }

    [Fact]
    public async Task The_first_press_of_Tab_leads_past_the_head_of_the_page()
    {
        await using var visit = await shared.VisitAsync(await shared.Desk.ReviewerAsync(), "#/queue");
        await visit.Expect("#main h1").ToHaveTextAsync("Queue");

        await visit.Page.Keyboard.PressAsync("Tab");
        await visit.Expect("#skip").ToBeFocusedAsync();
        await visit.Expect("#skip").ToBeInViewportAsync();
        await visit.Page.Keyboard.PressAsync("Enter");

        await visit.Expect("#main h1").ToBeFocusedAsync();
        await Assertions
            .Expect(visit.Page)
            .ToHaveURLAsync(new Regex("#/queue$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        visit.AssertQuiet();
    }
}
