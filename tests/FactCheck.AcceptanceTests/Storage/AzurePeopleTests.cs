using FactCheck.Storage.Azure;
using FactCheck.Tests.Storage;

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>The list of people on Azure Table Storage's emulator.</summary>
public sealed class AzurePeopleTests(Azurite azurite) : PeopleContract, IAsyncLifetime
{
    private AzureTables _store = null!;

    protected override ITableStore Store => _store;

    public async ValueTask InitializeAsync() => _store = new((await azurite.AccountAsync()).CreateTableServiceClient());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
