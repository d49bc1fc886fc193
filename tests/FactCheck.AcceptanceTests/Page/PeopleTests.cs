using Microsoft.Playwright;

namespace FactCheck.AcceptanceTests.Page;

public sealed class PeopleTests(PageDesk shared) : IClassFixture<PageDesk>
{
    [Fact]
    public async Task An_operator_lets_somebody_in_changes_their_role_and_ends_their_access()
    {
        var olga = await shared.Desk.AsAsync("Olga", "Operator");
        await using var visit = await shared.VisitAsync(olga);
        await visit.Expect("#main h1").ToHaveTextAsync("People");

        await visit.Find("#person-name").FillAsync("0lga");
        await visit.Find("#invite").ClickAsync();
        await visit.Expect("#person-name-error").ToContainTextAsync("looks like Olga");
        await visit.Find("#person-name").FillAsync("Vera");
        await visit.Find("#person-role").SelectOptionAsync("Reviewer");
        await visit.Find("#invite").ClickAsync();

        var link = new Uri(await visit.Find("#link").InputValueAsync());
        var row = visit.Find(".person", new() { HasText = "Vera" });
        await Assertions.Expect(row).ToContainTextAsync("Never here");
        await using var vera = await shared.VisitAsync(link.PathAndQuery + link.Fragment);
        await vera.Expect("#me").ToHaveTextAsync("Vera, reviewer");
        await vera.Expect("#nav").Not.ToContainTextAsync("People");

        await row.Locator(".changing summary").ClickAsync();
        await row.GetByLabel("Role").SelectOptionAsync("Submitter");
        await row.GetByLabel("Desks").FillAsync("Sport, Culture");
        await row.GetByRole(AriaRole.Button, new() { Name = "Change", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Status).ToHaveTextAsync("It is changed.");
        await Assertions.Expect(row).ToContainTextAsync("submitter");
        await Assertions.Expect(row).ToContainTextAsync("Desks: Sport, Culture");
        await Assertions.Expect(row).ToContainTextAsync("1 session");

        await row.Locator(".ending summary").ClickAsync();
        await row.Locator(".end").ClickAsync();
        await Assertions.Expect(visit.Status).ToHaveTextAsync("The access of Vera is ended.");
        await Assertions.Expect(row).ToContainTextAsync("Ended");
        await vera.Page.ReloadAsync();
        await vera.Expect("#main h1").ToHaveTextAsync("Sign in");
        await row.Locator(".readmit").ClickAsync();
        await Assertions.Expect(visit.Status).ToHaveTextAsync("Vera is let in again.");
        visit.AssertQuiet();
        vera.AssertQuiet();
    }
}
