using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Host.Hosting;

/// <summary>A host on a data folder. Start it once, stop it once.</summary>
public abstract class RunningHost : IAsyncDisposable
{
    private readonly TaskCompletionSource<FunctionHostException> _lost = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly ServiceProvider _logging;
    private Task? _stopping;
    private bool _isDisposed;

    private protected RunningHost(FunctionHostOptions options, Action<ILoggingBuilder>? logging)
    {
        Options = options;
        _logging = new ServiceCollection()
            .AddLogging(builder =>
            {
                builder
                    .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
                    .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
                builder
                    .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
                    .AddFilter("Yarp", LogLevel.Error)
                    .AddFilter("Grpc", LogLevel.Warning);
                logging?.Invoke(builder);
            })
            .BuildServiceProvider();
        Loggers = _logging.GetRequiredService<ILoggerFactory>();
    }

    /// <summary>Where it answers: a port of 0 is resolved, and what means all addresses shown as localhost.</summary>
    public abstract IReadOnlyList<Uri> Addresses { get; }

    private protected FunctionHostOptions Options { get; }

    private protected ILoggerFactory Loggers { get; }

    private protected string UrlFile => Path.Combine(Options.DataDirectory, "host.url");

    /// <summary>Starts everything; when it returns, it answers.</summary>
    /// <exception cref="FunctionHostException">Says why it can't.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        try
        {
            await BeginAsync(cancellation);
        }
        catch
        {
            await StopAsync();
            throw;
        }
    }

    /// <summary>Returns when Ctrl-C, SIGTERM or the token asks for the end. The host still runs: stop it.</summary>
    /// <exception cref="FunctionHostException">The host can't go on.</exception>
    public async Task WaitForShutdownAsync(CancellationToken cancellation)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Ask(PosixSignalContext signal)
        {
            signal.Cancel = true;
            asked.TrySetResult();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using var token = cancellation.Register(() => asked.TrySetResult());
        if (await Task.WhenAny(asked.Task, _lost.Task) == _lost.Task)
            throw await _lost.Task;
    }

    /// <summary>Takes no more requests, drains (<see cref="FunctionHostOptions.DrainTimeout"/>), and ends.</summary>
    public Task StopAsync() => _stopping ??= EndAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await StopAsync();
        await ReleaseAsync();
        await _logging.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task BeginAsync(CancellationToken cancellation);

    private protected abstract Task EndAsync();

    private protected abstract ValueTask ReleaseAsync();

    /// <summary>Full paths, and a data folder that is there.</summary>
    /// <exception cref="FunctionHostException">It can't be used.</exception>
    private protected static void Prepare(FunctionHostOptions options)
    {
        options.DataDirectory = Path.GetFullPath(options.DataDirectory);
        try
        {
            Directory.CreateDirectory(options.DataDirectory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FunctionHostException($"{options.DataDirectory} can't be used: {exception.Message}", exception);
        }
    }

    /// <summary>The host can't go on: <see cref="WaitForShutdownAsync"/> says why.</summary>
    private protected void EngineLost(Exception reason) =>
        Lose(new FunctionHostException($"The host can't go on: {reason.Message}", reason));

    /// <summary>The same, in words that whoever runs it is shown as they are.</summary>
    private protected void Lose(FunctionHostException reason)
    {
        Loggers.CreateLogger(GetType()).LogCritical("{Reason}", reason.Message);
        _lost.TrySetResult(reason);
    }
}
