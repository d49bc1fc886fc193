using System.Diagnostics;
using FactCheck.Extraction.Documents;
using FactCheck.Functions.Configuration;
using FactCheck.Functions.Reading;
using FactCheck.Tests.Extraction.Documents;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Functions.Reading;

public sealed class ReadersTests : IDisposable
{
    private const long Memory = 512 * 1024 * 1024;
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly FileToRead Rain = new("It rained."u8.ToArray(), "rain.txt", new(), ReadLimits.Default);

    private readonly FakeTimeProvider _time = new();
    private readonly LogLines<Readers> _log = new();
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_reader_reads_one_file_after_the_other()
    {
        using var readers = Genuine();
        Assert.Empty(readers.Processes); // none before it is wanted

        Assert.Equal("It rained.", Text(await ReadAsync(readers, Rain)));
        var first = Assert.Single(readers.Processes);
        Assert.Equal("It snowed.", Text(await ReadAsync(readers, Rain with { Content = "It snowed."u8.ToArray() })));
        Assert.Equal(RejectionReason.Empty, Reason(await ReadAsync(readers, Rain with { Content = [] })));
        Assert.Equal(first, Assert.Single(readers.Processes));
    }

    [Fact]
    public async Task A_parser_that_spins_ends_with_its_process_and_the_next_file_is_read()
    {
        using var readers = Genuine();
        var spinning = Rain with
        {
            Content = Handmade.Spinning,
            Name = "a.md",
            Limits = new(Time: TimeSpan.FromSeconds(1)),
        };
        await ReadAsync(readers, Rain);
        var process = Assert.Single(readers.Processes);

        Assert.Equal(RejectionReason.TooSlow, Reason(await ReadAsync(readers, spinning)));

        Assert.False(Subprocess.IsRunning(process));
        Assert.Equal("It rained.", Text(await ReadAsync(readers, Rain)));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_reader_that_never_answers_is_ended()
    {
        using var readers = Made($"{Ready}; exec sleep 1000");
        var result = await ReadAsync(readers, Rain with { Limits = new(Time: TimeSpan.FromMilliseconds(1)) });
        Assert.Equal(RejectionReason.TooSlow, Reason(result));
        Assert.Empty(readers.Processes);
    }

    [Fact]
    public async Task A_file_that_takes_too_much_memory_is_refused()
    {
        using var readers = Genuine(memory: 96 * 1024 * 1024);
        var large = string.Concat(Enumerable.Repeat("<p><b>Rain</b> fell.</p>", 200_000));

        var result = await ReadAsync(readers, Rain with { Content = Handmade.Bytes(large), Name = "a.html" });

        Assert.Equal(RejectionReason.TooLarge, Reason(result));
        Assert.StartsWith(
            "Reading this file takes more than 96 MB of memory; ",
            Assert.IsType<ReadResult.Rejected>(result).Rejection.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(readers.Processes);
    }

    [Fact]
    public async Task A_file_that_a_reader_dies_of_is_tried_once_more_and_refused()
    {
        using var readers = Made($"{Ready}; {Asked}; echo 'Stack overflow.' >&2; kill -9 $$");

        Assert.Equal(RejectionReason.Unreadable, Reason(await ReadAsync(readers, Rain)));

        Assert.Equal(2, Starts);
        Assert.Equal(
            ["Warning: What read rain.txt ended (exit code 137: Stack overflow.); the file is tried once more."],
            _log.Lines
        );
        Assert.Empty(readers.Processes);
    }

    [Fact]
    public async Task A_reader_that_dies_once_costs_no_file()
    {
        var dies = Script($"{Ready}; {Asked}; kill -9 $$");
        var programs = new Queue<ProcessStartInfo>([dies, ReaderProgram.Describe(Memory)]);
        using var readers = new Readers(new Settings(), _log, _time, programs.Dequeue);
        Assert.Equal("It rained.", Text(await ReadAsync(readers, Rain)));
    }

    [Fact]
    public async Task An_answer_of_a_size_that_none_has_is_an_end_too()
    {
        using var readers = Made($"{Ready}; {Asked}; printf '\\377\\377\\377\\177'; exec sleep 1000");
        Assert.Equal(RejectionReason.Unreadable, Reason(await ReadAsync(readers, Rain)));
        Assert.Contains("A frame of 2,147,483,647 bytes", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.Empty(readers.Processes);
    }

    [Theory]
    [InlineData("echo 'No runtime here.' >&2; exit 9", "exit code 9: No runtime here.")]
    [InlineData("printf 'Hello'; exec sleep 1000", "A frame of ")]
    public async Task A_reader_that_does_not_start_says_why_and_refuses_no_file(string program, string why)
    {
        using var readers = Made(program);
        var error = await Assert.ThrowsAsync<IOException>(() => readers.BeginAsync(Rain, Never));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Empty(readers.Processes);
    }

    [Fact]
    public async Task A_program_that_is_not_there_says_so()
    {
        using var readers = new Readers(new Settings(), _log, _time, () => new(_folder["missing"]));
        var error = await Assert.ThrowsAsync<IOException>(() => readers.BeginAsync(Rain, Never));
        Assert.Contains(_folder["missing"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_stops_waiting_stops_the_reader()
    {
        using var readers = Genuine();
        using var stop = new CancellationTokenSource();
        var spinning = await readers.BeginAsync(Rain with { Content = Handmade.Spinning, Name = "a.md" }, stop.Token);
        var process = Assert.Single(readers.Processes);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => spinning);
        Assert.False(Subprocess.IsRunning(process));
    }

    [Fact]
    public async Task The_end_of_the_app_ends_readers_that_read_and_readers_that_rest()
    {
        using var readers = Genuine();
        var both = await Task.WhenAll(readers.BeginAsync(Rain, Never), readers.BeginAsync(Rain, Never));
        await Task.WhenAll(both);
        var spinning = await readers.BeginAsync(Rain with { Content = Handmade.Spinning, Name = "a.md" }, Never);
        var processes = readers.Processes;
        Assert.Equal(2, processes.Count);

        readers.Dispose();

        Assert.DoesNotContain(processes, Subprocess.IsRunning);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => spinning);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => readers.BeginAsync(Rain, Never));
    }

    [Fact]
    public async Task A_reader_that_nobody_asks_is_let_go_and_the_next_file_starts_another()
    {
        using var readers = Genuine();
        await ReadAsync(readers, Rain);
        var process = Assert.Single(readers.Processes);
        _time.Advance(Readers.IdleTime / 2);
        Assert.True(Subprocess.IsRunning(process));

        _time.Advance(Readers.IdleTime / 2);

        Assert.Empty(readers.Processes);
        Assert.False(Subprocess.IsRunning(process));
        Assert.Equal("It rained.", Text(await ReadAsync(readers, Rain)));
    }

    [Fact]
    public async Task A_reader_that_died_while_it_rested_is_not_asked()
    {
        using var readers = Genuine();
        await ReadAsync(readers, Rain);
        var dead = Assert.Single(readers.Processes);
        using (var process = Process.GetProcessById(dead))
        {
            process.Kill();
            await process.WaitForExitAsync(Never);
        }

        Assert.Equal("It rained.", Text(await ReadAsync(readers, Rain)));
        Assert.NotEqual(dead, Assert.Single(readers.Processes));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_reader_is_let_go_after_many_files()
    {
        using var readers = Genuine();
        await ReadAsync(readers, Rain);
        var first = Assert.Single(readers.Processes);
        for (var file = 1; file < Readers.MostFiles; file++)
            await ReadAsync(readers, Rain);
        Assert.Empty(readers.Processes);
        Assert.False(Subprocess.IsRunning(first));
    }

    [Fact]
    public async Task A_reader_ends_with_who_asked_also_while_it_reads()
    {
        using var reader = Process.Start(ReaderProgram.Describe(Memory))!;
        var (input, output) = (reader.StandardInput.BaseStream, reader.StandardOutput.BaseStream);
        Assert.True(await Wire.IsReadyAsync(output, Never));
        await Wire.WriteAsync(input, Rain with { Content = Handmade.Spinning, Name = "a.md" }, Never);

        input.Close();

        var hasEnded = reader.WaitForExit(Limits.Verb);
        reader.Kill();
        Assert.True(hasEnded, "it reads for nobody");
    }

    [Fact]
    public async Task A_reader_has_nothing_of_the_app()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It is seen in /proc.");
        using var open = File.Create(_folder["of the app"]);
        using var readers = Genuine();
        await ReadAsync(readers, Rain);
        var process = $"/proc/{Assert.Single(readers.Processes)}";

        var names = (await File.ReadAllTextAsync($"{process}/environ"))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=')[0]);
        Assert.Subset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                "DOTNET_GCHeapHardLimit",
                "DOTNET_gcConcurrent",
                "DOTNET_TieredPGO",
                "DOTNET_EnableDiagnostics",
                "LD_LIBRARY_PATH",
            },
            names.ToHashSet(StringComparer.Ordinal)
        );
        var handles = Directory.GetFiles($"{process}/fd").Select(file => File.ResolveLinkTarget(file, false)!.FullName);
        Assert.DoesNotContain(open.Name, handles);
        Assert.DoesNotContain(handles, handle => handle.Contains("socket:", StringComparison.Ordinal));
        Assert.Equal(
            Path.TrimEndingDirectorySeparator(Path.GetTempPath()),
            File.ResolveLinkTarget($"{process}/cwd", returnFinalTarget: true)!.FullName
        );
        Assert.Equal("1000\n", await File.ReadAllTextAsync($"{process}/oom_score_adj"));
    }

    // An empty frame, as a reader begins.
    private const string Ready = "printf '\\0\\0\\0\\0'";

    // It waits for its first order.
    private const string Asked = "head -c 1 > /dev/null";

    private int Starts => File.ReadAllLines(_folder["starts"]).Length;

    private Readers Genuine(long memory = Memory) =>
        new(new Settings { Reading = { MaxReaderMemory = memory } }, _log, _time, () => ReaderProgram.Describe(memory));

    private Readers Made(string script) => new(new Settings(), _log, _time, () => Script(script));

    private ProcessStartInfo Script(string script) =>
        new("/bin/sh", ["-c", $"echo start >> '{_folder["starts"]}'; {script}"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    private static async Task<ReadResult> ReadAsync(Readers readers, FileToRead file) =>
        await await readers.BeginAsync(file, Never);

    private static string Text(ReadResult result) => Assert.IsType<ReadResult.Read>(result).Article.Text;

    private static RejectionReason Reason(ReadResult result) =>
        Assert.IsType<ReadResult.Rejected>(result).Rejection.Reason;
}
