namespace FactCheck.Runtime;

/// <summary>This host's own entry points, beside those it shares with Azure.</summary>
public static class EmbeddedHost
{
    /// <summary>
    /// A host for tests: the same engine on a temporary folder, a clock that only the test moves, orchestrators and activities as lambdas or whole apps.
    /// <code>
    /// await using var host = await EmbeddedHost.ForTests()
    ///     .AddOrchestrator("Greet", async context => await context.CallActivityAsync&lt;string&gt;("Hello", "world"))
    ///     .AddActivity&lt;string, string&gt;("Hello", name => Task.FromResult($"Hello, {name}"))
    ///     .StartAsync();
    /// var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Greet");
    /// await host.WhenIdleAsync();
    /// </code>
    /// </summary>
    public static TestHostBuilder ForTests() => new();

    /// <summary>Blobs that a function was given and failed for as often as <c>poisonBlobThreshold</c> says; whether or not a host runs on the folder.</summary>
    /// <param name="dataDirectory">The folder that holds <c>runtime.db</c>.</param>
    public static IReadOnlyList<PoisonBlob> ListPoisonBlobs(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "runtime.db");
        if (!File.Exists(path))
            return [];
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder { DataSource = path, Mode = Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        return Database.Poisoned(connection).ConvertAll(PoisonBlob.Of);
    }
}

/// <summary>A blob that was given up. The first six are those of Azure's poison message.</summary>
/// <param name="Type">Always <c>BlobTrigger</c>.</param>
/// <param name="FunctionId">The function's name.</param>
/// <param name="BlobType">Always <c>BlockBlob</c>.</param>
/// <param name="ContainerName">The container.</param>
/// <param name="BlobName">The name within it.</param>
/// <param name="ETag">The version that failed; another one is tried afresh.</param>
/// <param name="Reason">The last error.</param>
/// <param name="At">When it was given up.</param>
public sealed record PoisonBlob(
    string Type, string FunctionId, string BlobType, string ContainerName, string BlobName, string ETag, string Reason, DateTimeOffset At)
{
    internal static PoisonBlob Of(BlobReceipt receipt) => new(
        "BlobTrigger", receipt.Function, "BlockBlob", receipt.Container, receipt.Name, receipt.ETag, receipt.Error ?? string.Empty, new DateTimeOffset(receipt.Updated));
}
