using System.Text;

namespace FactCheck.Extraction.Documents;

/// <summary>
/// Cues to a text that reads as prose: sentences run on over cues, a change of voice or a pause begins a paragraph,
/// and a voice that is named leads its paragraph in ("Ana Kovač: …"), which is how the quote extractor knows who
/// speaks. Each cue keeps its time.
/// </summary>
internal sealed class Transcript
{
    // A pause this long ends a thought; inside a sentence it takes a longer one.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(8);
    private const int LongestParagraph = 700;
    private const int LongestLabel = 40;

    private static readonly ReadingFinding NoPunctuation = new(
        ReadingFindingKind.NoPunctuation,
        "The captions have hardly any full stop: where a sentence ends is guessed, and so is who says it."
    );

    private readonly List<SpokenWord> _said = [];
    private readonly RolledWords _rolled = new();
    private TextSize _shownAgain;
    private TextSize _sounds;
    private string? _voice;
    private bool _namesVoices;
    private TimeSpan? _end;
    private int _paragraph;

    internal static ReadDocument Read(string content, CancellationToken cancellation)
    {
        var transcript = new Transcript();
        var cues = 0;
        foreach (var cue in SubtitleCues.Of(content))
        {
            cancellation.ThrowIfCancellationRequested();
            cues++;
            transcript.Add(cue);
        }

        if (cues == 0)
            throw new UnreadableFileException(
                RejectionReason.Unreadable,
                "No subtitle with a time was found in the file; export it again as SRT or WebVTT, or upload "
                    + "the words alone as .txt."
            );
        var (title, language) = SubtitleCues.HeadOf(content);
        var words = Utterances.In(transcript._said);
        var (text, times) = Written(words);
        return new(text, [new(FactSource.CaptionHead, new(Title: title, Language: MetaFields.Language(language)))])
        {
            Times = times,
            LeftOut =
            [
                new(LeftOutKind.ShownAgain, transcript._shownAgain),
                new(LeftOutKind.Sounds, transcript._sounds),
            ],
            Findings = ReferenceEquals(words, transcript._said) ? [] : [NoPunctuation],
        };
    }

    private static (string Text, IReadOnlyList<SpokenAt> Times) Written(IEnumerable<SpokenWord> words)
    {
        var text = new StringBuilder();
        var times = new List<SpokenAt>();
        foreach (var word in words)
        {
            if (text.Length > 0)
                text.Append(word.Begins ? "\n\n" : " ");
            if (word.Begins || times[^1].At != word.At)
                times.Add(new(text.Length, word.At));
            if (word is { Begins: true, Voice: not null })
                text.Append(word.Voice).Append(": ");
            text.Append(word.Text);
        }

        return (text.ToString(), times);
    }

    private void Add(SubtitleCue cue)
    {
        var goesOn = _end is { } end && cue.From <= end + Pause;
        var lines = _rolled.NewIn(cue.Lines, goesOn);
        _shownAgain += TextSize.Of(cue.Lines) - TextSize.Of(lines);
        _sounds += TextSize.Of(lines.Where(IsSound));
        // In a file that names its voices, a cue without one is somebody else's.
        _namesVoices |= cue.Voice is not null;
        foreach (var (voice, words) in Turns(new(cue.Voice, IsNew: _namesVoices, IsMarked: false), lines))
            Say(voice, words, cue);
        _end = cue.To;
    }

    private void Say(Voice voice, string words, SubtitleCue cue)
    {
        if (words.Length == 0)
            return;
        var changes =
            voice.IsNew
            && (
                voice.Name is null
                    ? voice.IsMarked || _voice is not null
                    : !voice.Name.Equals(_voice, StringComparison.OrdinalIgnoreCase)
            );
        var begins = _said.Count == 0 || changes || IsPause(cue);
        if (changes)
            _voice = voice.Name;
        if (begins)
            _paragraph = 0;
        _paragraph += words.Length;
        foreach (var word in words.Split(' '))
        {
            _said.Add(new(word, cue.From, _voice, begins));
            begins = false;
        }

        _end = cue.To;
    }

    private bool IsPause(SubtitleCue cue)
    {
        var pause = _end is { } end ? cue.From - end : TimeSpan.Zero;
        if (!_said[^1].EndsSentence)
            return pause >= LongPause;
        return pause >= Pause || _paragraph > LongestParagraph;
    }

    /// <summary>
    /// Who says it; whether the cue says who; and whether a mark such as a dash says that somebody else begins to
    /// speak.
    /// </summary>
    private readonly record struct Voice(string? Name, bool IsNew, bool IsMarked);

    // One cue can hold two people: a line that begins with a dash, ">>" or "NAME:" is another one's.
    private static IEnumerable<(Voice Voice, string Words)> Turns(Voice voice, IReadOnlyList<string> lines)
    {
        var tagged = voice.Name;
        var words = new StringBuilder();
        foreach (var line in lines.Where(l => !IsSound(l)))
        {
            var (begins, rest) = WithoutMark(line);
            var (name, said) = Labelled(rest);
            if (begins || name is not null)
            {
                if (words.Length > 0)
                    yield return (voice, words.ToString());
                words.Clear();
                voice = new(name ?? (begins ? tagged : null), IsNew: true, IsMarked: begins);
            }

            if (words.Length > 0 && said.Length > 0)
                words.Append(' ');
            words.Append(said);
        }

        yield return (voice, words.ToString());
    }

    private static (bool Begins, string Said) WithoutMark(string line)
    {
        if (line.StartsWith(">>", StringComparison.Ordinal))
            return (true, line.TrimStart('>', ' '));
        return line is ['-' or '–' or '—', _, ..] && !char.IsDigit(line[1])
            ? (true, line[1..].TrimStart())
            : (false, line);
    }

    // "MAYOR REED: We …" and "Ana Kovač: We …"; "The answer is this: no" has words that no name has.
    private static (string? Name, string Said) Labelled(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon is < 2 or > LongestLabel || (colon + 1 < line.Length && line[colon + 1] != ' '))
            return (null, line);
        var name = line[..colon].Trim();
        var words = name.Split(' ');
        var isName =
            words.Length <= 5
            && char.IsLetter(name[0])
            && Array.TrueForAll(
                words,
                w => char.IsUpper(w[0]) || char.IsDigit(w[0]) || w is "de" or "van" or "von" or "of" or "der"
            );
        return isName && (words.Length > 1 || name.All(c => char.IsUpper(c) || c is '.' or '-'))
            ? (name, line[(colon + 1)..].Trim())
            : (null, line);
    }

    // "[music]", "(APPLAUSE)", "♪ la la ♪": heard, not said.
    private static bool IsSound(string line) =>
        line is ['[', .., ']'] or ['♪', ..] || (line is ['(', .., ')'] && !line.Any(char.IsLower));
}
