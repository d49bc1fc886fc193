using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Storage;

/// <summary>The host's file, as triggers and management see it. The engine is the one that writes.</summary>
internal interface IRuntimeStore
{
    /// <summary>The clock.</summary>
    TimeProvider Time { get; }

    /// <summary>What goes on, for tests that wait until nothing does.</summary>
    IdleTracker Idle { get; }

    /// <summary>Reads what is committed, on the caller's thread; the answer waits for the disk where it may have seen
    /// what the disk has not.</summary>
    Task<T> ReadAsync<T>(Func<SqliteConnection, T> read);

    /// <summary>Writes within the next commit; on disk when it returns.</summary>
    Task WriteAsync(string what, Action<Database> write);
}
