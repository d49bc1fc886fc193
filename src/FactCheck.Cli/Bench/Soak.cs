using System.Diagnostics;
using FactCheck.Runtime;
using Microsoft.Data.Sqlite;

namespace FactCheck.Cli;

/// <summary>Kills a host under load again and again, then looks whether anything that it had acknowledged is missing.</summary>
internal sealed class Soak(string root, int seed, Output output)
{
    private static readonly TimeSpan EndWithin = TimeSpan.FromMinutes(2);

#pragma warning disable CA5394 // moments, not secrets
    private readonly Random _random = new(seed);

    /// <summary>Rounds of a minute, each on files of its own, until the time is over; what was found wrong.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        var wrong = new List<string>();
        while (Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < time)
        {
            var left = time - elapsed;
            wrong.AddRange(await RoundAsync(int.MaxValue, left < TimeSpan.FromMinutes(1) ? left : TimeSpan.FromMinutes(1), longestLife: 3000));
        }
        return wrong;
    }

    /// <summary>One round: a number of kills, or as many as fit into the time.</summary>
    public async Task<IReadOnlyList<string>> RoundAsync(int kills, TimeSpan time, int longestLife)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, Path.GetRandomFileName())).FullName;
        var start = Stopwatch.GetTimestamp();
        var done = 0;
        while (done < kills && Stopwatch.GetElapsedTime(start) < time)
        {
            await LiveAndDieAsync(folder, _random.Next(), _random.Next(longestLife));
            done++;
        }
        var (acknowledged, wrong) = await CheckAsync(folder);
        output.Line($"{done} kills, {acknowledged} starts and events acknowledged: {(wrong.Count == 0 ? "all there, all ended" : string.Join("; ", wrong.Take(5)))}");
        if (wrong.Count == 0)
            Directory.Delete(folder, recursive: true);
        return wrong;
    }

    /// <summary>A life of so many milliseconds from when the process is ready, or from its start: starting is a moment to be killed at, too.</summary>
    private async Task LiveAndDieAsync(string folder, int childSeed, int life)
    {
        var start = Self.Command(["bench", "soak-child", "--folder", folder, "--seed", (childSeed & 0xFFFFFF).ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        start.RedirectStandardOutput = true;
        using var child = Process.Start(start)!;
        if (_random.Next(8) > 0 && await child.StandardOutput.ReadLineAsync() is not "ready")
            throw new InvalidOperationException($"The child did not start on {folder} (seed {seed}).");
        await Task.Delay(life);
        child.Kill(); // SIGKILL: nothing of it runs any more
        await child.WaitForExitAsync();
    }
#pragma warning restore CA5394

    private static async Task<(int Acknowledged, List<string> Wrong)> CheckAsync(string folder)
    {
        var wrong = new List<string>();
        var acknowledged = Acknowledgements.Read(Path.Combine(folder, "acknowledged.jsonl")).ToHashSet();
        var host = await SoakWork.Host(folder, evictAlways: true).StartAsync();
        await using (host)
        {
            var ids = await WorkAsync(host.Client);
            foreach (var (id, _) in acknowledged.Where(one => one.Event.Length == 0 && !ids.Contains(one.Id)))
                wrong.Add($"the start of {id} was acknowledged and is lost");
            using var limit = new CancellationTokenSource(EndWithin);
            foreach (var id in ids)
                await SendMissingAsync(host.Client, id, acknowledged);
            foreach (var id in ids)
                wrong.AddRange(await ResultAsync(host.Client, id, limit.Token));
            await host.WhenIdleAsync();
        }
        wrong.AddRange(AtRest(Path.Combine(folder, "runtime.db")));
        return (acknowledged.Count, wrong);
    }

    private static async Task<HashSet<string>> WorkAsync(DurableTaskClient client)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var instance in client.GetAllInstancesAsync(new OrchestrationQuery { PageSize = 1000 }))
        {
            if (instance.Name is "Work")
                ids.Add(instance.InstanceId);
        }
        return ids;
    }

    /// <summary>What a careful client does: repeats what was not acknowledged, and only that.</summary>
    private static async Task SendMissingAsync(DurableTaskClient client, string id, HashSet<(string, string)> acknowledged)
    {
        foreach (var (name, payload) in SoakWork.Events(Program(id)).Where(one => !acknowledged.Contains((id, one.Name))))
            await client.RaiseEventAsync(id, name, payload);
    }

    private static async Task<IEnumerable<string>> ResultAsync(DurableTaskClient client, string id, CancellationToken limit)
    {
        try
        {
            var ended = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, limit);
            if (ended.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
                return [$"{id} ended as {ended.RuntimeStatus}: {ended.FailureDetails?.ErrorMessage}"];
            var result = ended.ReadOutputAs<long>();
            return result == SoakWork.Result(Program(id)) ? [] : [$"{id} gave {result}, not {SoakWork.Result(Program(id))}"];
        }
        catch (OperationCanceledException)
        {
            return [$"{id} did not end"];
        }
    }

    private static List<string> AtRest(string database)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT 'the file is damaged: ' || integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'
            UNION ALL SELECT count(*) || ' activities are still asked for' FROM activities HAVING count(*) > 0
            UNION ALL SELECT count(*) || ' timers are still set' FROM timers HAVING count(*) > 0
            UNION ALL SELECT count(*) || ' messages are unread' FROM inbox HAVING count(*) > 0
            UNION ALL SELECT count(*) || ' instances have not ended' FROM instances WHERE completed IS NULL HAVING count(*) > 0
            """;
        using var reader = command.ExecuteReader();
        var wrong = new List<string>();
        while (reader.Read())
            wrong.Add(reader.GetString(0));
        return wrong;
    }

    private static int Program(string id) => int.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture);
}
