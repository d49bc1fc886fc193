using Azure.Core.Pipeline;
using Azure.Data.Tables;
using FactCheck.Storage.Azure;

namespace FactCheck.Tests.Storage.Azure;

/// <summary>The contract on what a store asks of Azure's table service; the emulator is asked in the acceptance tests.</summary>
public sealed class AzureTablesTests : TableStoreContract
{
    private readonly FakeTableService _service = new();

    public AzureTablesTests() =>
        Store = new AzureTables(
            new(
                new Uri("https://desk.table.core.windows.net"),
                new TableSharedKeyCredential("desk", Convert.ToBase64String(new byte[32])),
                new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(_service)) }
            )
        );

    protected override ITableStore Store { get; }

    [Fact]
    public async Task A_conflict_is_told_at_once_and_what_is_gone_is_removed_at_the_second_try()
    {
        await Store.CommitAsync("desk", "a", [new RowChange.Insert("head", "1")]); // makes the table
        Assert.Equal(2, _service.Commits);
        await Assert.ThrowsAsync<RowConflictException>(() =>
            Store.CommitAsync("desk", "a", [new RowChange.Insert("head", "2")])
        );
        Assert.Equal(3, _service.Commits);
        await Store.CommitAsync("desk", "a", [new RowChange.Delete("gone"), new RowChange.Put("head", "3")]);
        Assert.Equal(5, _service.Commits);
    }
}
