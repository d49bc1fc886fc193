using Microsoft.Data.Sqlite;

namespace FactCheck.Host.Storage;

/// <summary>The host's file, as triggers and management see it. The engine is the one that writes.</summary>
internal interface IRuntimeStore
{
    TimeProvider Time { get; }

    IdleTracker Idle { get; }

    /// <summary>Reads what is committed, on the caller's thread; waits where the disk may not have it yet.</summary>
    Task<T> ReadAsync<T>(Func<SqliteConnection, T> read);

    /// <summary>Writes within the next commit; on disk when it returns.</summary>
    Task WriteAsync(string what, Action<Database> write);
}
