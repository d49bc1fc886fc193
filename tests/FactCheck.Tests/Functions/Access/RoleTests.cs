using FactCheck.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FactCheck.Tests.Functions.Access;

/// <summary>Who may do what.</summary>
public sealed class RoleTests
{
    [Theory]
    [InlineData(new[] { "Reviewer", "editor" }, Role.Editor)]
    [InlineData(new[] { "Operator", "Submitter" }, Role.Submitter)]
    [InlineData(new[] { "operator" }, Role.Operator)]
    [InlineData(new[] { "3" }, null)]
    [InlineData(new[] { "Host", "Public", "admin" }, null)]
    [InlineData(new string[0], null)]
    public void The_highest_known_role_counts_and_numbers_are_no_roles(string[] names, Role? expected) =>
        Assert.Equal(expected, Roles.Highest(names));

    [Theory]
    [InlineData(Role.Editor, Role.Reviewer, true)]
    [InlineData(Role.Reviewer, Role.Submitter, true)]
    [InlineData(Role.Submitter, Role.Reviewer, false)]
    [InlineData(Role.Operator, Role.Submitter, false)]
    [InlineData(Role.Editor, Role.Operator, false)]
    [InlineData(Role.Editor, Role.Host, false)]
    [InlineData(Role.Operator, Role.Public, true)]
    public void Editor_includes_reviewer_includes_submitter_and_operator_stands_alone(Role has, Role needs, bool may) =>
        Assert.Equal(may, new Person("ana", has, default).May(needs));

    [Theory]
    [InlineData("ana", true)]
    [InlineData("Ana Kovač", true)]
    [InlineData("ana@example.org", true)]
    [InlineData("host", false)]
    [InlineData("HOST", false)]
    [InlineData(" ana", false)]
    [InlineData("a/b", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_name_can_stand_in_keys_and_pages_and_is_not_the_host(string? name, bool isName) =>
        Assert.Equal(isName, Person.IsName(name));

    [Fact]
    public void Every_function_names_its_least_role_and_an_unknown_one_is_the_hosts() =>
        Assert.Equal(Role.Host, AccessMap.Of(typeof(AccessMap).Assembly).Of("NoSuchFunction"));

    [Fact]
    public void A_function_without_access_stops_the_start()
    {
        var error = Assert.Throws<InvalidOperationException>(() => AccessMap.Of(typeof(RoleTests).Assembly));
        Assert.Contains(nameof(Unguarded.OpenToAll), error.Message, StringComparison.Ordinal);
    }

    internal static class Unguarded
    {
        [Function(nameof(OpenToAll))]
        public static void OpenToAll() { }
    }
}
