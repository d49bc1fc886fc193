using System.Globalization;
using Microsoft.Extensions.Logging;

namespace FactCheck.Cli.Operate;

/// <summary>A line an entry, on standard error; verbose, also what libraries say and where errors come from.</summary>
internal sealed class HostLog(Output output, LogLevel least, bool verbose) : ILoggerProvider
{
    private static readonly string[] Libraries = ["Microsoft", "System", "Grpc", "Yarp", "Azure"];

    public void AddTo(ILoggingBuilder logging)
    {
        logging.ClearProviders().AddProvider(this).SetMinimumLevel(verbose ? LogLevel.Debug : least);
        foreach (var library in Libraries)
            logging.AddFilter(library, verbose ? LogLevel.Information : LogLevel.Warning);
        // Why a host did not start is told in one sentence at the end, not as a stack trace before it.
        if (!verbose)
            logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }

    public ILogger CreateLogger(string categoryName) => new Lines(this);

    public void Dispose()
    {
        // The console stays.
    }

    /// <summary>An entry in a line, an error's message behind it; verbose, its places in lines of their own.</summary>
    public static string Text(DateTime at, LogLevel level, string message, Exception? error, bool verbose)
    {
        var entry =
            error is null ? message
            : verbose ? $"{message}\n{error}"
            : $"{message}\n{error.GetType().Name}: {error.Message}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{at:HH:mm:ss} {Short(level)}  {(verbose ? entry : WithoutTrace(entry))}"
        );
    }

    // The worker sends an error as text: its message, then what it came from and the places, a line each.
    private static string WithoutTrace(string entry) =>
        string.Join(
            ' ',
            entry
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .TakeWhile(line => !IsTrace(line))
        );

    private static bool IsTrace(string line) =>
        line.StartsWith("at ", StringComparison.Ordinal)
        || line.StartsWith("---", StringComparison.Ordinal)
        || line.StartsWith("Stack:", StringComparison.Ordinal);

    private static string Short(LogLevel level) =>
        level switch
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

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => log.Write(Text(DateTime.Now, logLevel, formatter(state, exception), exception, log.IsVerbose));
    }

    private bool IsVerbose => verbose;

    private void Write(string line) => output.Note(line);
}
