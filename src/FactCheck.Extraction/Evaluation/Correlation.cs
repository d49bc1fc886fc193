namespace FactCheck.Extraction.Evaluation;

/// <summary>How far two rows of numbers go together.</summary>
public static class Correlation
{
    /// <summary>Pearson's r, -1 to 1; 0 where either row never changes.</summary>
    public static double Pearson(IReadOnlyList<(double X, double Y)> pairs)
    {
        if (pairs.Count == 0)
            return 0;
        var (meanX, meanY) = (pairs.Average(p => p.X), pairs.Average(p => p.Y));
        var together = pairs.Sum(p => (p.X - meanX) * (p.Y - meanY));
        var spread = Math.Sqrt(
            pairs.Sum(p => (p.X - meanX) * (p.X - meanX)) * pairs.Sum(p => (p.Y - meanY) * (p.Y - meanY))
        );
        return spread == 0 ? 0 : together / spread;
    }
}

/// <summary>How well a ranking finds what is relevant.</summary>
public static class Ranking
{
    /// <summary>Of the first so many answers, 0..1: the mean, over the relevant, of precision at their ranks.</summary>
    public static double AveragePrecision(IReadOnlyList<string> answers, IReadOnlySet<string> relevant, int cut = 5)
    {
        if (relevant.Count == 0)
            return 0;
        var (sum, hits) = (0.0, 0);
        for (var i = 0; i < Math.Min(cut, answers.Count); i++)
        {
            if (!relevant.Contains(answers[i]))
                continue;
            hits++;
            sum += (double)hits / (i + 1);
        }

        return sum / Math.Min(cut, relevant.Count);
    }
}
