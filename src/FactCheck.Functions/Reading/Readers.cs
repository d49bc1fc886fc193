using System.Diagnostics;
using FactCheck.Extraction.Documents;

namespace FactCheck.Functions.Reading;

/// <summary>Readers: processes in which strangers' files are read, since a parser can be stopped only with its process.
/// One is started when it is wanted, kept for the next files, and let go when none come.</summary>
public sealed class Readers : IDisposable
{
    private const int MostAttempts = 2;

    // What leaks or is kept for later has an end.
    internal const int MostFiles = 500;

    private readonly ILogger<Readers> _log;
    private readonly TimeProvider _time;
    private readonly long _memory;
    private readonly Func<ProcessStartInfo> _program;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Stack<ReaderProcess> _idle = new();
    private readonly HashSet<ReaderProcess> _all = [];
    private bool _isOver;

    public Readers(Settings settings, ILogger<Readers> log)
        : this(settings, log, TimeProvider.System, () => ReaderProgram.Describe(settings.Reading.MaxReaderMemory)) { }

    internal Readers(Settings settings, ILogger<Readers> log, TimeProvider time, Func<ProcessStartInfo> program)
    {
        (_log, _time, _program, _memory) = (log, time, program, settings.Reading.MaxReaderMemory);
        _timer = time.CreateTimer(_ => LetGoIdle(), null, IdleTime / 2, IdleTime / 2);
    }

    /// <summary>How long a reader is kept that has nothing to do.</summary>
    internal static TimeSpan IdleTime { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The processes that there are.</summary>
    public IReadOnlyList<int> Processes
    {
        get
        {
            lock (_gate)
                return [.. _all.Select(reader => reader.Id)];
        }
    }

    /// <summary>Gives a file to a reader, and returns as soon as one is at it. A file that a reader dies of is tried
    /// once more, and then refused.</summary>
    /// <exception cref="IOException">No reader can be started.</exception>
    public async Task<Task<ReadResult>> BeginAsync(FileToRead file, CancellationToken cancellation) =>
        FinishAsync(await TakeAsync(cancellation), file, cancellation);

    /// <summary>Ends all of them, also those that read.</summary>
    public void Dispose()
    {
        ReaderProcess[] all;
        lock (_gate)
        {
            _isOver = true;
            all = [.. _all];
            _all.Clear();
            _idle.Clear();
        }

        _timer.Dispose();
        foreach (var reader in all)
            reader.Dispose();
    }

    private async Task<ReadResult> FinishAsync(ReaderProcess reader, FileToRead file, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await reader.ReadAsync(file, cancellation) is { } result)
                    return result;
                if (attempt == 1)
                    _log.LogWarning(
                        "What read {Name} ended ({How}); the file is tried once more.",
                        file.Name,
                        await reader.HowItEndedAsync()
                    );
            }
            finally
            {
                GiveBack(reader);
            }

            if (attempt == MostAttempts)
                return new ReadResult.Rejected(
                    new(
                        RejectionReason.Unreadable,
                        "The program that reads files breaks off at this one; save the article's text alone as .txt or "
                            + ".md and upload that."
                    )
                );
            reader = await TakeAsync(cancellation);
        }
    }

    private async Task<ReaderProcess> TakeAsync(CancellationToken cancellation)
    {
        while (TakeIdle() is { } idle)
        {
            if (!idle.HasEnded)
                return idle;
            LetGo(idle);
        }

        var reader = await ReaderProcess.StartAsync(_program(), _memory, cancellation);
        lock (_gate)
        {
            if (!_isOver)
            {
                _all.Add(reader);
                return reader;
            }
        }

        reader.Dispose();
        throw new ObjectDisposedException(nameof(Readers));
    }

    private ReaderProcess? TakeIdle()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            return _idle.TryPop(out var idle) ? idle : null;
        }
    }

    private void GiveBack(ReaderProcess reader)
    {
        // Half of what it may hold is left over from other files: the next one would be refused for them.
        if (!reader.IsSound || reader.Files >= MostFiles || reader.Memory > _memory / 2)
        {
            LetGo(reader);
            return;
        }

        lock (_gate)
        {
            if (_isOver)
                return;
            reader.IdleSince = _time.GetTimestamp();
            _idle.Push(reader);
        }
    }

    private void LetGoIdle()
    {
        ReaderProcess[] old;
        lock (_gate)
        {
            var idle = _idle.ToLookup(reader => _time.GetElapsedTime(reader.IdleSince) >= IdleTime);
            old = [.. idle[true]];
            _idle.Clear();
            foreach (var reader in idle[false].Reverse())
                _idle.Push(reader);
        }

        foreach (var reader in old)
            LetGo(reader);
    }

    private void LetGo(ReaderProcess reader)
    {
        lock (_gate)
            _all.Remove(reader);
        reader.Dispose();
    }
}
