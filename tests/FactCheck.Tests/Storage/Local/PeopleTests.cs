using FactCheck.Storage.Local;

namespace FactCheck.Tests.Storage.Local;

/// <summary>The list of people in <c>desk.db</c>.</summary>
public sealed class PeopleTests : PeopleContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteTables _tables;

    public PeopleTests() => _tables = new(_folder["desk.db"]);

    protected override ITableStore Store => _tables;

    public void Dispose()
    {
        _tables.Dispose();
        _folder.Dispose();
    }
}
