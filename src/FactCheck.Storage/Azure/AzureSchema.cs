using System.Globalization;
using System.Text.Json;

namespace FactCheck.Storage.Azure;

/// <summary>Which release may write the tables of an account: what <c>user_version</c> is to <c>desk.db</c>.</summary>
public static class AzureSchema
{
    /// <summary>3: heads are sealed. A release that knows no seals would drop them.</summary>
    public const int Version = 3;

    internal const string Table = "desk";
    internal const string Partition = "desk";
    internal const string Row = "schema";

    /// <summary>Writes that this release wrote here, unless that is known.</summary>
    /// <exception cref="InvalidDataException">The tables are of a newer release, or the row holds something else.
    /// </exception>
    public static async Task ClaimAsync(ITableStore tables, CancellationToken cancellation = default)
    {
        for (var again = false; ; again = true)
        {
            var row = await tables.FindAsync(Table, Partition, Row, cancellation);
            var written = row is null ? 0 : VersionOf(row.Json);
            if (written > Version)
                throw new InvalidDataException(
                    $"The tables of the storage account have version {Number(written)}; this release knows versions up to "
                        + $"{Number(Version)}. Deploy the release that wrote them, or a later one."
                );
            if (written == Version)
                return;
            var json = $$"""{"version":{{Number(Version)}}}""";
            try
            {
                RowChange change = row is null
                    ? new RowChange.Insert(Row, json)
                    : new RowChange.Replace(Row, json, row.ETag);
                await tables.CommitAsync(Table, Partition, [change], cancellation);
                return;
            }
            catch (RowConflictException) when (!again)
            {
                // Another instance starts just now: of which release is looked at.
            }
        }
    }

    private static int VersionOf(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.GetProperty("version").GetInt32();
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"The version of the storage account's tables can't be read: {json}", error);
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
