using Azure;
using Azure.Identity;
using FactCheck.Storage.Azure;

namespace FactCheck.Tests.Storage.Azure;

/// <summary>Which account is meant, and when it is away.</summary>
public sealed class AzureStorageTests
{
    private const string Key =
        "DefaultEndpointsProtocol=https;AccountName=desk;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net";

    [Theory]
    [InlineData("UseDevelopmentStorage=true", "a connection string")]
    [InlineData(Key, "a connection string")]
    [InlineData(" https://desk.blob.core.windows.net ", "desk.blob.core.windows.net")]
    [InlineData("https://desk.blob.core.windows.net/", "desk.blob.core.windows.net")]
    [InlineData("http://desk.blob.core.windows.net", null)]
    [InlineData("https://desk.blob.core.windows.net/articles", null)]
    [InlineData("https://desk.blob.core.windows.net/?sig=secret", null)]
    [InlineData("https://desk.blob.core.windows.net/#secret", null)]
    [InlineData("https://ana:secret@desk.blob.core.windows.net/", null)]
    [InlineData("AccountKey=secret", null)]
    [InlineData("", null)]
    public void What_names_an_account_is_shown_without_its_key(string text, string? shown)
    {
        if (shown is not null)
            Assert.Equal(shown, AzureStorageOptions.Parse(text).ToString());
        else
            Assert.DoesNotContain(
                "secret",
                Assert.Throws<FormatException>(() => AzureStorageOptions.Parse(text)).Message,
                StringComparison.Ordinal
            );
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData(null, true, true)]
    [InlineData("", true, true)]
    [InlineData(Key, false, true)]
    [InlineData(Key, true, false)]
    public void An_account_is_a_connection_string_or_an_address(string? connection, bool hasAddress, bool isOne)
    {
        var address = hasAddress ? new Uri("https://desk.example/") : null;
        var options = new AzureStorageOptions
        {
            ConnectionString = connection,
            BlobServiceUri = address,
            TableServiceUri = address,
        };
        foreach (var create in new Func<object>[] { options.CreateBlobServiceClient, options.CreateTableServiceClient })
            Assert.Equal(isOne ? null : typeof(InvalidOperationException), Record.Exception(create)?.GetType());
    }

    [Theory]
    [InlineData(0, true)] // no answer
    [InlineData(400, false)]
    [InlineData(401, true)]
    [InlineData(403, true)]
    [InlineData(404, false)]
    [InlineData(408, true)]
    [InlineData(409, false)]
    [InlineData(412, false)]
    [InlineData(429, true)]
    [InlineData(499, false)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    public void An_account_is_away_when_the_same_request_may_do_later(int status, bool isAway) =>
        Assert.Equal(isAway, StoreFailure.IsAway(new RequestFailedException(status, "No.")));

    [Fact]
    public void Several_tries_are_away_when_each_was_and_the_last_says_why()
    {
        var (away, refused) = (
            new RequestFailedException(503, "Busy.\nHeaders:"),
            new RequestFailedException(404, "No.")
        );
        Assert.True(StoreFailure.IsAway(new AggregateException(away, new AuthenticationFailedException("Who?"))));
        Assert.False(StoreFailure.IsAway(new AggregateException(away, refused)));
        Assert.False(StoreFailure.IsAway(new AggregateException()));
        Assert.False(StoreFailure.IsAway(new InvalidOperationException()));
        Assert.Equal("Busy.", StoreFailure.Why(new AggregateException(refused, away)));
    }

    [Theory]
    [InlineData("Azure.Core", false, true)] // the SDK's own limit
    [InlineData("Azure.Core", true, false)] // a caller that gave up
    [InlineData("System.Net.Http", false, false)]
    public void A_call_that_was_cut_off_is_away_where_nobody_cut_it(string source, bool isCancelled, bool isAway) =>
        Assert.Equal(
            isAway,
            StoreFailure.IsAway(new TaskCanceledException("", null, new(isCancelled)) { Source = source })
        );
}
