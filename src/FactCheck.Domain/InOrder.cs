namespace FactCheck.Domain;

/// <summary>Looks things up in lists that are in order, in as many steps as their length has binary digits.</summary>
internal static class InOrder
{
    /// <summary>How many stand at the beginning of which something holds, where it holds of none behind them.</summary>
    public static int CountWhile<T>(IReadOnlyList<T> items, Func<T, bool> holds)
    {
        int low = 0,
            high = items.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (holds(items[middle]))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
