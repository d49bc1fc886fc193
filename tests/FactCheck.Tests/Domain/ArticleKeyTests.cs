using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using CsCheck;

namespace FactCheck.Tests.Domain;

public class ArticleKeyTests
{
    // "openssl dgst -sha256 -binary | base32 | tr A-Z a-z | cut -c1-26" of "articles/a.txt" and of
    // "articles/news/Straße.md".
    [Theory]
    [InlineData("a.txt", "vrbldmsi7ey7sy4nm3zc2icuh5")]
    [InlineData("news/Straße.md", "q56p5o3fwjasb7zv43wvdbswnb")]
    public void A_key_is_base32_of_the_hash_of_container_and_name(string name, string key) =>
        Assert.Equal(key, ArticleKey.Of("articles", name));

    [Fact]
    public void Any_hash_is_the_same_as_by_whole_number_arithmetic() =>
        Gen.Select(Gen.String, Gen.Int[0, 51])
            .Sample(
                (text, length) =>
                {
                    var number = new BigInteger(
                        SHA256.HashData(Encoding.UTF8.GetBytes(text)),
                        isUnsigned: true,
                        isBigEndian: true
                    );
                    var expected = new string([
                        .. Enumerable
                            .Range(0, length)
                            .Select(i =>
                                "abcdefghijklmnopqrstuvwxyz234567"[(int)((number >> (256 - 5 * (i + 1))) & 31)]
                            ),
                    ]);
                    Assert.Equal(expected, Base32.Hash(text, length));
                }
            );

    [Fact]
    public void A_hash_has_no_more_than_51_whole_characters() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Base32.Hash("a", 52));

    [Fact]
    public void Container_and_name_both_count_and_so_does_case()
    {
        Assert.NotEqual(ArticleKey.Of("articles", "a.txt"), ArticleKey.Of("reports", "a.txt"));
        Assert.NotEqual(ArticleKey.Of("articles", "a.txt"), ArticleKey.Of("articles", "A.txt"));
    }

    [Fact]
    public void Every_key_is_valid_and_fit_for_row_keys_and_instance_ids() =>
        Gen.String.Sample(name =>
        {
            var key = ArticleKey.Of("articles", name);
            Assert.True(ArticleKey.IsValid(key));
            Assert.Matches("^[a-z2-7]{26}$", key);
        });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abcdefghijklmnopqrstuvwxy")] // one too few
    [InlineData("abcdefghijklmnopqrstuvwxyz2")] // one too many
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ")]
    [InlineData("abcdefghijklmnopqrstuvwxy1")] // no digit of base32
    [InlineData("../../etc/passwd/././././.")]
    public void What_no_hash_gives_is_no_key(string? key) => Assert.False(ArticleKey.IsValid(key));
}
