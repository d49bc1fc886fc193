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

    /// <summary>Names, beside the loopback's own, for a host that listens there only (behind a proxy, say).</summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>The largest request body in bytes; larger ones get 413. The worker's own default is the same.</summary>
    public long MaxRequestBodyBytes { get; set; } = 30_000_000;

    /// <summary>How long a request waits while the worker is started again, before it is answered with 503.</summary>
    public TimeSpan RequestWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The app's settings: environment variables of the worker, which win over this process's.</summary>
    public IDictionary<string, string> AppSettings { get; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The folder whose sub-folders are the blob containers; <see cref="DataDirectory"/> when null. Not used
    /// with <see cref="BlobService"/>.</summary>
    public string? BlobRoot { get; set; }

    /// <summary>The storage account watched in place of folders; missing containers of functions are made.</summary>
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

    /// <summary>Starts no worker: one started by hand, as the log says, is awaited at this loopback port.</summary>
    public int? ExternalWorkerPort { get; set; }

    /// <summary>The clock of the engine and the triggers.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Watch for blobs, and run timers, all the time; a test looks when it wants to.</summary>
    internal bool WatchBlobs { get; set; } = true;

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

    /// <summary>Survives the end of the process; faster. Power loss may cost the last commits, not the file.</summary>
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

    CrashBefore,

    /// <summary>The process dies after the commit, before anything came of it.</summary>
    CrashAfter,
}

/// <summary>The host can't start, or can't go on; the message says why and what would help.</summary>
public sealed class FunctionHostException(string message, Exception? innerException = null)
    : Exception(message, innerException);
