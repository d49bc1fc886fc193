using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;

namespace FactCheck.Host;

/// <summary>What a host runs, and where it keeps what must not be lost.</summary>
public sealed class FunctionHostOptions
{
    /// <summary>The app's output folder: <c>host.json</c>, <c>functions.metadata</c>, <c>worker.config.json</c> and the
    /// worker's dll.</summary>
    public required string AppDirectory { get; set; }

    /// <summary>Holds <c>runtime.db</c>; made if it is missing.</summary>
    public required string DataDirectory { get; set; }

    /// <summary>Where HTTP functions answer, as ASP.NET Core takes addresses, separated by ";".</summary>
    public string Urls { get; set; } = "http://127.0.0.1:7071";

    /// <summary>Names beside those of the loopback by which a host may be called that listens on the loopback only
    /// (behind a proxy on the same machine, say).</summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>The largest body of a request, in bytes; a larger one is answered with 413. The worker has a limit of
    /// its own, by default the same.</summary>
    public long MaxRequestBodyBytes { get; set; } = 30_000_000;

    /// <summary>How long a request waits while the worker is started again, before it is answered with 503.</summary>
    public TimeSpan RequestWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Settings of the app, given to the worker as environment variables; they win over those of this
    /// process.</summary>
    public IDictionary<string, string> AppSettings { get; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The folder whose sub-folders are the blob containers; <see cref="DataDirectory"/> when null. Not used
    /// with <see cref="BlobService"/>.</summary>
    public string? BlobRoot { get; set; }

    /// <summary>The storage account whose containers are watched in place of folders; containers of functions are made
    /// when they are missing.</summary>
    public BlobServiceClient? BlobService { get; set; }

    /// <summary>How hard a commit is pushed to the disk.</summary>
    public SynchronousMode Synchronous { get; set; } = SynchronousMode.Full;

    /// <summary>About how much memory waiting instances may use before the longest idle are dropped and, when needed,
    /// read again.</summary>
    public long CacheBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How long ended instances are kept; for ever when null.</summary>
    public TimeSpan? Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long what runs may run on when the host stops; after that it is cancelled, and run again at the
    /// next start.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Who may use the routes below <c>/runtime/webhooks</c>; there are none when it is null.</summary>
    public Func<HttpContext, Task<bool>>? Management { get; set; }

    /// <summary>Starts the worker suspended until a debugger is attached; the log names its process.</summary>
    public bool WaitForDebugger { get; set; }

    /// <summary>Starts no worker: one that was started by hand, with the arguments that the log names, is waited for at
    /// this loopback port.</summary>
    public int? ExternalWorkerPort { get; set; }

    /// <summary>The clock of the engine and the triggers.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Watch for blobs, and run timers, all the time; a test looks when it wants to.</summary>
    internal bool WatchBlobs { get; set; } = true;

    /// <summary>Whether timer triggers run.</summary>
    internal bool TimerTriggers { get; set; } = true;

    /// <summary>Sends no episode without its history, so that every await is replayed. For tests.</summary>
    internal bool ReplayAlways { get; set; }

    /// <summary>How long a client is kept waiting for an answer's next byte: as long as by Azure's front.</summary>
    internal TimeSpan AnswerWait { get; set; } = TimeSpan.FromSeconds(230);

    /// <summary>How often a folder is looked at that has a watcher, whose word may get lost.</summary>
    internal TimeSpan WatchedInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What happens to the n-th commit, counted from 1; for tests of crashes.</summary>
    internal Func<int, CommitFault>? OnCommit { get; set; }

    /// <summary>Called when a commit is written and the disk has not confirmed it yet; for tests.</summary>
    internal Action? OnWritten { get; set; }
}

/// <summary>How hard a commit is pushed to the disk.</summary>
public enum SynchronousMode
{
    /// <summary>Survives the loss of power.</summary>
    Full = 0,

    /// <summary>Survives the end of the process; faster. The last commits may be lost with the power, the file stays
    /// whole.</summary>
    Normal = 1,
}

/// <summary>What a test does to a commit.</summary>
internal enum CommitFault
{
    None,

    /// <summary>The commit fails; the engine goes on.</summary>
    Fail,

    /// <summary>The commit is written, but the disk does not confirm it.</summary>
    SyncFails,

    /// <summary>The process dies before the commit.</summary>
    CrashBefore,

    /// <summary>The process dies after the commit, before anything came of it.</summary>
    CrashAfter,
}

/// <summary>The host can't start, or can't go on; the message says why and what would help.</summary>
/// <param name="innerException">What caused it; null for nothing else.</param>
public sealed class FunctionHostException(string message, Exception? innerException = null)
    : Exception(message, innerException);
