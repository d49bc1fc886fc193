using System.Reflection;
using Azure.Storage.Blobs;

namespace FactCheck.Runtime;

/// <summary>Settings of this host that Azure doesn't have; configuration section <c>Runtime</c>.</summary>
public sealed class EmbeddedHostOptions
{
    /// <summary>Holds <c>runtime.db</c>; made if it is missing. Relative to the working directory.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>The folder whose sub-folders are the blob containers; <see cref="DataDirectory"/> when null. Not used with <see cref="BlobService"/>.</summary>
    public string? BlobRoot { get; set; }

    /// <summary>The storage account whose containers are watched in place of folders; containers of functions are made when they are missing.</summary>
    public BlobServiceClient? BlobService { get; set; }

    /// <summary>Where functions are looked for; the entry assembly when empty.</summary>
    public ICollection<Assembly> FunctionAssemblies { get; } = [];

    /// <summary>How hard a commit is pushed to the disk.</summary>
    public SynchronousMode Synchronous { get; set; } = SynchronousMode.Full;

    /// <summary>Drop every instance from memory after each of its episodes, so that every await is replayed. For tests.</summary>
    public bool EvictAlways { get; set; }

    /// <summary>About how much memory waiting instances may use before the longest idle are dropped and, when needed, replayed.</summary>
    public long CacheBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How long ended instances are kept; for ever when null.</summary>
    public TimeSpan? Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Whether timer triggers run.</summary>
    public bool TimerTriggers { get; set; } = true;

    /// <summary>Whether blob triggers run.</summary>
    public bool BlobTriggers { get; set; } = true;

    /// <summary>
    /// Who may use the management routes under <c>/runtime/webhooks/durabletask/instances</c>. They are functions of the name
    /// <see cref="ManagementFunction"/> that go through the app's middleware, and then ask this too. When it is null, nobody may: there are no such routes.
    /// </summary>
    public Func<FunctionContext, bool>? Management { get; set; }

    /// <summary>The name under which the app's middleware sees a call of a management route.</summary>
    public const string ManagementFunction = "DurableTaskManagement";

    /// <summary>How long activities may run on when the host stops; after that they are cancelled, and run again at the next start.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Watch folders all the time; a test host looks only when it is told to.</summary>
    internal bool WatchBlobs { get; set; } = true;

    /// <summary>Single classes whose functions are added; for tests.</summary>
    internal ICollection<Type> FunctionClasses { get; } = [];

    /// <summary>No functions but those of <see cref="FunctionAssemblies"/>, even when there are none.</summary>
    internal bool NoEntryAssembly { get; set; }

    /// <summary>How often a folder is looked at that has a watcher, whose word may get lost.</summary>
    internal TimeSpan WatchedInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long, in real time, an orchestrator that does not yield is named; at most twice this.</summary>
    internal TimeSpan EpisodeLimit { get; set; } = TimeSpan.FromSeconds(10);

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

    /// <summary>Survives the end of the process; faster. The last commits may be lost with the power, the file stays whole.</summary>
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
public sealed class EmbeddedHostException : Exception
{
    /// <summary>Without a reason.</summary>
    public EmbeddedHostException() { }

    /// <summary>With a reason.</summary>
    public EmbeddedHostException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and its cause.</summary>
    public EmbeddedHostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
