using System.Runtime.Versioning;
using System.Text;
using FactCheck.Storage.Audit;
using FactCheck.Storage.Local;

namespace FactCheck.Tests.Storage.Local;

public sealed class FolderAuditFilesTests : AuditFilesContract, IDisposable
{
    private readonly TempFolder _folder = new();

    public FolderAuditFilesTests() => Files = new FolderAuditFiles(_folder["log"]);

    protected override IAuditFiles Files { get; }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nobody_writes_into_a_file_that_another_made()
    {
        var (one, two) = ("one\n"u8.ToArray(), "two\n"u8.ToArray());
        Assert.True(await Files.AppendAsync("202603.jsonl", 0, one));
        var other = new FolderAuditFiles(_folder["log"]);
        Assert.False(await other.AppendAsync("202603.jsonl", one.Length, two));
        Assert.False(await other.AppendAsync("202603.jsonl", 0, two));
        Assert.True(await Files.AppendAsync("202603.jsonl", one.Length, two));
        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(_folder["log", "202603.jsonl"]));
    }

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
