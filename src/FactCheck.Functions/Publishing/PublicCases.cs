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
            if (!await IsPublicAsync(cases, key, cancellation))
                hidden.Add(key);
        return hidden;
    }

    // Of a case that is not what the desk wrote nothing is shown, and the rest of the page is.
    private static async Task<bool> IsPublicAsync(CaseStore cases, string key, CancellationToken cancellation)
    {
        try
        {
            return await cases.FindTrustedHeadAsync(key, cancellation) is { Value: var head }
                && Publication.IsPublic(head);
        }
        catch (TamperedCaseException)
        {
            return false; // the daily look logs it, and 'audit verify' names it
        }
    }
}
