namespace FactCheck.Cli.Terminal;

internal static class Waiting
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    /// <summary>Waits for some work, and says what it is when it takes over a second.</summary>
    public static async Task ForAsync(Task work, Output output, string what)
    {
        if (await Task.WhenAny(work, Task.Delay(Long)) != work)
            output.Note(what);
        await work;
    }
}
