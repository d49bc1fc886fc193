using FactCheck.Extraction.Documents;
using FactCheck.Functions.Cases;
using FactCheck.Functions.Configuration;
using FactCheck.Functions.Reading;
using FactCheck.Tests.Extraction.Documents;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Tests.Functions.Cases;

public sealed class FileReaderTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task No_more_costly_files_are_read_at_once_than_may_be_and_ordinary_ones_do_not_wait()
    {
        using var reader = new FileReader(
            new Settings { Reading = { MaxCostlyAtOnce = 1, Timeout = TimeSpan.FromSeconds(5) } },
            SharedReaders.All
        );
        // the first takes longest
        await reader.ReadAsync(Handmade.Pdf(Handmade.At(72, 700, 12, "It rained.")), "first.pdf", new(), null, Never);
        // A drawing that is run through again and again keeps the only place until its time is up.
        var endless = Task.Run(() => reader.ReadAsync(Endless(), "endless.pdf", new(), null, Never), Never);
        while (
            await reader.ReadAsync(
                Handmade.Pdf(Handmade.At(72, 700, 12, "It rained.")),
                "waits.pdf",
                new(),
                null,
                Never
            )
                is not null
        )
            Assert.False(endless.IsCompleted, "nothing ever took the place");

        // Readers of PDF take a header behind other bytes, and so does ours: that makes it no ordinary file.
        Assert.Null(
            await reader.ReadAsync(
                [.. "\n\n"u8, .. Handmade.Pdf(Handmade.At(72, 700, 12, "It rained."))],
                "waits.pdf",
                new(),
                null,
                Never
            )
        );
        var inTurn = reader.ReadInTurnAsync(
            Handmade.Pdf(Handmade.At(72, 700, 12, "It rained.")),
            "page.html",
            ReadLimits.Default,
            Never
        );
        Assert.False(inTurn.IsCompleted);
        Assert.IsType<ReadResult.Read>(
            await reader.ReadAsync("It rained."u8.ToArray(), "ordinary.txt", new(), null, Never)
        );
        Assert.Equal(RejectionReason.TooSlow, Assert.IsType<ReadResult.Rejected>(await endless).Rejection.Reason);
        Assert.IsType<ReadResult.Read>(await inTurn);
        Assert.IsType<ReadResult.Read>(
            await reader.ReadAsync(
                Handmade.Pdf(Handmade.At(72, 700, 12, "It rained.")),
                "waits.pdf",
                new(),
                null,
                Never
            )
        );
    }

    [Fact]
    public async Task Small_files_that_take_long_do_not_hold_up_ordinary_ones()
    {
        using var stop = new CancellationTokenSource();
        using var readers = new Readers(new Settings(), NullLogger<Readers>.Instance);
        using var reader = new FileReader(new Settings { Reading = { Timeout = TimeSpan.FromHours(1) } }, readers);
        var spinning = Enumerable
            .Range(0, 8)
            .Select(i => reader.ReadAsync(Handmade.Spinning, $"{i}.md", new(), null, stop.Token))
            .ToList();

        Assert.IsType<ReadResult.Read>(
            await reader.ReadAsync("It rained."u8.ToArray(), "ordinary.txt", new(), null, Never)
        );

        // Two keep the places of the costly. The others wait for theirs, and are not found out again.
        Assert.Null(await spinning[^1]);
        var processes = readers.Processes;
        Assert.Null(await reader.ReadAsync(Handmade.Spinning, "again.md", new(), null, Never));
        Assert.Equal(processes, readers.Processes);
        Assert.Equal(2, spinning.Count(one => !one.IsCompleted));

        await stop.CancelAsync();
        await Task.WhenAll(spinning.Select(async one => await Record.ExceptionAsync(() => one)));
        Assert.All(await Task.WhenAll(spinning.Where(one => one.IsCompletedSuccessfully)), Assert.Null);
    }

    [Theory]
    [InlineData("PK", 0, true)]
    [InlineData("PK", 1, false)]
    [InlineData("%PDF", 0, true)]
    [InlineData("%PDF", 1_020, true)] // readers look for it in the first 1,024 bytes
    [InlineData("%PDF", 1_021, false)]
    [InlineData("<html", 0, false)]
    public void A_packed_document_is_known_by_its_mark(string mark, int at, bool isDocument) =>
        Assert.Equal(isDocument, FileReader.IsDocument([.. new byte[at], .. Handmade.Bytes(mark), 0]));

    // Each form draws the next one ten times.
    private static byte[] Endless() =>
        Handmade.PdfOfStreams(
            [
                ("", Handmade.Bytes("/X6 Do")),
                .. Enumerable
                    .Range(0, 9)
                    .Select(i =>
                        (
                            $"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X6 {10 + (2 * i)} 0 R >> >>",
                            Handmade.Bytes(string.Concat(Enumerable.Repeat("/X6 Do ", 10)))
                        )
                    ),
                ("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", Handmade.Bytes("0 g")),
            ],
            resources: "/XObject << /X6 8 0 R >>"
        );
}
