using System.Globalization;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using FactCheck.Storage.Rules;

namespace FactCheck.Storage.Azure;

/// <summary>Tables in Azure Table Storage. A row's document is cut over the properties <c>Json</c>, <c>Json1</c>, … of
/// 32K characters each; a commit is one entity group transaction. Over 1,000 rows are listed in several answers, each
/// consistent in itself. When an answer is lost and the SDK asks again, a commit that was made may seem a
/// conflict.</summary>
public sealed class AzureTables(TableServiceClient service) : ITableStore
{
    private const string Document = "Json";
    private const int PropertyCharacters = 32 * 1024;
    private const int MostInAnAnswer = 1000;
    private const int Tries = 5;

    /// <inheritdoc/>
    public async Task<TableRow?> FindAsync(
        string table,
        string partition,
        string key,
        CancellationToken cancellation = default
    )
    {
        TableRules.CheckTable(table);
        cancellation.ThrowIfCancellationRequested();
        if (!TableRules.IsKey(partition) || !TableRules.IsKey(key))
            return null;
        var found = await service
            .GetTableClient(table)
            .GetEntityIfExistsAsync<TableEntity>(partition, key, cancellationToken: cancellation);
        return found is { HasValue: true, Value: { } entity } ? RowOf(entity) : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TableRow>> ListAsync(
        string table,
        string partition,
        string prefix = "",
        string? after = null,
        int most = int.MaxValue,
        CancellationToken cancellation = default
    )
    {
        TableRules.CheckTable(table);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        cancellation.ThrowIfCancellationRequested();
        if (most == 0 || !TableRules.IsKey(partition) || (prefix.Length > 0 && !TableRules.IsKey(prefix)))
            return [];

        var rows = new List<TableRow>();
        var found = service
            .GetTableClient(table)
            .QueryAsync<TableEntity>(
                Filter(partition, prefix, after),
                Math.Min(most, MostInAnAnswer),
                cancellationToken: cancellation
            );
        try
        {
            await foreach (var entity in found)
            {
                if (!entity.RowKey.StartsWith(prefix, StringComparison.Ordinal))
                    break;
                if (after is not null && string.CompareOrdinal(entity.RowKey, after) <= 0)
                    continue;
                rows.Add(RowOf(entity));
                if (rows.Count == most)
                    break;
            }
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
        {
            return [];
        }

        return rows;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> CommitAsync(
        string table,
        string partition,
        IReadOnlyCollection<RowChange> changes,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(changes);
        TableRules.CheckTransaction(table, partition, changes);
        cancellation.ThrowIfCancellationRequested();
        if (changes.FirstOrDefault(HasForeignETag) is { } odd)
            throw new RowConflictException(table, partition, odd.Key);

        var client = service.GetTableClient(table);
        var left = changes.ToList();
        for (var tries = 1; left.Count > 0; tries++)
        {
            try
            {
                return await SubmitAsync(client, partition, left, cancellation);
            }
            catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound && tries < Tries)
            {
                await client.CreateIfNotExistsAsync(cancellation);
            }
            catch (TableTransactionFailedException e)
                when (IsConflict(e) && e.FailedTransactionActionIndex is { } at && at < left.Count)
            {
                // The service refuses to remove what is not there; for us that is done already.
                if (left[at] is not RowChange.Delete { ETag: null } || tries == Tries)
                    throw new RowConflictException(table, partition, left[at].Key, e);
                left = await WithoutWhatIsGoneAsync(client, partition, left, cancellation);
            }
        }

        return new Dictionary<string, string>(StringComparer.Ordinal);
    }

    private static async Task<IReadOnlyDictionary<string, string>> SubmitAsync(
        TableClient client,
        string partition,
        List<RowChange> changes,
        CancellationToken cancellation
    )
    {
        var answers = await client.SubmitTransactionAsync(
            changes.Select(change => ActionOf(partition, change)),
            cancellation
        );
        return changes
            .Zip(answers.Value)
            .Where(pair => pair.First is not RowChange.Delete)
            .ToDictionary(
                pair => pair.First.Key,
                pair => Text(pair.Second.Headers.ETag!.Value),
                StringComparer.Ordinal
            );
    }

    private static async Task<List<RowChange>> WithoutWhatIsGoneAsync(
        TableClient client,
        string partition,
        List<RowChange> changes,
        CancellationToken cancellation
    )
    {
        var left = new List<RowChange>();
        foreach (var change in changes)
        {
            var isGone =
                change is RowChange.Delete { ETag: null }
                && !(
                    await client.GetEntityIfExistsAsync<TableEntity>(
                        partition,
                        change.Key,
                        [nameof(TableEntity.RowKey)],
                        cancellation
                    )
                ).HasValue;
            if (!isGone)
                left.Add(change);
        }

        return left;
    }

    private static TableTransactionAction ActionOf(string partition, RowChange change) =>
        change switch
        {
            RowChange.Insert(var key, var json) => new(TableTransactionActionType.Add, EntityOf(partition, key, json)),
            RowChange.Replace(var key, var json, var etag) => new(
                TableTransactionActionType.UpdateReplace,
                EntityOf(partition, key, json),
                new(etag)
            ),
            RowChange.Put(var key, var json) => new(
                TableTransactionActionType.UpsertReplace,
                EntityOf(partition, key, json)
            ),
            RowChange.Delete(var key, var etag) => new(
                TableTransactionActionType.Delete,
                new TableEntity(partition, key),
                etag is null ? ETag.All : new(etag)
            ),
            _ => throw new ArgumentException($"Unknown change {change.GetType()}.", nameof(change)),
        };

    private static TableEntity EntityOf(string partition, string key, string json)
    {
        var entity = new TableEntity(partition, key) { [Document] = "" };
        for (int at = 0, part = 0, length; at < json.Length; at += length)
        {
            length = Math.Min(PropertyCharacters, json.Length - at);
            // Half a surrogate pair would not survive being sent.
            if (at + length < json.Length && char.IsHighSurrogate(json[at + length - 1]))
                length--;
            entity[Property(part++)] = json.Substring(at, length);
        }

        return entity;
    }

    private static TableRow RowOf(TableEntity entity)
    {
        var json =
            entity.GetString(Document)
            ?? throw new InvalidDataException(
                $"Row '{entity.RowKey}' of partition '{entity.PartitionKey}' has no property '{Document}'."
            );
        if (entity.ContainsKey(Property(1)))
        {
            var whole = new StringBuilder(json);
            for (var part = 1; entity.GetString(Property(part)) is { } more; part++)
                whole.Append(more);
            json = whole.ToString();
        }

        return new(entity.RowKey, json, Text(entity.ETag));
    }

    private static string Property(int part) =>
        part == 0 ? Document : Document + part.ToString(CultureInfo.InvariantCulture);

    private static string Filter(string partition, string prefix, string? after)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition}");
        if (prefix.Length > 0)
            filter += TableClient.CreateQueryFilter($" and RowKey ge {prefix}");
        if (EndOf(prefix) is { } end)
            filter += TableClient.CreateQueryFilter($" and RowKey lt {end}");
        // Cursors come from outside: what no key can hold is not sent, and ListAsync compares with the whole of it.
        if (after is not null && TableRules.StorablePart(after) is { Length: > 0 } from)
            filter += TableClient.CreateQueryFilter($" and RowKey gt {from}");
        return filter;
    }

    // The first string after all that begin with the prefix; null where that is no valid text: the caller stops itself.
    private static string? EndOf(string prefix) =>
        prefix.Length > 0 && prefix[^1] < '\uD7FF' ? prefix[..^1] + (char)(prefix[^1] + 1) : null;

    private static bool IsConflict(RequestFailedException e) =>
        e.Status == 412
        || e.ErrorCode == TableErrorCode.EntityAlreadyExists
        || (e.Status == 404 && e.ErrorCode != TableErrorCode.TableNotFound);

    // "*" would match any version, and the service answers "bad request" to what it never made.
    private static bool HasForeignETag(RowChange change) =>
        (change is RowChange.Replace { ETag: var replaced } && !IsOurs(replaced))
        || (change is RowChange.Delete { ETag: { } deleted } && !IsOurs(deleted));

    private static bool IsOurs(string etag) =>
        etag.StartsWith("W/\"datetime'", StringComparison.Ordinal) && etag.EndsWith("'\"", StringComparison.Ordinal);

    private static string Text(ETag etag) => etag.ToString("H");
}
