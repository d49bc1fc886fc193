using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;

namespace FactCheck.Functions.Reading;

/// <summary>A reader's process, as the app sees it. It reads one file at a time.</summary>
internal sealed class ReaderProcess : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(5);

    // It stops by itself when time is up, unless a parser spins: then it is stopped.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private const int MostWords = 200;

    private readonly Process _process;
    private readonly (Stream Input, Stream Output, Stream Errors) _pipes;
    private readonly long _memory;
    private readonly Task<string> _words;
    private string? _nonsense;

    private ReaderProcess(Process process, long memory)
    {
        (_process, _memory) = (process, memory);
        _pipes = (
            process.StandardInput.BaseStream,
            process.StandardOutput.BaseStream,
            process.StandardError.BaseStream
        );
        _words = FirstLineAsync(process.StandardError);
    }

    public int Id => _process.Id;

    /// <summary>How many files it was given.</summary>
    public int Files { get; private set; }

    /// <summary>False once something was not answered as it should be: what it does now is not known.</summary>
    public bool IsSound { get; private set; } = true;

    /// <summary>When it became idle, as <see cref="TimeProvider.GetTimestamp"/> tells it.</summary>
    public long IdleSince { get; set; }

    /// <summary>Bytes that it holds; 0 when it has ended.</summary>
    public long Memory
    {
        get
        {
            try
            {
                _process.Refresh();
                return _process.WorkingSet64;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts one, and waits until it is ready.</summary>
    /// <param name="memory">Bytes that it may hold.</param>
    /// <exception cref="IOException">It can't be started; the message says why.</exception>
    public static async Task<ReaderProcess> StartAsync(
        ProcessStartInfo program,
        long memory,
        CancellationToken cancellation
    )
    {
        var reader = new ReaderProcess(Start(program), memory);
        try
        {
            if (await Wire.IsReadyAsync(reader._pipes.Output, cancellation).WaitAsync(StartLimit, cancellation))
                return reader;
            throw new IOException($"What reads files ended at its start: {await reader.HowItEndedAsync()}");
        }
        catch (Exception error) when (error is TimeoutException or InvalidDataException)
        {
            reader.Dispose();
            throw new IOException($"What reads files did not start: {error.Message}", error);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>What became of a file; null when the reader died of it.</summary>
    public async Task<ReadResult?> ReadAsync(FileToRead file, CancellationToken cancellation)
    {
        Files++;
        IsSound = false;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(file.Limits.TimeOrDefault + Grace);
        var exchange = ExchangeAsync(file, limit.Token);
        try
        {
            while (await Task.WhenAny(exchange, Task.Delay(Look, limit.Token)) != exchange)
            {
                limit.Token.ThrowIfCancellationRequested();
                if (Memory > _memory)
                    return TooLarge();
            }

            if (await exchange is not { } result)
                return await ExitCodeAsync() == Reader.OutOfMemory ? TooLarge() : null;
            // A parser that ran out of time may still run.
            IsSound = result is not ReadResult.Rejected { Rejection.Reason: RejectionReason.TooSlow };
            return result;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ArticleReader.TooSlow(file.Limits);
        }
    }

    /// <summary>How it ended, and what it said first of it, on a line.</summary>
    public async Task<string> HowItEndedAsync()
    {
        var code = await ExitCodeAsync();
        var words = await Task.WhenAny(_words, Task.Delay(ExitLimit)) == _words ? await _words : "";
        words = _nonsense ?? words;
        return $"exit code {code?.ToString() ?? "unknown"}{(words.Length > 0 ? ": " : "")}{words}";
    }

    /// <summary>Ends it, whatever it does.</summary>
    public void Dispose()
    {
        Kill();
        // A process that was asked for them leaves them open.
        _pipes.Input.Dispose();
        _pipes.Output.Dispose();
        _pipes.Errors.Dispose();
        _process.Dispose();
    }

    private static Process Start(ProcessStartInfo program)
    {
        try
        {
            return Process.Start(program) ?? throw new IOException($"{program.FileName} starts nothing.");
        }
        catch (Win32Exception error)
        {
            throw new IOException($"What reads files can't be started ({program.FileName}): {error.Message}", error);
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(ExitLimit);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It had ended already.
        }
    }

    // Null when the reader is gone, or answers what none answers.
    private async Task<ReadResult?> ExchangeAsync(FileToRead file, CancellationToken cancellation)
    {
        try
        {
            await Wire.WriteAsync(_pipes.Input, file, cancellation);
            return await Wire.ReadResultAsync(_pipes.Output, file.Limits, cancellation);
        }
        catch (Exception error) when (error is InvalidDataException or JsonException)
        {
            _nonsense = error.Message;
            Kill();
            return null;
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    private async Task<int?> ExitCodeAsync()
    {
        using var limit = new CancellationTokenSource(ExitLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidOperationException)
        {
            return null;
        }
    }

    private ReadResult.Rejected TooLarge() =>
        new(
            new(
                RejectionReason.TooLarge,
                $"Reading this file takes more than {_memory >> 20:N0} MB of memory; save the article's text alone as "
                    + ".txt or .md and upload that."
            )
        );

    // The rest is read, too, so that it can go on, and kept by nobody.
    private static async Task<string> FirstLineAsync(StreamReader errors)
    {
        var buffer = new char[4096];
        var line = "";
        try
        {
            for (int count; (count = await errors.ReadAsync(buffer)) > 0; )
                if (line.Length == 0)
                    line = new([.. buffer.Take(count).TakeWhile(c => c != '\n').Where(c => !char.IsControl(c))]);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It is gone.
        }

        return line.Length > MostWords ? line[..MostWords] + " …" : line;
    }
}
