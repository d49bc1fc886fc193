using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using FactCheck.Extraction.Documents;

namespace FactCheck.Functions.Reading;

/// <summary>A file that is to be read.</summary>
/// <param name="Known">What is known of the article; wins over what the file says.</param>
/// <param name="Limits">How much of it may be read.</param>
/// <param name="Asked">How a person wants it read; null as usual.</param>
public sealed record FileToRead(
    byte[] Content,
    string Name,
    ArticleMeta Known,
    ReadLimits Limits,
    ReadingOptions? Asked = null
);

/// <summary>What a reader is told before the content of a file.</summary>
internal sealed record Order(string Name, ArticleMeta Known, ReadLimits Limits, ReadingOptions? Asked);

/// <summary>What came of it: one of the two.</summary>
internal sealed record Answer(ArticleText? Article, Rejection? Rejection)
{
    public static Answer Of(ReadResult result) =>
        result switch
        {
            ReadResult.Read(var article) => new(article, null),
            ReadResult.Rejected(var rejection) => new(null, rejection),
            var other => throw new InvalidOperationException($"Nothing is known to say of {other}."),
        };

    /// <summary>Null for an answer that no reader gives.</summary>
    public ReadResult? Within(ReadLimits limits) =>
        this switch
        {
            { Article: { Text: { } text, Meta: not null } article } when text.Length <= limits.MaxCharacters =>
                new ReadResult.Read(article),
            { Rejection: { Message: not null } rejection } => new ReadResult.Rejected(rejection),
            _ => null,
        };
}

[JsonSourceGenerationOptions(
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Answer))]
internal sealed partial class WireJson : JsonSerializerContext;

/// <summary>What the app and a reader send each other, over the reader's standard input and output: frames, each a
/// length of four bytes, the lowest first, and as many bytes. A reader begins with an empty one when it is ready. Then
/// an <see cref="Order"/> and the file's content are answered by an <see cref="Answer"/>.</summary>
internal static class Wire
{
    // Names of files, and what is said beside them, have limits of their own far below it.
    private const int LongestOrder = 4 * 1024 * 1024;

    // A character takes six bytes at most; a transcript says of each stretch, two characters or more, when it was said.
    private const long BytesOfCharacter = 32;
    private const long LongestMeta = 1024 * 1024;

    public static Task SayReadyAsync(Stream output) => WriteFrameAsync(output, default, CancellationToken.None);

    /// <returns>False when the reader ended before.</returns>
    /// <exception cref="InvalidDataException">It said something else.</exception>
    public static async Task<bool> IsReadyAsync(Stream output, CancellationToken cancellation) =>
        await ReadFrameAsync(output, 0, cancellation) is not null;

    public static async Task WriteAsync(Stream input, FileToRead file, CancellationToken cancellation)
    {
        var order = new Order(file.Name, file.Known, file.Limits, file.Asked);
        await WriteFrameAsync(input, JsonSerializer.SerializeToUtf8Bytes(order, WireJson.Default.Order), cancellation);
        await WriteFrameAsync(input, file.Content, cancellation);
    }

    /// <returns>Null when nobody asks any more.</returns>
    public static async Task<FileToRead?> ReadFileAsync(Stream input, CancellationToken cancellation)
    {
        if (await ReadFrameAsync(input, LongestOrder, cancellation) is not { } order)
            return null;
        if (await ReadFrameAsync(input, Array.MaxLength, cancellation) is not { } content)
            return null;
        var (name, known, limits, asked) =
            JsonSerializer.Deserialize(order, WireJson.Default.Order) ?? throw new InvalidDataException("No order.");
        return new(content, name, known, limits, asked);
    }

    public static Task WriteAsync(Stream output, ReadResult result, CancellationToken cancellation) =>
        WriteFrameAsync(
            output,
            JsonSerializer.SerializeToUtf8Bytes(Answer.Of(result), WireJson.Default.Answer),
            cancellation
        );

    /// <returns>Null when the reader ended before it answered.</returns>
    /// <exception cref="InvalidDataException">It answered what no reader answers.</exception>
    /// <exception cref="JsonException">It answered what no reader answers.</exception>
    public static async Task<ReadResult?> ReadResultAsync(
        Stream output,
        ReadLimits limits,
        CancellationToken cancellation
    )
    {
        var most = (int)Math.Min(Array.MaxLength, LongestMeta + (BytesOfCharacter * limits.MaxCharacters));
        return await ReadFrameAsync(output, most, cancellation) is not { } answer
            ? null
            : JsonSerializer.Deserialize(answer, WireJson.Default.Answer)?.Within(limits)
                ?? throw new InvalidDataException("It answered neither with a text nor with a reason.");
    }

    private static async Task WriteFrameAsync(
        Stream stream,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellation
    )
    {
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        await stream.WriteAsync(length, cancellation);
        await stream.WriteAsync(content, cancellation);
        await stream.FlushAsync(cancellation);
    }

    // Null at the end of the stream, also in the middle of a frame: whoever wrote it is gone.
    private static async Task<byte[]?> ReadFrameAsync(Stream stream, int most, CancellationToken cancellation)
    {
        var head = new byte[sizeof(int)];
        if (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation) < head.Length)
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length < 0 || length > most)
            throw new InvalidDataException($"A frame of {length:N0} bytes, where there are {most:N0} at most.");
        var content = new byte[length];
        return await stream.ReadAtLeastAsync(content, length, throwOnEndOfStream: false, cancellation) < length
            ? null
            : content;
    }
}
