using System.Globalization;
using Microsoft.Extensions.Logging;

namespace FactCheck.Cli.Operate;

/// <summary>The host's and the app's log on the console: a line an entry, on standard error.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="least">What is less is left out.</param>
/// <param name="verbose">Also what libraries say, and where errors come from.</param>
internal sealed class HostLog(Output output, LogLevel least, bool verbose) : ILoggerProvider
{
    private static readonly string[] Libraries = ["Microsoft", "System", "Grpc", "Yarp", "Azure"];

    public void AddTo(ILoggingBuilder logging)
    {
        logging.ClearProviders().AddProvider(this).SetMinimumLevel(verbose ? LogLevel.Debug : least);
        foreach (var library in Libraries) logging.AddFilter(library, verbose ? LogLevel.Information : LogLevel.Warning);
        // Why a host did not start is told in one sentence at the end, not as a stack trace before it.
        if (!verbose) logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }

    public ILogger CreateLogger(string categoryName) => new Lines(this);

    public void Dispose()
    {
        // The console stays.
    }

    /// <summary>An entry in a line; an error's type and message behind it, or in verbose its whole trace below.</summary>
    public static string Text(DateTime at, LogLevel level, string message, Exception? error, bool verbose)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{at:HH:mm:ss} {Short(level)}  {message}");
        if (error is null) return line;
        return verbose ? $"{line}{Environment.NewLine}{error}" : $"{line} ({error.GetType().Name}: {error.Message})".ReplaceLineEndings(" ");
    }

    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        LogLevel.Critical => "crit",
        LogLevel.Information => "info",
        _ => "dbug",
    };

    private sealed class Lines(HostLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Write(Text(DateTime.Now, logLevel, formatter(state, exception), exception, log.IsVerbose));
    }

    private bool IsVerbose => verbose;

    private void Write(string line) => output.Note(line);
}
