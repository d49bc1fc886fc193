using CsCheck;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;

namespace FactCheck.Tests.Extraction.Documents;

/// <summary>Files with bytes changed at random: each is read or refused, and what is read keeps the limits.</summary>
public class HostileDocumentTests
{
    private static readonly ReadLimits Small = new(MaxCharacters: 2_000, Time: TimeSpan.FromSeconds(20))
    {
        MaxPages = 3,
        MaxUnpackedBytes = 1 << 20,
        MaxParts = 30,
    };

    private static readonly (string Name, byte[] Content)[] Whole =
    [
        (
            "a.docx",
            Handmade.Docx(
                Handmade.P("Council approves budget", "Title") + Handmade.P("It was approved on Tuesday."),
                "<dc:title>Budget</dc:title>"
            )
        ),
        (
            "a.pdf",
            Handmade.Pdf(
                [Handmade.Lines(72, 700, 11, "It was approved on Tuesday.", "Nobody was against it.")],
                "/Title (Budget) /CreationDate (D:20260901120000Z)"
            )
        ),
        (
            "b.pdf",
            Handmade.PdfOfStreams([
                ("/Filter /FlateDecode", Handmade.Deflated(Handmade.Bytes(Handmade.At(72, 700, 12, "It rained.")))),
            ])
        ),
        (
            "a.vtt",
            Handmade.Bytes(
                "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ana>The mayor said\n\n00:03.000 --> 00:05.000\n- that nobody\n"
            )
        ),
        (
            "a.srt",
            Handmade.Bytes(
                "1\n00:00:01,000 --> 00:00:02,000\nMAYOR REED: Is that true?\n\n2\n00:00:02,100 --> "
                    + "00:00:04,000\n<i>No.</i>\n"
            )
        ),
    ];

    private static readonly Gen<(string Name, byte[] Content)> Mutated = Gen.Select(
        Gen.Int[0, Whole.Length - 1],
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Int[0, 3]).Array[1, 12],
        (which, changes) => (Whole[which].Name, Change(Whole[which].Content, changes))
    );

    [Fact]
    public void A_changed_document_is_read_or_refused() =>
        Mutated.Sample(file => AssertBounded(file.Name, file.Content), iter: 2_000);

    [Theory]
    [InlineData("%PDF-1.4\n")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("WEBVTT\n\n")]
    [InlineData("1\n00:00:01,000 --> 00:00:02,000\n")]
    public void Any_bytes_behind_a_familiar_beginning_are_read_or_refused(string beginning) =>
        Gen.Byte.Array[0, 300].Sample(bytes => AssertBounded("a", [.. Handmade.Bytes(beginning), .. bytes]), iter: 300);

    private static void AssertBounded(string name, byte[] content)
    {
        if (ArticleReader.Read(content, name, new(), Small) is not ReadResult.Read(var article))
            return;
        Assert.InRange(article.Text.Length, 1, Small.MaxCharacters);
        Assert.Equal(article.Text.Trim(), article.Text);
        if (article.Times is not { } times)
            return;
        Assert.All(times, t => Assert.InRange(t.Start, 0, article.Text.Length - 1));
        Assert.Equal(times.Select(t => t.Start).Order(), times.Select(t => t.Start));
    }

    // Overwrites, takes out, doubles, or cuts off.
    private static byte[] Change(byte[] content, (int At, byte Value, int How)[] changes)
    {
        var bytes = content.ToList();
        foreach (var (at, value, how) in changes)
        {
            if (bytes.Count == 0)
                break;
            var i = at % bytes.Count;
            if (how == 0)
                bytes[i] = value;
            else if (how == 1)
                bytes.RemoveRange(i, Math.Min(value % 8, bytes.Count - i));
            else if (how == 2)
                bytes.InsertRange(i, bytes.GetRange(i, Math.Min((int)value, bytes.Count - i)));
            else if (value < 8)
                bytes.RemoveRange(i, bytes.Count - i);
            else
                bytes[i] ^= (byte)(1 << (value % 8));
        }

        return [.. bytes];
    }
}
