using Microsoft.ML.OnnxRuntime;

namespace FactCheck.Extraction.Quotes.Model;

/// <summary>The weights in memory: a body that reads each window once, and a head that reads it again for each cue.
/// </summary>
internal sealed class AttributionWeights : IDisposable
{
    // The head's memory is cues times words: many are read in turns.
    private const int CuesAtOnce = 16;
    private readonly RunOptions _run = new();
    private readonly InferenceSession _body;
    private readonly InferenceSession _parts;
    private readonly WordPieces _pieces;

    /// <param name="path">The file that the training's <c>export.py</c> writes.</param>
    public AttributionWeights(string path)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _body = new(path, options);
        var about = _body.ModelMetadata.CustomMetadataMap;
        _parts = new(Convert.FromBase64String(about["parts"]), options);
        (Version, _pieces) = (about["version"], new(about["vocabulary"], about["letters"]));
    }

    public string Version { get; }

    public void Dispose()
    {
        _body.Dispose();
        _parts.Dispose();
        _run.Dispose();
    }

    public IReadOnlyList<ModelAttribution> Find(string text, IReadOnlySet<int> cues)
    {
        var words = _pieces.Read(text);
        var found = new List<ModelAttribution>();
        foreach (var (first, end) in ModelWindows.Of(words, text))
            Read(text, words[first..end], cues, found);
        return found;
    }

    private void Read(string text, List<ModelWord> words, IReadOnlySet<int> named, List<ModelAttribution> found)
    {
        List<long> ids = [_pieces.First];
        List<long> features = [0];
        var at = new int[words.Count];
        foreach (var (i, word) in words.Index())
        {
            at[i] = ids.Count;
            ids.AddRange(word.Pieces.Select(piece => (long)piece));
            features.AddRange(Enumerable.Repeat((long)word.Feature, word.Pieces.Length));
        }

        ids.Add(_pieces.Last);
        features.Add(0);
        using var idsValue = OrtValue.CreateTensorValueFromMemory(ids.ToArray(), [ids.Count]);
        using var featuresValue = OrtValue.CreateTensorValueFromMemory(features.ToArray(), [ids.Count]);
        using var read = _body.Run(_run, ["ids", "features"], [idsValue, featuresValue], ["x", "tags"]);
        var heads = new AttributionHeads(text, words, at, read[1].GetTensorDataAsSpan<float>());
        var x = OfWords(
            read[0].GetTensorDataAsSpan<float>(),
            at,
            read[0].GetTensorDataAsSpan<float>().Length / ids.Count
        );
        foreach (var cues in heads.Cues(named).Chunk(CuesAtOnce))
            found.AddRange(heads.Read(cues, PartsOf(x, words.Count, cues)));
    }

    private float[] PartsOf(float[] x, int words, int[] cues)
    {
        var distance = new long[cues.Length * words];
        for (var i = 0; i < distance.Length; i++)
            distance[i] = AttributionHeads.DistanceOf(cues[i / words], i % words);
        using var xValue = OrtValue.CreateTensorValueFromMemory(x, [words, x.Length / words]);
        using var distanceValue = OrtValue.CreateTensorValueFromMemory(distance, [cues.Length, words]);
        using var read = _parts.Run(_run, ["x", "distance"], [xValue, distanceValue], ["parts"]);
        return read[0].GetTensorDataAsSpan<float>().ToArray();
    }

    // The first piece of a word stands for it.
    private static float[] OfWords(ReadOnlySpan<float> pieces, int[] at, int width)
    {
        var words = new float[at.Length * width];
        for (var i = 0; i < at.Length; i++)
            pieces.Slice(at[i] * width, width).CopyTo(words.AsSpan(i * width));
        return words;
    }
}
