using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace FactCheck.Host.Http;

/// <summary>As many connections as the process has descriptors for. When there is no room, the one that has been idle
/// for longest makes it: whoever opens connections and says nothing keeps nobody out.</summary>
internal sealed class Connections(int most)
{
    private static readonly object Key = new();

    private readonly LinkedList<Entry> _idle = new();
    private readonly Lock _gate = new();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>How many fit: a request in work takes a second descriptor (worker), the process takes some.</summary>
    /// <exception cref="FunctionHostException">Too few even for the worker to start, which gets as many.</exception>
    public static int Fitting() => Fitting(Descriptors());

    internal static int Fitting(int descriptors)
    {
        const int Own = 320; // the runtime keeps each assembly open, twice
        const int Fewest = 32;
        const int Most = 25_000; // of memory, about 10 KB each
        if (descriptors < Own + (2 * Fewest))
            throw new FunctionHostException(
                $"This process may have {descriptors} files and connections open (ulimit -n); the host and its worker "
                    + $"need at least {Own + (2 * Fewest)} each. Allow more, 1,024 at best."
            );
        return Math.Min((descriptors - Own) / 2, Most);
    }

    /// <summary>Wraps a connection, from its first to its last byte.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var entry = new Entry(connection);
        if (!TryEnter(entry))
        {
            connection.Abort(new ConnectionAbortedException("There are too many connections."));
            return;
        }
        connection.Items[Key] = entry;
        try
        {
            await next(connection);
        }
        finally
        {
            Leave(entry);
        }
    }

    /// <summary>While a request is in work its connection is not idle.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (
            context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out var found) != true
            || found is not Entry entry
        )
        {
            await next(context);
            return;
        }
        Work(entry, 1);
        try
        {
            await next(context);
        }
        finally
        {
            Work(entry, -1);
        }
    }

    private bool TryEnter(Entry entry)
    {
        Entry? evicted = null;
        lock (_gate)
        {
            if (_count >= most)
            {
                if (_idle.First is not { } oldest)
                    return false;
                evicted = oldest.Value;
                _idle.RemoveFirst();
                evicted.IsListed = false;
            }
            _count++;
            List(entry);
        }
        evicted?.Connection.Abort(new ConnectionAbortedException("Others needed the place of this idle connection."));
        return true;
    }

    private void Leave(Entry entry)
    {
        lock (_gate)
        {
            _count--;
            Unlist(entry);
        }
    }

    private void Work(Entry entry, int change)
    {
        lock (_gate)
        {
            entry.Requests += change;
            if (entry.Requests > 0)
                Unlist(entry);
            else
                List(entry);
        }
    }

    private void List(Entry entry)
    {
        if (entry.IsListed)
            return;
        entry.IsListed = true;
        _idle.AddLast(entry.Node);
    }

    private void Unlist(Entry entry)
    {
        if (!entry.IsListed)
            return;
        entry.IsListed = false;
        _idle.Remove(entry.Node);
    }

    private static int Descriptors()
    {
        const int Unknown = 4_096;
        const string Line = "Max open files";
        if (!OperatingSystem.IsLinux())
            return Unknown;
        var limit = File.ReadLines("/proc/self/limits")
            .FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal));
        return limit?[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
            ? long.TryParse(soft, CultureInfo.InvariantCulture, out var count)
                ? (int)Math.Min(count, int.MaxValue)
                : int.MaxValue
            : Unknown;
    }

    private sealed class Entry
    {
        public Entry(ConnectionContext connection) => (Connection, Node) = (connection, new(this));

        public ConnectionContext Connection { get; }

        public LinkedListNode<Entry> Node { get; }

        public bool IsListed { get; set; }

        public int Requests { get; set; }
    }
}
