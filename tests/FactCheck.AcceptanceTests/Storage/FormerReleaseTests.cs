using System.IO.Compression;
using FactCheck.Storage;
using FactCheck.Storage.Azure;
using Microsoft.Data.Sqlite;

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>Rows and blobs of former releases, as they lie in a storage account: every one is read, and every case is what
/// its audit trail says.</summary>
public sealed class FormerReleaseTests(Azurite azurite)
{
    private static readonly string[] Containers = ["articles", "texts", "reports", "evidence"];

    [Theory]
    [InlineData("data-0.1.0")]
    [InlineData("data-0.1.0-names")]
    public async Task An_account_of_a_former_release_is_read_and_worked_on(string fixture)
    {
        using var folder = new TempFolder();
        await ZipFile.ExtractToDirectoryAsync(Repository.PathOf("tests", "fixtures", $"{fixture}.zip"), folder.Path);
        var data = Path.Combine(folder.Path, fixture);
        var account = await azurite.NewAccountAsync();
        var tables = new AzureTables(account.CreateTableServiceClient());
        var blobs = new AzureBlobs(account.CreateBlobServiceClient());
        var rows = await CopyRowsAsync(Path.Combine(data, "desk.db"), tables);
        await CopyBlobsAsync(data, account);

        var cases = new CaseStore(tables, TimeProvider.System);
        // A list is a hint: an article may stand on it twice.
        var articles = (await new DeskIndex(tables, TimeProvider.System).ArticlesAsync(null, 100))
            .Items.DistinctBy(article => article.Key)
            .ToList();
        Assert.Equal(rows.Count(row => row is { Table: "cases", Key: "head" }), articles.Count);
        foreach (var article in articles)
        {
            Assert.NotEmpty(await cases.StatementsAsync(article.Key));
            Assert.Equal(
                rows.Count(row =>
                    row.Partition == article.Key && row.Key.StartsWith("task|", StringComparison.Ordinal)
                ),
                (await cases.TasksAsync(article.Key)).Count
            );
            var (entries, problem) = await new CaseAudit(tables, cases, blobs).CheckAsync(
                await cases.HeadAsync(article.Key)
            );
            Assert.Null(problem);
            Assert.NotEmpty(entries);
        }

        // What is written today stands beside what was written then.
        var key = articles[0].Key;
        await cases.ChangeAsync(
            key,
            head => new CaseChange(head).Note("ana", AuditVerb.ReadOtherwise, key),
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Null((await new CaseAudit(tables, cases, blobs).CheckAsync(await cases.HeadAsync(key))).Problem);
    }

    private static async Task<List<(string Table, string Partition, string Key)>> CopyRowsAsync(
        string file,
        AzureTables tables
    )
    {
        var rows = new List<(string Table, string Partition, string Key)>();
        await using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var all = connection.CreateCommand();
        all.CommandText = "SELECT tbl, partition, key, json FROM rows";
        await using var row = await all.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            rows.Add((row.GetString(0), row.GetString(1), row.GetString(2)));
            var (table, partition, key) = rows[^1];
            await tables.CommitAsync(table, partition, [new RowChange.Put(key, row.GetString(3))]);
        }

        return rows;
    }

    private static async Task CopyBlobsAsync(string data, AzureStorageOptions account)
    {
        foreach (var name in Containers.Where(name => Directory.Exists(Path.Combine(data, name))))
        {
            var container = account.CreateBlobServiceClient().GetBlobContainerClient(name);
            await container.CreateIfNotExistsAsync();
            var root = Path.Combine(data, name);
            foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
                await container
                    .GetBlobClient(Path.GetRelativePath(root, file).Replace('\\', '/'))
                    .UploadAsync(file, overwrite: true);
        }
    }
}
