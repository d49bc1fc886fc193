using System.Buffers.Binary;
using System.Text.Json;
using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Text;
using FactCheck.Functions.Reading;
using FactCheck.Tests.Extraction.Documents;

namespace FactCheck.Tests.Functions.Reading;

public sealed class WireTests
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly ReadLimits Limits = new(MaxCharacters: 40, Time: TimeSpan.FromSeconds(7))
    {
        MaxPages = 3,
        MaxParts = 4,
        MaxUnpackedBytes = 5,
        DateOrder = DateOrder.DayMonth,
    };

    [Fact]
    public async Task A_file_arrives_as_it_was_sent()
    {
        var known = new ArticleMeta("Tïtle", Published: new(2026, 3, 2), SourceUrl: new("https://a.example/b"));
        var file = new FileToRead([0, 1, 255], "ü.pdf", known, Limits);
        using var pipe = new MemoryStream();
        await Wire.WriteAsync(pipe, file, Never);
        pipe.Position = 0;

        var arrived = await Wire.ReadFileAsync(pipe, Never);

        Assert.Equal(file.Content, arrived!.Content);
        Assert.Equal(file, arrived with { Content = file.Content });
        Assert.Null(await Wire.ReadFileAsync(pipe, Never));
    }

    public static TheoryData<ReadResult> Results =>
        [
            new ReadResult.Read(
                new("Regen \ud83c\udf27 \"fiel\".\n\nĆao.", new(Purpose: Purpose.OwnCopy, Language: "de"))
            ),
            new ReadResult.Read(new("It rained.", new(), [new(0, TimeSpan.FromSeconds(1.5)), new(3, TimeSpan.Zero)])),
            new ReadResult.Rejected(new(RejectionReason.TooSlow, "It took too long.")),
        ];

    [Theory, MemberData(nameof(Results), DisableDiscoveryEnumeration = true)]
    public async Task An_answer_arrives_as_it_was_given(ReadResult result)
    {
        using var pipe = new MemoryStream();
        await Wire.WriteAsync(pipe, result, Never);
        pipe.Position = 0;

        Assert.Equivalent(result, await Wire.ReadResultAsync(pipe, Limits, Never), strict: true);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(2_000_000)]
    public async Task A_frame_of_a_size_that_no_answer_has_is_refused_before_it_is_read(int length)
    {
        var frame = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(frame, length);
        using var pipe = new MemoryStream(frame);
        await Assert.ThrowsAsync<InvalidDataException>(() => Wire.ReadResultAsync(pipe, Limits, Never));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[1]")]
    public Task What_is_no_answer_is_refused(string json) =>
        Assert.ThrowsAsync<JsonException>(() => Wire.ReadResultAsync(Frame(json), Limits, Never));

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"Article":{"Text":"It rained."}}""")]
    [InlineData("""{"Rejection":{"Reason":1}}""")]
    [InlineData("""{"Article":{"Meta":{},"Text":"It has more characters than were to be read of it."}}""")]
    public Task An_answer_that_no_reader_gives_is_refused(string json) =>
        Assert.ThrowsAsync<InvalidDataException>(() => Wire.ReadResultAsync(Frame(json), Limits, Never));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(20)]
    public async Task A_reader_that_ends_before_its_answer_does_has_not_answered(int length)
    {
        var answer = Frame("""{"Rejection":{"Reason":1,"Message":"It is too large."}}""").ToArray();
        Assert.Null(await Wire.ReadResultAsync(new MemoryStream(answer[..length]), Limits, Never));
    }

    private static MemoryStream Frame(string json)
    {
        var content = Handmade.Bytes(json);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        return new([.. length, .. content]);
    }
}
