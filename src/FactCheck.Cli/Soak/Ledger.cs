using System.Collections.Concurrent;

namespace FactCheck.Cli.Soak;

/// <summary>An article, and what the desk has acknowledged of it. Only those who work on it write here.</summary>
internal sealed class Acknowledged(string name, bool byHttp)
{
    public string Name { get; } = name;

    public bool ByHttp { get; } = byHttp;

    public string Id { get; } = ArticleKey.Of("articles", name);

    /// <summary>Ids of its tasks, as they were found when its check was through; null before.</summary>
    public IReadOnlyList<string>? Tasks { get; set; }

    /// <summary>Tasks whose decision was answered with success.</summary>
    public HashSet<string> Decided { get; } = new(StringComparer.Ordinal);

    /// <summary>The last version that was seen in public.</summary>
    public int Version { get; set; }
}

internal sealed class Refusals
{
    private int _badGateway;
    private int _unavailable;
    private int _cut;

    /// <summary>502: the worker ended meanwhile.</summary>
    public int BadGateway => Volatile.Read(ref _badGateway);

    /// <summary>503: there was no worker.</summary>
    public int Unavailable => Volatile.Read(ref _unavailable);

    /// <summary>No answer: the host ended meanwhile, or was not there.</summary>
    public int Cut => Volatile.Read(ref _cut);

    public void Count(int status)
    {
        if (status == 502)
            Interlocked.Increment(ref _badGateway);
        else if (status == 503)
            Interlocked.Increment(ref _unavailable);
    }

    public void CountCut() => Interlocked.Increment(ref _cut);
}

/// <summary>What was promised at the desk, and what went wrong. For several threads.</summary>
internal sealed class Ledger(Action<string> tell)
{
    private readonly ConcurrentDictionary<string, Acknowledged> _articles = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _problems = new();
    private int _tasks;
    private int _decisions;
    private int _publications;

    public ICollection<Acknowledged> Articles => _articles.Values;

    public Refusals Refusals { get; } = new();

    public int Tasks => Volatile.Read(ref _tasks);

    public int Decisions => Volatile.Read(ref _decisions);

    public int Publications => Volatile.Read(ref _publications);

    public IReadOnlyCollection<string> Problems => _problems;

    public void Add(Acknowledged article) => _articles[article.Name] = article;

    public void Found(Acknowledged article, IReadOnlyList<string> tasks)
    {
        article.Tasks = tasks;
        Interlocked.Add(ref _tasks, tasks.Count);
    }

    public void Decided(Acknowledged article, string task)
    {
        if (article.Decided.Add(task))
            Interlocked.Increment(ref _decisions);
    }

    public void Published(Acknowledged article, int version)
    {
        article.Version = version;
        Interlocked.Increment(ref _publications);
    }

    public void Fault(string problem)
    {
        _problems.Enqueue(problem);
        tell(problem);
    }
}
