using System.Text.Json;

namespace FactCheck.Tests.Domain;

/// <summary>Who is whom, and how that is kept.</summary>
public sealed class WhoTests
{
    private static readonly Who Ana = new("ana-1", "ana") { Formerly = "ana" };
    private static readonly Who OtherAna = new("oidc-2", "ana");

    public static TheoryData<Who, Who?, bool> Pairs =>
        new()
        {
            { Ana, new("ana-1", "ana"), true },
            { Ana, new("ana-1", "Ana Marić"), true }, // whatever they were called when
            { Ana, OtherAna, false }, // whatever both are called
            { Ana, "ana", true }, // kept by a former release
            {
                new("ana-1", "Ana Marić") { Formerly = "ana" },
                "ana",
                true
            },
            {
                new("ana-1", "Ana Marić") { Formerly = "ana" },
                "Ana Marić",
                false
            },
            { OtherAna, "ana", false }, // it means the one who was made for that name
            { "ana", "ana", true },
            { "ana", "Ana", false },
            { Ana, null, false },
            { Ana, Who.Folder, false },
        };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_id_says_who_it_is_and_a_name_alone_means_whom_former_releases_knew(Who one, Who? other, bool isSame)
    {
        Assert.Equal(isSame, one.Is(other));
        if (other is not null)
            Assert.Equal(isSame, other.Is(one));
    }

    [Theory]
    [InlineData("\"ana\"", null, "ana")]
    [InlineData("{\"id\":\"ana-1\",\"name\":\"ana\"}", "ana-1", "ana")]
    [InlineData("{\"name\":\"ana\",\"later\":{\"a\":[1]},\"id\":\"ana-1\"}", "ana-1", "ana")]
    public void What_is_kept_is_read_a_plain_name_too(string json, string? id, string name) =>
        Assert.Equal(new Who(id, name), JsonSerializer.Deserialize<Who>(json));

    [Theory]
    [InlineData("{\"id\":\"ana-1\"}")]
    [InlineData("1")]
    [InlineData("[]")]
    public void What_names_nobody_is_not(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Who>(json));

    [Fact]
    public void A_name_alone_is_written_as_former_releases_did() =>
        Assert.Equal(
            ("\"host\"", "{\"id\":\"ana-1\",\"name\":\"ana\"}"),
            (JsonSerializer.Serialize(Who.Host), JsonSerializer.Serialize(Ana))
        );
}
