using System.Net;
using FactCheck.Functions.Archive;

namespace FactCheck.Tests.Functions.Archive;

/// <summary>Where evidence may be fetched from: each special range ends where the registries say it does.</summary>
public sealed class PublicAddressTests
{
    private const string Ones = "ffff:ffff:ffff";

    [Theory]
    [InlineData(null, "0.0.0.0", "0.255.255.255", "1.0.0.0")]
    [InlineData("9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0")]
    [InlineData("100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0")]
    [InlineData("126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0")]
    [InlineData("168.63.129.15", "168.63.129.16", "168.63.129.16", "168.63.129.17")] // Azure's own
    [InlineData("169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0")]
    [InlineData("172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0")]
    [InlineData("191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0")]
    [InlineData("192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0")]
    [InlineData("192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0")]
    [InlineData("192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0")]
    [InlineData("198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0")]
    [InlineData("198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0")]
    [InlineData("203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0")]
    [InlineData("223.255.255.255", "224.0.0.0", "239.255.255.255", null)]
    [InlineData(null, "240.0.0.0", "255.255.255.255", null)]
    public void A_special_range_of_IPv4_is_refused_also_in_the_clothes_of_IPv6_and_its_neighbours_are_not(
        string? before,
        string first,
        string last,
        string? after
    )
    {
        Holds(before, first, last, after);
        Holds(Mapped(before), $"::ffff:{first}", $"::ffff:{last}", Mapped(after));

        static string? Mapped(string? address) => address is null ? null : $"::ffff:{address}";
    }

    [Theory]
    [InlineData(null, "::", "1fff:ffff:ffff:ffff:ffff:" + Ones, "2000::")] // loopback, NAT64, IPv4 as it once was written
    [InlineData("2000:ffff:ffff:ffff:ffff:" + Ones, "2001::", "2001:1ff:ffff:ffff:ffff:" + Ones, "2001:200::")]
    [InlineData("2001:db7:ffff:ffff:ffff:" + Ones, "2001:db8::", "2001:db8:ffff:ffff:ffff:" + Ones, "2001:db9::")]
    [InlineData("2001:ffff:ffff:ffff:ffff:" + Ones, "2002::", "2002:ffff:ffff:ffff:ffff:" + Ones, "2003::")] // 6to4
    [InlineData("3ffe:ffff:ffff:ffff:ffff:" + Ones, "3fff::", "3fff:fff:ffff:ffff:ffff:" + Ones, "3fff:1000::")]
    [InlineData("3fff:ffff:ffff:ffff:ffff:" + Ones, "4000::", "ffff:ffff:ffff:ffff:ffff:" + Ones, null)]
    public void A_special_range_of_IPv6_is_refused_and_its_neighbours_are_not(
        string? before,
        string first,
        string last,
        string? after
    ) => Holds(before, first, last, after);

    [Theory]
    [InlineData("::1", false)]
    [InlineData("::7f00:1", false)]
    [InlineData("100:0:0:1::1", false)]
    [InlineData("5f00::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fe80::1%3", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("64:ff9b::8.8.8.8", false)] // what is behind a translator, nobody here can tell
    [InlineData("2002:7f00:1::", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    public void Addresses_as_they_come(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    private static void Holds(string? before, string first, string last, string? after) =>
        Assert.Equal(
            [before, after],
            new[] { before, first, last, after }.Where(a => a is null || PublicAddress.Is(IPAddress.Parse(a)))
        );
}
