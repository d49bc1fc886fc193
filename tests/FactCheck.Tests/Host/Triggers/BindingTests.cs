using System.Text.Json.Nodes;
using FactCheck.Host;
using FactCheck.Host.Triggers;

namespace FactCheck.Tests.Host.Triggers;

/// <summary>What blob functions are sent.</summary>
public sealed class BindingTests
{
    [Fact]
    public async Task Text_and_bytes_get_the_content_and_parts_of_the_name_are_metadata()
    {
        await using var host = BlobHost.Start(invoker =>
        {
            invoker.AddBlob("Bytes", "scans/{year}/{name}.{ext}", "Binary");
            invoker.AddBlob("Text", "articles/{name}");
        });
        host.Write("articles/a.tar.gz", "xyz");
        host.Write("scans/2030/p.1.pdf", "abc");
        await host.LookAsync();

        Assert.Equal(["Bytes 2030/p.1.pdf abc", "Text a.tar.gz xyz"], host.Sorted);
        var metadata = Assert.Single(host.Invoker.Calls, call => call.Function.Name == "Bytes").Metadata;
        Assert.Equal(
            ("2030", "p.1", "pdf", "scans/2030/p.1.pdf"),
            (metadata["year"].String, metadata["name"].String, metadata["ext"].String, metadata["BlobTrigger"].String)
        );
        Assert.Equal(
            JsonValue.Create(new Uri(Path.Combine(host.Data, "scans/2030/p.1.pdf")).AbsoluteUri).ToJsonString(),
            metadata["Uri"].Json
        );
        Assert.Equal(3, JsonNode.Parse(metadata["Properties"].Json)!["ContentLength"]!.GetValue<long>());
        Assert.Equal("{}", metadata["Metadata"].Json);
    }

    [Fact]
    public void A_function_that_reads_by_itself_is_told_where_and_nothing_is_read_for_it()
    {
        var invoker = new FakeInvoker();
        invoker.AddBlob("Client", "articles/{name}", dataType: null, ",\"connection\":\"Desk\"");
        invoker.AddBlob("Plain", "articles/{name}", dataType: null);
        var options = new FunctionHostOptions
        {
            AppDirectory = "/",
            DataDirectory = "/",
            BlobService = new(new Uri("http://127.0.0.1:10000/account")),
        };
        var blob = new BlobDetails(
            new("a \"b\".txt", "1"),
            new Uri("http://127.0.0.1:10000/account/articles/a"),
            1L << 40,
            default,
            "text/plain",
            new Dictionary<string, string> { ["by"] = "me" }
        );

        var called = invoker.All.Select(function => new BlobFunction(function, options)).ToArray();

        Assert.All(called, function => Assert.False(function.NeedsContent));
        var sent = called[0].CallFor(blob, default).Input.ModelBindingData;
        Assert.Equal(("1.0", "AzureStorageBlobs", "application/json"), (sent.Version, sent.Source, sent.ContentType));
        var content = JsonNode.Parse(sent.Content.ToStringUtf8())!;
        Assert.Equal(
            ("Desk", "articles", "a \"b\".txt"),
            ((string?)content["Connection"], (string?)content["ContainerName"], (string?)content["BlobName"])
        );
        Assert.Equal(
            "AzureWebJobsStorage",
            (string?)
                JsonNode.Parse(called[1].CallFor(blob, default).Input.ModelBindingData.Content.ToStringUtf8())![
                    "Connection"
                ]
        );
        Assert.Equal("""{"by":"me"}""", called[0].CallFor(blob, default).Metadata["Metadata"].Json);
    }

    [Fact]
    public async Task In_a_folder_it_is_told_of_the_service_that_shows_folders_as_containers()
    {
        await using var host = BlobHost.Start(invoker => invoker.AddBlob("Client", "articles/{name}", dataType: null));
        host.Invoker.Run = (_, _) => Task.CompletedTask;
        await using (var file = File.Create(Path.Combine(host.Articles, "large.bin")))
            file.SetLength(BlobFunction.MostContent + 1L);
        await host.LookAsync();

        var sent = Assert.Single(host.Invoker.Calls).Input.ModelBindingData;
        Assert.Equal(
            """{"Connection":"FunctionsHostFolders","ContainerName":"articles","BlobName":"large.bin"}""",
            sent.Content.ToStringUtf8()
        );
    }

    [Fact]
    public async Task A_blob_that_is_too_large_to_be_sent_is_given_up_at_once_with_a_remedy()
    {
        await using var host = BlobHost.Start();
        await using (var file = File.Create(Path.Combine(host.Articles, "large.bin")))
            file.SetLength(BlobFunction.MostContent + 1L);
        await host.LookAsync();

        Assert.Empty(host.Invoker.Calls);
        Assert.Contains(
            "Bind a BlobClient, or the name alone",
            Assert.Single(host.Poison).Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "articles",
        "Function 'A': blob path 'articles' is not of the form container/name, such as 'articles/{name}'."
    )]
    [InlineData("{any}/x", "Function 'A': blob path '{any}/x' must name its container.")]
    [InlineData("articles/{name", "Function 'A': blob path 'articles/{name' has a brace that is not part of a {name}.")]
    [InlineData("%Nowhere%/{name}", "Function 'A': there is no setting 'Nowhere', which '%Nowhere%/{name}' asks for.")]
    public void A_path_that_can_not_be_meant_is_refused_by_name(string path, string sentence)
    {
        var invoker = new FakeInvoker();
        invoker.AddBlob("A", path);

        var refused = Assert.Throws<FunctionHostException>(() =>
            new BlobFunction(invoker.All[0], new() { AppDirectory = "/", DataDirectory = "/" })
        );

        Assert.Equal(sentence, refused.Message);
    }

    [Fact]
    public void A_setting_may_stand_in_a_path_and_doubled_braces_for_single_ones()
    {
        var invoker = new FakeInvoker();
        invoker.AddBlob("A", "%Box%/{{x}}-{name}");
        var options = new FunctionHostOptions { AppDirectory = "/", DataDirectory = "/" };
        options.AppSettings["Box"] = "incoming";

        var function = new BlobFunction(invoker.All[0], options);

        Assert.Equal("incoming", function.Pattern.Container);
        Assert.Equal("a", function.Pattern.Match("{x}-a")!["name"]);
    }
}
