namespace FactCheck.Cli.Client;

/// <summary>What several verbs ask of a host.</summary>
internal static class DeskQueries
{
    /// <summary>The id of an article that is named by its id, or by the name under which it was handed in.</summary>
    public static string IdOf(string article) =>
        ArticleKey.IsValid(article) ? article : ArticleKey.Of("articles", article);

    /// <summary>An article by id or name.</summary>
    /// <exception cref="HostException">There is none.</exception>
    public static async Task<ArticleDetail> ArticleAsync(
        this DeskClient desk,
        string article,
        CancellationToken cancellation
    ) =>
        await desk.FindAsync($"api/articles/{IdOf(article)}", cancellation) is { } found
            ? found.As<ArticleDetail>()
            : throw new HostException(
                ExitCode.NotFound,
                $"The host has no article '{article}'. For those it has: factcheck watch --once",
                404
            );

    /// <summary>Articles, newest first, page by page until there are enough.</summary>
    public static Task<IReadOnlyList<ArticleSummary>> ArticlesAsync(
        this DeskClient desk,
        int most,
        CancellationToken cancellation
    ) => desk.ListAsync<ArticleSummary>("api/articles?", most, cancellation);

    /// <summary>A list, page by page. The path has its "?", and "&amp;" after what is asked.</summary>
    public static async Task<IReadOnlyList<T>> ListAsync<T>(
        this DeskClient desk,
        string path,
        int most,
        CancellationToken cancellation
    )
    {
        var found = new List<T>();
        for (string? cursor = null; ; )
        {
            var page = (
                await desk.GetAsync(
                    cursor is null ? path.TrimEnd('?', '&') : $"{path}cursor={Uri.EscapeDataString(cursor)}",
                    cancellation
                )
            ).As<ListOf<T>>();
            found.AddRange(page.Items);
            if ((cursor = page.Cursor) is null || found.Count >= most)
                return [.. found.Take(most)];
        }
    }
}
