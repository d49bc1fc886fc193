using System.Globalization;
using System.Text.Json.Nodes;
using FactCheck.Benchmarks;

if (args is [Peer.Argument])
{
    await Peer.RunAsync();
    return;
}

// Release only: a debug build says nothing about speed.
var isJson = args.Contains("--json");
var runs = args.Select(text => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0)
    .FirstOrDefault(number => number > 0, 5);
using var folder = new BenchFolder();
Say(
    $"fdatasync p50 {folder.SyncMilliseconds:0.000} ms; medians of {runs} runs; load {BenchFolder.Load}; the "
        + $"peer: Microsoft's in-process host, in memory, for {Peer.Processors} processors"
);
Say();
Say("| what | measured | goal | peer | |");
Say("| --- | ---: | ---: | ---: | --- |");
var missed = 0;
foreach (
    var part in (IAsyncEnumerable<Figure>[])
        [
            ReadingFigures.MeasureAsync(runs),
            StartFigures.MeasureAsync(folder, runs),
            WaitingFigures.MeasureAsync(folder),
            DurableFigures.MeasureAsync(folder, runs),
        ]
)
{
    await foreach (var figure in part)
    {
        Console.WriteLine(isJson ? figure.ToJson().ToJsonString() : figure.ToString());
        missed += figure.IsReached ? 0 : 1;
    }
}
Say();
Say($"{missed} missed; load {BenchFolder.Load}");
if (isJson)
    Console.WriteLine(
        new JsonObject
        {
            ["fdatasync"] = folder.SyncMilliseconds,
            ["runs"] = runs,
            ["missed"] = missed,
        }.ToJsonString()
    );

void Say(string line = "")
{
    if (!isJson)
        Console.WriteLine(line);
}
