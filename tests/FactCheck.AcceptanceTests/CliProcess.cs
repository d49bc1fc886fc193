using System.Diagnostics;
using System.Text;

namespace FactCheck.AcceptanceTests;

/// <summary>The built <c>factcheck</c> as a process that is watched while it runs.</summary>
internal sealed class CliProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private CliProcess(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (IEnumerable<string>)[CommandLine.Path, .. arguments]) start.ArgumentList.Add(argument);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything it has written so far, errors included.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public static CliProcess Start(params IEnumerable<string> arguments) => new(arguments);

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(TimeSpan limit, params IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        return (await process.ExitAsync(limit), process.Output);
    }

    /// <summary>Waits for its end, and for all of its output.</summary>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        using var expired = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(expired.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"It still runs after {limit.TotalSeconds:0} s. It wrote: {Output}", exception);
        }
        return _process.ExitCode;
    }

    /// <summary>Waits until it has written something.</summary>
    public Task UntilItSays(string text, TimeSpan limit) => Limits.UntilAsync(
        limit, () => Task.FromResult(Output.Contains(text, StringComparison.Ordinal) ? text : HasExited ? throw new InvalidOperationException($"It ended: {Output}") : null), () => $"'{text}' in: {Output}");

    /// <summary>Ends it, running or not; a stopped process, too.</summary>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
