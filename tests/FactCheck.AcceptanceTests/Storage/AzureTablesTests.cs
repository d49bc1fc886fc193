using Azure.Data.Tables;
using FactCheck.Storage.Azure;
using FactCheck.Tests.Storage;
using static FactCheck.Domain.RowChange;

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>The contract on Azure Table Storage's emulator, and how rows look to others there.</summary>
public sealed class AzureTablesTests(Azurite azurite) : TableStoreContract, IAsyncLifetime
{
    private TableServiceClient _service = null!;
    private AzureTables _store = null!;

    protected override ITableStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        _service = (await azurite.AccountAsync()).CreateTableServiceClient();
        _store = new(_service);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_row_can_be_read_by_people_in_the_properties_of_its_entity()
    {
        var table = "t" + Guid.NewGuid().ToString("N");
        await _store.CommitAsync(
            table,
            "a",
            [new Insert("head", """{"title":"Störche"}"""), new Insert("large", new string('x', 70_000))]
        );

        var client = _service.GetTableClient(table);
        TableEntity head = await client.GetEntityAsync<TableEntity>("a", "head");
        TableEntity large = await client.GetEntityAsync<TableEntity>("a", "large");

        Assert.Equal("""{"title":"Störche"}""", head["Json"]);
        Assert.False(head.ContainsKey("Json1"));
        Assert.Equal(
            [32_768, 32_768, 4_464],
            ((string[])["Json", "Json1", "Json2"]).Select(part => large.GetString(part).Length)
        );
    }

    [Fact]
    public async Task What_was_committed_is_there_for_another_client()
    {
        var table = "t" + Guid.NewGuid().ToString("N");
        var etag = (await _store.CommitAsync(table, "a", [new Insert("head", "1")]))["head"];
        var other = new AzureTables((await azurite.AccountAsync()).CreateTableServiceClient());

        Assert.Equal(new TableRow("head", "1", etag), await other.FindAsync(table, "a", "head"));
        await other.CommitAsync(table, "a", [new Replace("head", "2", etag)]);
        await Assert.ThrowsAsync<RowConflictException>(() =>
            _store.CommitAsync(table, "a", [new Replace("head", "3", etag)])
        );
    }

    [Fact]
    public async Task A_table_that_was_removed_meanwhile_is_made_anew()
    {
        var table = "t" + Guid.NewGuid().ToString("N");
        await _store.CommitAsync(table, "a", [new Insert("head", "1")]);
        await _service.DeleteTableAsync(table);

        Assert.Null(await _store.FindAsync(table, "a", "head"));
        await _store.CommitAsync(table, "a", [new Insert("head", "2")]);

        Assert.Equal("2", (await _store.FindAsync(table, "a", "head"))?.Json);
    }
}
