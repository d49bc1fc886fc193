using System.Collections.Concurrent;
using FactCheck.Host.Worker.Rpc;

namespace FactCheck.Host.Worker;

/// <summary>The app's log in the host's, with category and level; of the worker's own only warnings and up.</summary>
internal sealed class WorkerLogs(ILoggerFactory loggers)
{
    private const int MostCategories = 1_000;

    private readonly ConcurrentDictionary<string, ILogger> _categories = new(StringComparer.Ordinal);

    public void Write(RpcLog log)
    {
        if (
            log.LogCategory == RpcLog.Types.RpcLogCategory.CustomMetric
            || log.Level is < RpcLog.Types.Level.Trace or >= RpcLog.Types.Level.None
        )
            return;
        var level = (LogLevel)log.Level;
        if (log.LogCategory == RpcLog.Types.RpcLogCategory.System && level < LogLevel.Warning)
            return;
        var logger = Logger(log.Category);
        if (!logger.IsEnabled(level))
            return;
        if (log.Exception is { Message.Length: > 0 } exception)
            logger.Log(level, "{Message}\n{Exception}", log.Message, exception.Message);
        else
            logger.Log(level, "{Message}", log.Message);
    }

    private ILogger Logger(string category)
    {
        if (_categories.TryGetValue(category, out var known))
            return known;
        var logger = loggers.CreateLogger(category.Length == 0 ? "Worker" : category);
        if (_categories.Count < MostCategories)
            _categories[category] = logger;
        return logger;
    }
}
