namespace FactCheck.Benchmarks;

/// <summary>Orchestrations on a durable host with its worker in a process of its own, and on the peer, turn by
/// turn.</summary>
internal static class DurableFigures
{
    /// <summary>So often both sides compile what they do anew, each time better.</summary>
    private const int WarmRounds = 6;

    public static async IAsyncEnumerable<Figure> MeasureAsync(BenchFolder folder, int runs)
    {
        await using var host = await folder.StartAsync();
        var client = BenchFolder.ClientOf(host);
        await using var peer = Peer.Start();
        for (var round = 0; round < WarmRounds; round++)
        {
            foreach (var load in (string[])["five", "fan 1000", "row"])
                await BothAsync(load, 1);
        }

        var (five, fiveOfPeer) = await BothAsync("five", runs);
        yield return new($"five activities at once, {Load.AtOnce} orchestrations at once", five, "/s", 2_500)
        {
            AtLeast = true,
            Peer = fiveOfPeer,
            PeerGoal = 2.5,
        };
        var (fan, fanOfPeer) = await BothAsync("fan 1000", runs);
        yield return new("fan-out 1×1,000", fan, "ms", 80) { Peer = fanOfPeer, PeerGoal = 2 };
        var (wide, wideOfPeer) = await BothAsync("fan 10000", runs);
        yield return new("fan-out 1×10,000", wide, "ms", 900) { Peer = wideOfPeer, PeerGoal = 2 };
        var (chain, chainOfPeer) = await BothAsync("chain 1000", runs);
        yield return new("chain of 1,000", chain, "ms", 1_200) { Peer = chainOfPeer };
        var (twice, twiceOfPeer) = await BothAsync("chain 2000", runs);
        yield return new("chain, t(2,000)/t(1,000)", twice / chain, "×", 2.3) { Peer = twiceOfPeer / chainOfPeer };
        var (one, oneOfPeer) = await BothAsync("row", runs);
        yield return new("one activity, one orchestration at a time", one, "ms", 2.5) { Peer = oneOfPeer };

        async Task<(double Ours, double Peer)> BothAsync(string load, int times)
        {
            var (values, beside) = (new List<double>(times), new List<double>(times));
            for (var run = 0; run < times; run++)
            {
                values.Add(await Load.RunAsync(client, load));
                beside.Add(await peer.MeasureAsync(load));
            }
            return (Statistics.Median(values), Statistics.Median(beside));
        }
    }
}
