using FactCheck.Storage.Audit;
using FactCheck.Storage.Azure;
using FactCheck.Tests.Storage;

namespace FactCheck.AcceptanceTests.Storage;

/// <summary>The contract on append blobs of Azure Blob Storage's emulator.</summary>
public sealed class BlobAuditFilesTests(Azurite azurite) : AuditFilesContract, IAsyncLifetime
{
    private BlobAuditFiles _files = null!;

    protected override IAuditFiles Files => _files;

    public async ValueTask InitializeAsync() =>
        _files = new((await azurite.NewAccountAsync()).CreateBlobServiceClient());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
