using System.Runtime.Versioning;
using System.Text;
using FactCheck.Storage.Audit;
using FactCheck.Storage.Local;

namespace FactCheck.Tests.Storage.Local;

public sealed class FolderAuditFilesTests : AuditFilesContract, IDisposable
{
    private readonly TempFolder _folder = new();

    protected override IAuditFiles Files => new FolderAuditFiles(_folder["log"]);

    public void Dispose() => _folder.Dispose();

    [Fact, UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_may_read_the_log()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are of Unix.");
        await Files.AppendAsync("202603.jsonl", 0, Encoding.UTF8.GetBytes("one\n"));
        await Files.WriteSummaryAsync(Encoding.UTF8.GetBytes("summary"));
        Assert.All(
            Directory.GetFiles(_folder["log"]),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file))
        );
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(_folder["log"])
        );
    }
}
