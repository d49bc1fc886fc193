using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FactCheck.Host.Worker;

/// <summary>Starts the app's own process. It is not of the terminal's group, so that Ctrl-C ends it only when the host
/// has drained it, and it dies with its host.</summary>
internal sealed class ProcessLauncher(FunctionHostOptions options, ILoggerFactory loggers) : IWorkerLauncher
{
    private static readonly string[] SessionTools = ["/usr/bin/setsid", "/bin/setsid"];

    private readonly WorkerPidFile _pids = new(Path.Combine(options.DataDirectory, "worker.pid"));

    public Task<IWorkerHandle> LaunchAsync(WorkerStart start, CancellationToken cancellation)
    {
        var logger = loggers.CreateLogger<WorkerProcess>();
        if (_pids.KillOrphan() is { } orphan)
            logger.LogWarning(
                "A worker of a host that did not end well still ran (process {Process}); it has been killed.",
                orphan
            );
        var worker = new WorkerProcess(Describe(start), _pids, logger);
        return Task.FromResult<IWorkerHandle>(worker);
    }

    /// <summary>A worker's arguments, in today's form and in the one that workers of other makes read.</summary>
    internal static IEnumerable<string> Arguments(WorkerStart start)
    {
        const string Most = "2147483647";
        return
        [
            "--host",
            start.HostEndpoint.Host,
            "--port",
            $"{start.HostEndpoint.Port}",
            "--workerId",
            start.WorkerId,
            "--requestId",
            start.RequestId,
            "--grpcMaxMessageLength",
            Most,
            "--functions-uri",
            start.HostEndpoint.AbsoluteUri,
            "--functions-worker-id",
            start.WorkerId,
            "--functions-request-id",
            start.RequestId,
            "--functions-grpc-max-message-length",
            Most,
        ];
    }

    private ProcessStartInfo Describe(WorkerStart start)
    {
        string[] command = [.. Guard(), .. Program(options.AppDirectory), .. Arguments(start)];
        var info = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = options.AppDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in start.Environment)
            info.Environment[name] = value;
        if (options.WaitForDebugger)
        {
            info.Environment["DOTNET_STARTUP_HOOKS"] = "Microsoft.Azure.Functions.Worker.Core";
            info.Environment["FUNCTIONS_ENABLE_DEBUGGER_WAIT"] = "true";
        }
        return info;
    }

    /// <summary>Its own session; the tool becomes the worker, so that the process id is the worker's.</summary>
    private static IEnumerable<string> Guard() => SessionTools.Where(File.Exists).Take(1);

    /// <summary>What starts the app: what <c>worker.config.json</c> says, else the one program in the folder.</summary>
    internal static IEnumerable<string> Program(string folder)
    {
        if (!Directory.Exists(folder))
            throw new FunctionHostException($"{folder} does not exist. Build the app first.");
        var (program, dll) = ReadConfig(Path.Combine(folder, "worker.config.json"));
        if (
            program is not null
            && Path.GetFileNameWithoutExtension(program) != "dotnet"
            && File.Exists(Path.Combine(folder, program))
        )
            return [Path.Combine(folder, program)];
        dll ??= FindDll(folder);
        var path = Path.Combine(folder, dll);
        return File.Exists(path)
            ? [FindDotnet(), path]
            : throw new FunctionHostException($"{path} does not exist. Build the app first.");
    }

    private static (string? Program, string? Dll) ReadConfig(string path)
    {
        if (!File.Exists(path))
            return default;
        try
        {
            using var config = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            var description = config.RootElement.GetProperty("description");
            return (Text(description, "defaultExecutablePath"), Text(description, "defaultWorkerPath"));
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FunctionHostException($"{path} can't be read: {exception.Message}", exception);
        }
    }

    private static string? Text(JsonElement description, string key) =>
        description.TryGetProperty(key, out var value)
        && value.GetString() is { Length: > 0 } text
        && !text.Contains('$', StringComparison.Ordinal)
            ? text
            : null;

    private static string FindDll(string folder)
    {
        const string Ending = ".runtimeconfig.json";
        var programs = Directory.GetFiles(folder, "*" + Ending);
        return programs.Length == 1
            ? Path.GetFileName(programs[0])[..^Ending.Length] + ".dll"
            : throw new FunctionHostException(
                $"{folder} holds {(programs.Length == 0 ? "no program" : "several programs")} and no "
                    + "worker.config.json that names one. It must be the output folder of a Functions app."
            );
    }

    /// <summary>The one that runs this process, when there is one; else what the path holds.</summary>
    private static string FindDotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string?[] candidates =
        [
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH"),
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name)),
            Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root ? Path.Combine(root, name) : null,
        ];
        return candidates.FirstOrDefault(File.Exists) ?? name;
    }
}

/// <summary>Starts nothing: waits for a worker that somebody starts by hand, under a debugger.</summary>
internal sealed class ExternalLauncher(ILogger<ExternalLauncher> logger) : IWorkerLauncher
{
    /// <summary>The id of such a worker: always the same, so that its arguments can be kept.</summary>
    public const string WorkerId = "external";

    public Task<IWorkerHandle> LaunchAsync(WorkerStart start, CancellationToken cancellation)
    {
        logger.LogInformation(
            "Waiting for a worker. Start it in the app's output folder, with these arguments: {Arguments}",
            string.Join(' ', ProcessLauncher.Arguments(start))
        );
        return Task.FromResult<IWorkerHandle>(new Handle());
    }

    private sealed class Handle : IWorkerHandle
    {
        private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int? ProcessId => null;

        public Task<int> Exited => _exited.Task;

        public string LastWords => string.Empty;

        /// <summary>Its stream is closed; the process is not ours to end.</summary>
        public void Kill() => _exited.TrySetResult(0);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
