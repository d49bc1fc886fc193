using System.Net;
using FactCheck.Functions.Page;
using FactCheck.Storage.Audit;
using FactCheck.Storage.Local;
using FactCheck.Tests.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;

namespace FactCheck.Tests.Functions.Http;

/// <summary>A disk without room is a matter of time, and is told so. (AcceptanceTests fill one.)</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_decision_that_finds_no_room_is_503_with_retry_after_and_the_same_one_goes_through_later()
    {
        var tables = new InterruptedTables();
        await using var desk = await DeskHost.StartAsync(with: tables.Under);
        var article = await desk.DropAsync("river.txt", RiverText.A);
        var task = (await desk.OpenTasksAsync(article))[0];
        tables.Before = (_, _) => throw new IOException("No space left on device", 28);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/tasks/{task.Id}/lease");
        request.Headers.Authorization = new("Bearer", await TokenAsync());
        using var answer = await desk.Host.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);
        Assert.Contains("no room", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        tables.Before = null;
        Assert.Equal(200, await desk.DecideAsync(task.Id, DeskHost.Approve(task)));

        // Issued while there was room.
        async Task<string> TokenAsync()
        {
            var fails = tables.Before;
            tables.Before = null;
            var token = await desk.TokenAsync("ana", Role.Reviewer);
            tables.Before = fails;
            return token;
        }
    }

    public static TheoryData<Exception, bool> Failures =>
        new()
        {
            { new IOException("No space left on device", 28), true },
            { new IOException("Disk quota exceeded", 122), true },
            { new IOException("There is no room left.", new SqliteException("full", 13)), true },
            { new IOException("wal index", new SqliteException("i/o", 10, 4874)), true },
            { new AggregateException(new IOException("No space left on device", 28)), true },
            { new IOException("The file is in use.", 11), false },
            { new IOException("'desk.db' is damaged.", new SqliteException("malformed", 11)), false },
            { new InvalidOperationException("no"), false },
        };

    [Theory, MemberData(nameof(Failures))]
    public void What_is_for_want_of_room_is_told_from_the_rest(Exception error, bool isShort)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Numbers of Linux.");
        Assert.Equal(isShort, DiskSpace.IsShort(error));
    }

    [Fact]
    public async Task A_desk_whose_log_cannot_be_written_is_not_ready_until_it_can()
    {
        using var folder = new TempFolder();
        var configuration = new ConfigurationBuilder().Build();
        var files = new BreakingAuditFiles(new FolderAuditFiles(folder["log"]), -1);
        await using var log = new AuditLog(files, new(new byte[32]), TimeProvider.System, TimeSpan.Zero);
        var room = new Room(configuration, new(folder.Path, folder["log"]), log);
        Assert.Null(room.WhyItIsShort());
        log.Note(Some.Head());
        await Limits.UntilAsync(
            TimeSpan.FromSeconds(10),
            () => Task.FromResult(room.WhyItIsShort()),
            () => "still ready"
        );
        files.Writes = int.MaxValue;
        await Limits.UntilAsync(
            TimeSpan.FromSeconds(20),
            () => Task.FromResult(room.WhyItIsShort() is null ? "" : null),
            () => "never ready again"
        );
    }
}
