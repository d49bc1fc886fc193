using FactCheck.Benchmarks;

// Release only: a debug build says nothing about speed.
var runs = args.Length > 0 && int.TryParse(args[0], out var given) && given > 0 ? given : 5;
using var folder = new BenchFolder();
Console.WriteLine($"fdatasync p50 {folder.SyncMilliseconds:0.000} ms; medians of {runs} runs; load {BenchFolder.Load}");
Console.WriteLine();
Console.WriteLine("| what | measured | goal |");
Console.WriteLine("| --- | ---: | ---: |");
foreach (var figure in await StartFigures.MeasureAsync(folder, runs))
    Console.WriteLine(figure);
await foreach (var figure in DurableFigures.MeasureAsync(folder, runs))
    Console.WriteLine(figure);
Console.WriteLine();
Console.WriteLine($"load {BenchFolder.Load}");
