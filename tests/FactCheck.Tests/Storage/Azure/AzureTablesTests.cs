using Azure.Core.Pipeline;
using Azure.Data.Tables;
using FactCheck.Storage.Azure;

namespace FactCheck.Tests.Storage.Azure;

/// <summary>The contract on what a store asks of Azure's table service; the emulator is asked in the acceptance tests.</summary>
public sealed class AzureTablesTests : TableStoreContract
{
    protected override ITableStore Store { get; } =
        new AzureTables(
            new(
                new Uri("https://desk.table.core.windows.net"),
                new TableSharedKeyCredential("desk", Convert.ToBase64String(new byte[32])),
                new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(new FakeTableService())) }
            )
        );
}
