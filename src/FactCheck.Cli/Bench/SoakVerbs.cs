using System.CommandLine;

namespace FactCheck.Cli;

/// <summary><c>factcheck bench soak</c>, and the process that it kills.</summary>
internal static class SoakVerbs
{
    public static Verb Soak()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 1 };
        var seed = new Option<int>("--seed") { Description = "The same seed takes the same programs and moments; another machine is never quite as fast.", DefaultValueFactory = _ => Environment.TickCount & 0xFFFFFF };
        var folder = new Option<string>("--folder") { Description = "Where the files are written.", DefaultValueFactory = _ => Path.GetTempPath() };
        var kills = new Option<int?>("--kills") { Description = "This many kills in one round, instead of a time.", Hidden = true };
        return new Verb(
            "soak",
            "Kill a host under load again and again, and look for what was acknowledged. Prints a verdict and the seed.",
            "factcheck bench soak --minutes 10",
            "factcheck bench soak --minutes 10 --seed 4711  # the programs and moments of that run")
        {
            minutes, seed, folder, kills,
        }.Does((parse, output, _) => RunAsync(
            TimeSpan.FromMinutes(parse.GetValue(minutes)), parse.GetValue(seed), parse.GetRequiredValue(folder), parse.GetValue(kills), output));
    }

    public static Verb Child()
    {
        var folder = new Option<string>("--folder") { Required = true };
        var seed = new Option<int>("--seed");
        var pause = new Option<int>("--pause") { Description = "Milliseconds between two starts of a lane; 0 for as fast as it goes." };
        var verb = new Verb("soak-child", "The process that a soak kills.", "factcheck bench soak-child --folder /var/tmp/soak --seed 1")
        {
            folder, seed, pause,
        }.Does((parse, output, _) => SoakChild.RunAsync(parse.GetRequiredValue(folder), parse.GetValue(seed), parse.GetValue(pause), output));
        verb.Hidden = true;
        return verb;
    }

    private static async Task<int> RunAsync(TimeSpan time, int seed, string folder, int? kills, Output output)
    {
        var root = Directory.CreateDirectory(Path.Combine(folder, "factcheck-soak-" + Path.GetRandomFileName())).FullName;
        var soak = new Soak(root, seed, output);
        var wrong = kills is { } count ? await soak.RoundAsync(count, TimeSpan.FromHours(1), longestLife: 60) : await soak.RunAsync(time);
        if (wrong.Count == 0)
            Directory.Delete(root, recursive: true);
        output.Line(wrong.Count == 0 ? $"sound (seed {seed})" : $"NOT SOUND (seed {seed}): {wrong.Count} findings; the files are kept in {root}");
        return wrong.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
