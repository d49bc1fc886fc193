using FactCheck.Storage.Azure;
using FactCheck.Storage.Local;
using FactCheck.Tests.Functions;

namespace FactCheck.Tests.Storage.Azure;

/// <summary>A release that does not know what it would write over does not start.</summary>
public sealed class AzureSchemaTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly InterruptedTables _tables;

    public AzureSchemaTests() => _tables = new(new SqliteTables(_folder["desk.db"]));

    public void Dispose()
    {
        _tables.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"version":2}""")]
    [InlineData("""{"version":3}""")]
    public async Task Tables_of_former_releases_are_taken_over(string? before)
    {
        if (before is not null)
            await WriteAsync(before);
        await AzureSchema.ClaimAsync(_tables);
        Assert.Equal("""{"version":3}""", (await ReadAsync())!.Json);
    }

    [Theory]
    [InlineData("""{"version":4}""", "version 4; this release knows versions up to 3")]
    [InlineData("""{"version":"x"}""", "can't be read")]
    [InlineData("[]", "can't be read")]
    public async Task What_a_later_release_wrote_is_left_alone(string before, string why)
    {
        await WriteAsync(before);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => AzureSchema.ClaimAsync(_tables));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, (await ReadAsync())!.Json);
    }

    [Fact]
    public async Task Two_that_start_together_see_each_other()
    {
        _tables.Once((_, _) => true, () => WriteAsync("""{"version":4}"""));
        await Assert.ThrowsAsync<InvalidDataException>(() => AzureSchema.ClaimAsync(_tables));
    }

    private Task WriteAsync(string json) =>
        _tables.CommitAsync(AzureSchema.Table, AzureSchema.Partition, [new RowChange.Put(AzureSchema.Row, json)]);

    private Task<TableRow?> ReadAsync() => _tables.FindAsync(AzureSchema.Table, AzureSchema.Partition, AzureSchema.Row);
}
