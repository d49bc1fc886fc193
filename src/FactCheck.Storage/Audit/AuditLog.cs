using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FactCheck.Storage.Audit;

/// <summary>The log outside the database: after each commit how far the article's chain goes, sealed. Lines are written
/// in batches, soon after the commit and in nobody's time; a start finds what a crash kept from it.</summary>
/// <param name="pause">How long lines gather before they are written.</param>
public sealed class AuditLog(
    IAuditFiles files,
    AuditKey key,
    TimeProvider time,
    TimeSpan pause,
    ILogger<AuditLog>? log = null
) : IAsyncDisposable
{
    /// <summary>A file is followed by a new one before it is longer. An append blob takes 50,000 blocks: even if each
    /// line were one, that many are longer than this.</summary>
    internal const int MaxFileBytes = 8 * 1024 * 1024;

    private const int LinesABatch = 2_000;
    private const int LinesASummary = 5_000;
    private const int MostProblems = 20;
    private const int MostTries = 5;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private readonly AuditState _state = new();
    private readonly Dictionary<string, AuditPosition> _read = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private IReadOnlyList<string> _gone = [];
    private readonly Lock _start = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _due = new(0);
    private readonly CancellationTokenSource _stop = new();
    private Task? _writing;
    private string? _current;
    private bool _isLoaded;
    private int _sinceSummary;
    private bool _hasWritten;
    private List<(string File, AuditPosition After)> _follows = [];

    /// <summary>The place, for people.</summary>
    public string Place => files.Place;

    /// <summary>When its first line was written; null while it is empty.</summary>
    public DateTimeOffset? Begun => _state.Begun;

    /// <summary>True when whatever former releases left has been taken: then every head has a seal.</summary>
    public bool IsReady => _state.IsReady;

    /// <summary>Why lines wait to be written; null while none does.</summary>
    public string? WhyItStands { get; private set; }

    /// <summary>What is wrong with the log itself, in sentences.</summary>
    public IReadOnlyList<string> Problems => [.. _problems, .. _gone];

    /// <summary>Where its newest file ends, with the seal of the last line; null while it is empty.</summary>
    public async Task<AuditPosition?> EndAsync(CancellationToken cancellation = default)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return _read.Values.MaxBy(position => position.File, StringComparer.Ordinal);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The newest that is known of an article; null for nothing.</summary>
    public AuditLine? Newest(string article) => _state.Newest(article);

    /// <summary>Every article that the log knows.</summary>
    public IReadOnlyList<AuditLine> Known() => _state.All();

    /// <summary>Reads it, if that has not been done.</summary>
    public Task LoadOnceAsync(CancellationToken cancellation = default) =>
        _isLoaded ? Task.CompletedTask : LoadAsync(cancellation: cancellation);

    /// <summary>Reads what was written since the last time, by others too.</summary>
    /// <param name="whole">True reads every line of it again, in place of the summary.</param>
    public async Task LoadAsync(bool whole = false, CancellationToken cancellation = default)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await ReadAsync(whole, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes the first line, unless there is one. Before anything is sealed: what is older than the log is
    /// known by that.</summary>
    public Task BeginAsync(CancellationToken cancellation = default) =>
        _state.Begun is not null
            ? Task.CompletedTask
            : WriteAsync([AuditLine.OfDesk(time.GetUtcNow(), AuditLineKind.Begun)], cancellation);

    /// <summary>Now, or right after the newest that is known of an article: with a clock that ran ahead, what is said
    /// later still holds against what was said before.</summary>
    public DateTimeOffset TimeFor(string article)
    {
        var now = time.GetUtcNow();
        return Newest(article) is { } known && known.At >= now ? known.At.AddTicks(1) : now;
    }

    /// <summary>Logs a commit, soon.</summary>
    public void Note(CaseHead head)
    {
        _state.Wait(new(TimeFor(head.Key), head.Key, head.AuditSeq, head.AuditHash));
        lock (_start)
            _writing ??= Task.Run(WriteOnAsync);
        if (_due.CurrentCount == 0)
            _due.Release();
    }

    /// <summary>Writes lines now.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    public async Task WriteAsync(IReadOnlyList<AuditLine> lines, CancellationToken cancellation = default)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (!_isLoaded)
                await ReadAsync(whole: false, cancellation);
            foreach (var batch in lines.Chunk(LinesABatch))
                await AppendAsync(batch, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes what waits, and nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        if (_writing is { } writing)
            await writing;
        await WroteWhatWaitsAsync();
        // Who stops cleanly leaves how far every file goes: what is cut off later is told by it.
        if (_hasWritten)
            await SummarizeAsync(CancellationToken.None);
    }

    private async Task WriteOnAsync()
    {
        var wait = pause;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _due.WaitAsync(_stop.Token);
                await Task.Delay(wait, TimeProvider.System, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return; // whoever stops it writes what waits
            }

            wait = await WroteWhatWaitsAsync() ? pause : Longer(wait);
        }
    }

    private static TimeSpan Longer(TimeSpan wait)
    {
        var twice = TimeSpan.FromMilliseconds(Math.Max(250, 2 * wait.TotalMilliseconds));
        return twice < LongestWait ? twice : LongestWait;
    }

    private async Task<bool> WroteWhatWaitsAsync()
    {
        var lines = _state.TakeWaiting();
        if (lines.Count == 0)
            return true;
        try
        {
            await WriteAsync(lines);
            if (WhyItStands is not null)
                log?.LogInformation("The audit log at {Place} can be written again", Place);
            WhyItStands = null;
            return true;
        }
        // Whatever it is, it is tried again: the commits stand, and a start would find them.
        catch (Exception error)
        {
            if (WhyItStands is null)
                log?.LogWarning("The audit log at {Place} can't be written, lines wait: {Why}", Place, error.Message);
            WhyItStands = error.Message;
            _state.PutBack(lines);
            if (_due.CurrentCount == 0)
                _due.Release();
            return false;
        }
    }

    private async Task AppendAsync(IReadOnlyList<AuditLine> lines, CancellationToken cancellation)
    {
        bool isNew;
        for (var tries = 1; ; tries++)
        {
            var at = FileFor(lines.Count);
            var (text, seal) = (new StringBuilder(), at.Seal);
            foreach (var line in at.Length > 0 ? lines : [lines[0] with { After = Newest() }, .. lines.Skip(1)])
            {
                (var one, seal) = line.Sealed(key, seal);
                text.Append(one).Append('\n');
            }

            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            if (await files.AppendAsync(at.File, at.Length, bytes, cancellation))
            {
                _read[at.File] = new(at.File, at.Length + bytes.Length, seal);
                isNew = at.Length == 0;
                break;
            }

            // Somebody else writes there, or a write broke off: from now on into another.
            _current = null;
            if (tries == MostTries)
                throw new IOException($"The audit log at {Place} is being written by too many at once.");
            await ReadAsync(whole: false, cancellation);
            _current = NewName();
        }

        foreach (var line in lines)
            Take(line);
        _hasWritten = true;
        if ((_sinceSummary += lines.Count) >= LinesASummary || isNew)
            await SummarizeAsync(cancellation);
    }

    private AuditPosition? Newest() => _read.Values.Where(p => p.Length > 0).MaxBy(p => p.File, StringComparer.Ordinal);

    // The newest file of this month while it has room, else a new one.
    private AuditPosition FileFor(int lines)
    {
        var newest = _current is { } own
            ? _read.GetValueOrDefault(own, Start(own))
            : _read.Values.MaxBy(p => p.File, StringComparer.Ordinal);
        const int LongestLine = 2_000;
        var fits =
            newest is not null
            && newest.File.StartsWith(Month(), StringComparison.Ordinal)
            && newest.Length + ((long)lines * LongestLine) <= MaxFileBytes;
        if (!fits)
            newest = Start(NewName());
        _current = newest!.File;
        return newest;
    }

    private string Month() => time.GetUtcNow().UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture);

    private string NewName() =>
        time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmssfff", CultureInfo.InvariantCulture)
        + $"-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.jsonl";

    private static AuditPosition Start(string name) => new(name, 0, name);

    private async Task ReadAsync(bool whole, CancellationToken cancellation)
    {
        var summary = _isLoaded && !whole ? null : await SummaryAsync(cancellation);
        if (whole)
            _read.Clear();
        else if (summary is not null)
            TakeSummary(summary);
        var there = await files.ListAsync(cancellation);
        // Each time anew: a disk that was away comes back.
        _gone = [];
        foreach (var file in there)
            await ReadAsync(file, summary?.Read.FirstOrDefault(p => p.File == file.Name), cancellation);
        foreach (var known in summary?.Read ?? [.. _read.Values])
            if (!there.Any(file => file.Name == known.File))
                Gone(known.File);
        await HoldFollowersAsync(there, cancellation);
        _isLoaded = true;
        if (!whole && _sinceSummary >= LinesASummary)
            await SummarizeAsync(cancellation);
    }

    private async Task ReadAsync(AuditFile file, AuditPosition? summed, CancellationToken cancellation)
    {
        var at = _read.GetValueOrDefault(file.Name, Start(file.Name));
        if (file.Length < Math.Max(at.Length, summed?.Length ?? 0))
        {
            Problem($"Its file {file.Name} is shorter than it was.");
            return;
        }

        if (file.Length == at.Length)
            return;
        var bytes = await files.ReadAsync(file.Name, at.Length, cancellation);
        var (from, seal) = (0, at.Seal);
        // What has no end yet is being written, or a crash broke it off.
        for (int end; (end = Array.IndexOf(bytes, (byte)'\n', from)) >= 0; from = end + 1)
        {
            var (line, next, problem) = AuditLine.Read(Encoding.UTF8.GetString(bytes.AsSpan(from..end)), key, seal);
            if (problem is AuditLine.OfAnotherKey)
                Problem($"Its file {file.Name} is sealed with another key than the desk's audit key ({key.Id}).");
            else if (problem is not null)
                Problem($"In its file {file.Name} the line at byte {at.Length + from} {problem}.");
            if (line?.After is { } after)
                _follows.Add((file.Name, after));
            if (line is not null)
                Take(line);
            seal = next;
            _sinceSummary++;
            if (at.Length + end + 1 == summed?.Length && seal != summed.Seal)
                Problem($"Its file {file.Name} is another than it was.");
        }

        _read[file.Name] = new(file.Name, at.Length + from, seal);
        // A writer that continued after half a line would spoil its own first one.
        if (from < bytes.Length && _current == file.Name)
            _current = null;
    }

    // A file's first line says how far another one went: that one must be there, as long, and the same up to there.
    private async Task HoldFollowersAsync(IReadOnlyList<AuditFile> there, CancellationToken cancellation)
    {
        const int Ending = 76; // the seal of a line, and what closes it
        var follows = _follows;
        _follows = [];
        foreach (var (file, after) in follows)
        {
            if (!there.Any(f => f.Name == after.File))
            {
                Gone(after.File);
                _follows.Add((file, after));
            }
            else if (!_read.TryGetValue(after.File, out var read) || read.Length < after.Length)
                Problem($"Its file {after.File} is shorter than it was: {file} goes on from its byte {after.Length}.");
            else if (read.Length == after.Length ? read.Seal != after.Seal : await SealAtAsync() != after.Seal)
                Problem($"Its file {after.File} is another than it was: {file} goes on from another one.");

            async Task<string> SealAtAsync()
            {
                var bytes = await files.ReadAsync(after.File, Math.Max(0, after.Length - Ending), cancellation);
                var end = Encoding.UTF8.GetString(bytes.AsSpan(..Math.Min(Ending, bytes.Length)));
                return end.EndsWith("\"}\n", StringComparison.Ordinal) ? end[..^3] : end;
            }
        }
    }

    private void Take(AuditLine line)
    {
        if (_state.Take(line) is { } problem)
            Problem(problem);
    }

    private void Gone(string file)
    {
        var sentence = $"Its file {file} is gone.";
        if (_gone.Count < MostProblems && !_gone.Contains(sentence, StringComparer.Ordinal))
            _gone = [.. _gone, sentence];
    }

    private void Problem(string sentence)
    {
        if (_problems.Count < MostProblems && !_problems.Contains(sentence, StringComparer.Ordinal))
            _problems.Add(sentence);
    }

    private void TakeSummary(AuditSummary summary)
    {
        foreach (var position in summary.Read)
            _read[position.File] = position;
        _state.Take(summary);
    }

    private async Task<AuditSummary?> SummaryAsync(CancellationToken cancellation)
    {
        if (await files.ReadSummaryAsync(cancellation) is not { } bytes)
            return null;
        var text = Encoding.UTF8.GetString(bytes);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || !key.Fits(text[(end + 1)..].Trim(), "summary", text[..end]))
        {
            Problem("Its summary was changed, or is sealed with another key.");
            return null;
        }

        return JsonSerializer.Deserialize(text[..end], AuditLogJson.Default.AuditSummary);
    }

    private async Task SummarizeAsync(CancellationToken cancellation)
    {
        // A log that is in doubt is read as a whole each time, until somebody has looked at it.
        if (_problems.Count + _gone.Count > 0)
            return;
        _sinceSummary = 0;
        var json = JsonSerializer.Serialize(
            _state.Summary([.. _read.Values.OrderBy(p => p.File, StringComparer.Ordinal)]),
            AuditLogJson.Default.AuditSummary
        );
        try
        {
            await files.WriteSummaryAsync(
                Encoding.UTF8.GetBytes($"{json}\n{key.Seal("summary", json)}\n"),
                cancellation
            );
        }
        // It only spares reading. The lines that it sums up stand: whoever took this for theirs would write them twice.
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log?.LogWarning("The summary of the audit log at {Place} can't be written: {Why}", Place, error.Message);
        }
    }
}
