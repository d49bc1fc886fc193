using System.Diagnostics;
using System.Globalization;

namespace FactCheck.Cli.Soak;

/// <summary>What a soak counts and measures: a line a minute, and all of it at the end.</summary>
internal sealed class SoakFigures
{
    private const double Megabyte = 1024 * 1024;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly SoakHost _host;
    private readonly Ledger _ledger;
    private readonly Size _start;
    private Size _end;
    private Size _most;

    /// <summary>Takes the first measure: the host must be ready.</summary>
    public SoakFigures(SoakHost host, Killer killer, Ledger ledger)
    {
        (_host, Killer, _ledger) = (host, killer, ledger);
        _start = _end = _most = Now();
    }

    public Killer Killer { get; }

    /// <summary>Measures memory and file once more, before the host is stopped.</summary>
    public void Look()
    {
        _end = Now();
        _most = new(
            Math.Max(_most.Host, _end.Host),
            Math.Max(_most.Worker, _end.Worker),
            Math.Max(_most.File, _end.File)
        );
    }

    public async Task TellUntilAsync(Task work, Output output, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        while (
            await Task.WhenAny(work, Task.Delay(Minute, cancellation)) != work && !cancellation.IsCancellationRequested
        )
        {
            Look();
            var minutes = Stopwatch.GetElapsedTime(start).TotalMinutes;
            if (output.IsJson)
                output.JsonLine(Json(minutes));
            else
                output.Line(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{minutes, 4:0} min  {Counted()}; host {Mb(_end.Host)}, worker {Mb(_end.Worker)}, "
                            + $"runtime.db {Mb(_end.File)}"
                    )
                );
        }
    }

    public Measured Summary(TimeSpan length, int seed)
    {
        _end = _end with { File = _host.RuntimeBytes };
        var json = Json(length.TotalMinutes);
        json["seed"] = seed;
        json["slowestHostSeconds"] = Killer.SlowestHost.TotalSeconds;
        json["slowestWorkerSeconds"] = Killer.SlowestWorker.TotalSeconds;
        json["start"] = _start.Json;
        json["most"] = _most.Json;
        json["problems"] = new JsonArray([.. _ledger.Problems.Select(problem => (JsonNode)problem)]);
        return new(Lines(_ledger.Articles), json);
    }

    private string[] Lines(ICollection<Acknowledged> articles)
    {
        var refusals = _ledger.Refusals;
        return
        [
            $"articles       {articles.Count:N0}: {articles.Count(a => a.ByHttp):N0} over HTTP, "
                + $"{articles.Count(a => !a.ByHttp):N0} in the folder",
            $"tasks          {_ledger.Tasks:N0}",
            $"decisions      {_ledger.Decisions:N0}",
            $"publications   {_ledger.Publications:N0}",
            $"killed         the worker {Killer.Workers} times, the host {Killer.Hosts}, both {Killer.Both}",
            $"restarts       {Killer.Restarts} of the host; slowest "
                + $"{Killer.SlowestHost.TotalSeconds:0.0} s, of a worker "
                + $"{Killer.SlowestWorker.TotalSeconds:0.0} s",
            $"no answer      502 {refusals.BadGateway:N0} times, 503 {refusals.Unavailable:N0}, no "
                + $"connection {refusals.Cut:N0}",
            $"memory, host   {Mb(_start.Host)} at the start, {Mb(_end.Host)} at the end, "
                + $"{Mb(_most.Host)} at most",
            $"memory, worker {Mb(_start.Worker)} at the start, {Mb(_end.Worker)} at the end, "
                + $"{Mb(_most.Worker)} at most",
            $"runtime.db     {Mb(_start.File)} at the start, {Mb(_end.File)} at the end",
        ];
    }

    private string Counted() =>
        $"{_ledger.Articles.Count} articles, {_ledger.Tasks} tasks, {_ledger.Decisions} decisions, "
        + $"{_ledger.Publications} publications; killed {Killer.Workers} workers, {Killer.Hosts} hosts, "
        + $"{Killer.Both} both; {_ledger.Problems.Count} faults";

    private JsonObject Json(double minutes) =>
        new()
        {
            ["minutes"] = Math.Round(minutes, 2),
            ["articles"] = _ledger.Articles.Count,
            ["tasks"] = _ledger.Tasks,
            ["decisions"] = _ledger.Decisions,
            ["publications"] = _ledger.Publications,
            ["killed"] = new JsonObject
            {
                ["worker"] = Killer.Workers,
                ["host"] = Killer.Hosts,
                ["both"] = Killer.Both,
            },
            ["restarts"] = Killer.Restarts,
            ["refusals"] = new JsonObject
            {
                ["502"] = _ledger.Refusals.BadGateway,
                ["503"] = _ledger.Refusals.Unavailable,
                ["none"] = _ledger.Refusals.Cut,
            },
            ["now"] = _end.Json,
            ["faults"] = _ledger.Problems.Count,
        };

    private Size Now()
    {
        var (host, worker) = _host.Memory;
        return new(host, worker, _host.RuntimeBytes);
    }

    private static string Mb(long bytes) => $"{bytes / Megabyte:0.#} MB";

    /// <summary>Bytes of memory, and of <c>runtime.db</c>.</summary>
    private readonly record struct Size(long Host, long Worker, long File)
    {
        public JsonObject Json =>
            new()
            {
                ["hostBytes"] = Host,
                ["workerBytes"] = Worker,
                ["runtimeBytes"] = File,
            };
    }
}
