using FactCheck.Storage.Local;

namespace FactCheck.Functions.Desk;

/// <summary>Removes, once after a start, what a crash left of files that were being written.</summary>
internal sealed class Leftovers(IConfiguration configuration, ILogger<Leftovers> log) : BackgroundService
{
    private readonly DateTime _started = DateTime.UtcNow;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Run(() => Remove(stoppingToken), stoppingToken);

    private void Remove(CancellationToken cancellation)
    {
        try
        {
            var data = configuration[DeskStorage.DataSetting]!;
            if (LocalFiles.RemoveLeftovers(data, _started, cancellation) is > 0 and var count)
                log.LogInformation("{Count} files that a crash left half written were removed", count);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("Files that a crash left half written stay: {Why}", error.Message);
        }
    }
}
