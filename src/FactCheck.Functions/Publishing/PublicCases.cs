namespace FactCheck.Functions.Publishing;

/// <summary>Lists of what is published are hints: the case says what is public.</summary>
internal static class PublicCases
{
    /// <summary>Of some articles those of which nothing is public, by key.</summary>
    public static async Task<IReadOnlySet<string>> HiddenAsync(
        this CaseStore cases,
        IEnumerable<string> articleKeys,
        CancellationToken cancellation
    )
    {
        var hidden = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in articleKeys.Distinct(StringComparer.Ordinal))
            if (await cases.FindHeadAsync(key, cancellation) is not { Value: var head } || !Publication.IsPublic(head))
                hidden.Add(key);
        return hidden;
    }
}
