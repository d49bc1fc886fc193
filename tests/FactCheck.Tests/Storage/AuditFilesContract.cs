using System.Text;
using FactCheck.Storage.Audit;

namespace FactCheck.Tests.Storage;

/// <summary>What every place of the audit log does. Run against a folder here and against Azure Blob Storage's emulator
/// in the acceptance tests.</summary>
public abstract class AuditFilesContract
{
    protected abstract IAuditFiles Files { get; }

    [Fact]
    public async Task Files_only_grow_and_who_is_wrong_about_their_length_is_told()
    {
        var name = Name();
        Assert.DoesNotContain(await Files.ListAsync(), file => file.Name == name);
        Assert.True(await AppendAsync(name, 0, "one\n"));
        Assert.True(await AppendAsync(name, 4, "two\n"));
        foreach (var wrong in new[] { 0, 4, 100 })
            Assert.False(await AppendAsync(name, wrong, "three\n"));
        Assert.Contains(new AuditFile(name, 8), await Files.ListAsync());
        Assert.Equal("two\n", Encoding.UTF8.GetString(await Files.ReadAsync(name, 4)));
        Assert.False(await AppendAsync(Name(), 4, "of no file\n"));
    }

    [Fact]
    public async Task Of_many_who_append_at_once_one_wins()
    {
        var name = Name();
        Assert.True(await AppendAsync(name, 0, "one\n"));
        var won = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => Task.Run(() => TriedAsync(name, 4, $"{n + 1000}\n")))
        );
        Assert.Equal(1, won.Count(w => w));
        Assert.Equal(9, (await Files.ReadAsync(name, 0)).Length);
    }

    [Fact]
    public async Task The_summary_is_replaced_as_a_whole()
    {
        await Files.WriteSummaryAsync(Encoding.UTF8.GetBytes("a long first one"));
        await Files.WriteSummaryAsync(Encoding.UTF8.GetBytes("second"));
        Assert.Equal("second", Encoding.UTF8.GetString((await Files.ReadSummaryAsync())!));
    }

    [Fact]
    public async Task A_log_is_read_back_as_several_wrote_it()
    {
        var key = new AuditKey(Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")));
        var article = Guid.NewGuid().ToString("N");
        await using (var first = new AuditLog(Files, key, TimeProvider.System, TimeSpan.Zero))
        await using (var second = new AuditLog(Files, key, TimeProvider.System, TimeSpan.Zero))
            for (var seq = 1; seq <= 6; seq++)
                await (seq % 2 == 0 ? first : second).WriteAsync([
                    new(DateTimeOffset.UnixEpoch, article, seq, $"{seq}"),
                ]);
        await using var reading = new AuditLog(Files, key, TimeProvider.System, TimeSpan.Zero);
        await reading.LoadAsync(whole: true);
        Assert.Equal(6, reading.Newest(article)!.Seq);
    }

    private static string Name() => $"202603-{Guid.NewGuid():N}.jsonl";

    private Task<bool> AppendAsync(string name, long length, string text) =>
        Files.AppendAsync(name, length, Encoding.UTF8.GetBytes(text));

    // In a folder the others may find the file in use.
    private async Task<bool> TriedAsync(string name, long length, string text)
    {
        try
        {
            return await AppendAsync(name, length, text);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
