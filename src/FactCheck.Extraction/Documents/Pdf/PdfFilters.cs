using System.IO.Compression;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace FactCheck.Extraction.Documents.Pdf;

/// <summary>
/// The parser's filters, each behind a count of what it would make. Those of pictures are left out: no picture is
/// ever unpacked.
/// </summary>
internal sealed class PdfFilters(PdfBudget budget) : BaseFilterProvider(All(budget))
{
    public PdfBudget Budget { get; } = budget;

    private static Dictionary<string, IFilter> All(PdfBudget budget)
    {
        var filters = new Dictionary<string, IFilter>(StringComparer.Ordinal);
        Add(PdfPacking.Inflated, NameToken.FlateDecode, "Fl");
        Add(PdfPacking.Lzw, NameToken.LzwDecode, "LZW");
        Add(PdfPacking.RunLength, NameToken.RunLengthDecode, "RL");
        Add(Ascii, NameToken.Ascii85Decode, "A85");
        Add(Ascii, NameToken.AsciiHexDecode, "AHx");
        foreach (var name in (string[])["DCTDecode", "DCT", "JPXDecode", "CCITTFaxDecode", "CCF", "JBIG2Decode"])
            filters[name] = new PictureFilter();
        return filters;

        void Add(Func<ReadOnlyMemory<byte>, IEnumerable<int>> lengths, NameToken name, string abbreviation) =>
            filters[name.Data] = filters[abbreviation] = new CountedFilter(
                DefaultFilterProvider.Instance.GetNamedFilters([name])[0],
                lengths,
                budget
            );
    }

    // "z" stands for four bytes.
    private static IEnumerable<int> Ascii(ReadOnlyMemory<byte> packed) => [4 * packed.Length];

    private sealed class CountedFilter(
        IFilter filter,
        Func<ReadOnlyMemory<byte>, IEnumerable<int>> lengths,
        PdfBudget budget
    ) : IFilter
    {
        // A row of more is no text, and the predictor makes room for one before it looks at the data.
        private const int LongestRow = 1 << 16;

        // ISO 32000, 7.4.4.4.
        private const int DeepestComponent = 16;

        // Packed objects stay in memory once parsed, at many times their length.
        private const int WeightOfObjects = 8;

        public bool IsSupported => true;

        public Memory<byte> Decode(
            Memory<byte> input,
            DictionaryToken streamDictionary,
            IFilterProvider filterProvider,
            int filterIndex
        )
        {
            long weight =
                streamDictionary.TryGet(NameToken.Type, out NameToken type) && type.Data is "ObjStm"
                    ? WeightOfObjects
                    : 1;
            foreach (var length in lengths(input))
                budget.Unpack(weight * length);
            if (HasLongRows(streamDictionary))
                throw new InvalidDataException("A predictor's row is too long.");
            return filter.Decode(input, streamDictionary, filterProvider, filterIndex);
        }

        private static bool HasLongRows(IToken token) =>
            token switch
            {
                DictionaryToken dictionary => dictionary.Data.Any(d =>
                    d.Key switch
                    {
                        "DecodeParms" or "DP" => HasLongRows(d.Value),
                        "Columns" or "Colors" => d.Value is NumericToken { Double: > LongestRow },
                        "BitsPerComponent" => d.Value is NumericToken { Double: > DeepestComponent },
                        _ => false,
                    }
                ),
                ArrayToken array => array.Data.Any(HasLongRows),
                _ => false,
            };
    }

    private sealed class PictureFilter : IFilter
    {
        public bool IsSupported => false;

        public Memory<byte> Decode(
            Memory<byte> input,
            DictionaryToken streamDictionary,
            IFilterProvider filterProvider,
            int filterIndex
        ) => throw new NotSupportedException("Pictures are not read.");
    }
}

/// <summary>How many bytes packed data makes, piece by piece, without keeping them.</summary>
internal static class PdfPacking
{
    private const int ZlibHeader = 2;

    internal static IEnumerable<int> Inflated(ReadOnlyMemory<byte> packed)
    {
        if (packed.Length <= ZlibHeader)
            yield break;
        using var inflate = new DeflateStream(
            new MemoryStream(packed[ZlibHeader..].ToArray(), writable: false),
            CompressionMode.Decompress
        );
        var buffer = new byte[64 * 1024];
        while (Read() is > 0 and var read)
            yield return read;

        // Damaged data ends where it is damaged, here as in the filter itself.
        int Read()
        {
            try
            {
                return inflate.Read(buffer);
            }
            catch (InvalidDataException)
            {
                return 0;
            }
        }
    }

    /// <summary>
    /// A length byte below 128 copies that many bytes and one, above it repeats the next one (ISO 32000, 7.4.5).
    /// </summary>
    internal static IEnumerable<int> RunLength(ReadOnlyMemory<byte> packed)
    {
        for (var at = 0; at < packed.Length && packed.Span[at] != 128; )
        {
            var length = packed.Span[at];
            yield return length < 128 ? length + 1 : 257 - length;
            at += length < 128 ? length + 2 : 2;
        }
    }

    /// <summary>Codes of 9 to 12 bits; 256 clears the table, 257 ends (ISO 32000, 7.4.4).</summary>
    internal static IEnumerable<int> Lzw(ReadOnlyMemory<byte> packed)
    {
        const int Clear = 256,
            End = 257,
            First = 258;
        var lengths = new int[4097];
        Array.Fill(lengths, 1, 0, Clear);
        int next = First,
            width = 9,
            last = 0;
        long bits = 0;
        var held = 0;
        for (var at = 0; at < packed.Length; )
        {
            while (held < width && at < packed.Length)
            {
                bits = ((bits << 8) | packed.Span[at++]) & 0xFFFFFF;
                held += 8;
            }

            if (held < width)
                yield break;
            var code = (int)(bits >> (held - width)) & ((1 << width) - 1);
            held -= width;
            if (code == End)
                yield break;
            if (code == Clear)
            {
                (next, width, last) = (First, 9, 0);
                continue;
            }

            var made = code < next ? lengths[code] : last + 1;
            if (last > 0 && next <= 4095)
                lengths[next++] = last + 1;
            last = made;
            width = WidthOf(next);
            yield return made;
        }
    }

    private static int WidthOf(int next) =>
        next switch
        {
            >= 2047 => 12,
            >= 1023 => 11,
            >= 511 => 10,
            _ => 9,
        };
}
