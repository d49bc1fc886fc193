using System.Text;

namespace FactCheck.Storage.Rules;

/// <summary>Azure Table Storage's rules, checked before either store is asked: what works on a laptop works on Azure.
/// https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model</summary>
internal static class TableRules
{
    private const int LongestKey = 512;

    // Headers and address of one operation in a batch, without its keys; measured at about 700.
    private const int OperationBytes = 1024;

    // A key travels twice: percent-encoded in the address (up to 9 bytes a character) and escaped in the body (6).
    private const int KeyCharacterBytes = 15;

    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Refuses what can't name a table.</summary>
    /// <exception cref="ArgumentException">Not a table's name.</exception>
    public static void CheckTable(string table)
    {
        ArgumentNullException.ThrowIfNull(table);
        // "tables" is the name of Azure's own table of tables.
        var fits =
            table.Length is >= 3 and <= 63
            && char.IsAsciiLetterLower(table[0])
            && table.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            && table is not "tables";
        if (!fits)
            throw new ArgumentException(
                $"'{table}' can't name a table: 3 to 63 lower-case letters and digits, a letter first.",
                nameof(table)
            );
    }

    public static bool IsKey(string key) => key.Length is > 0 and <= LongestKey && key.All(IsOfAKey);

    /// <summary>The beginning of a string as far as it could be a key.</summary>
    public static string StorablePart(string text) => new([.. text.TakeWhile(IsOfAKey).Take(LongestKey)]);

    /// <summary>Refuses a transaction that Azure would refuse whatever the table holds.</summary>
    /// <exception cref="ArgumentException">Something in it can't be stored, is there twice or is too much.</exception>
    public static void CheckTransaction(string table, string partition, IReadOnlyCollection<RowChange> changes)
    {
        CheckTable(table);
        CheckKey(partition, "partition");
        if (changes.Count > ITableStore.MaxChanges)
            throw new ArgumentException(
                $"A transaction takes {ITableStore.MaxChanges} changes, not {changes.Count}.",
                nameof(changes)
            );

        var keys = new HashSet<string>(StringComparer.Ordinal);
        var weight = 0L;
        foreach (var change in changes)
        {
            CheckKey(change.Key, "key");
            if (!keys.Add(change.Key))
                throw new ArgumentException(
                    $"A transaction changes a row once; '{change.Key}' is there twice.",
                    nameof(changes)
                );
            weight += OperationBytes + (KeyCharacterBytes * (partition.Length + change.Key.Length));
            if (JsonOf(change) is not { } json)
                continue;
            CheckJson(change.Key, json);
            weight += json.Sum(BytesWhenSent);
        }

        if (weight > ITableStore.MaxBytes)
            throw new ArgumentException(
                $"A transaction takes {ITableStore.MaxBytes} bytes as sent, not {weight}.",
                nameof(changes)
            );
    }

    public static string? JsonOf(RowChange change) =>
        change switch
        {
            RowChange.Insert insert => insert.Json,
            RowChange.Replace replace => replace.Json,
            RowChange.Put put => put.Json,
            RowChange.Delete => null,
            _ => throw new ArgumentException($"Unknown change {change.GetType()}.", nameof(change)),
        };

    private static bool IsOfAKey(char c) =>
        !(char.IsControl(c) || char.IsSurrogate(c) || c is '/' or '\\' or '#' or '?');

    private static void CheckKey(string key, string what)
    {
        if (!IsKey(key))
            throw new ArgumentException(
                $"'{key}' can't be a {what}: 1 to {LongestKey} characters without control characters, surrogates and / \\ # ?.",
                what
            );
    }

    private static void CheckJson(string key, string json)
    {
        int bytes;
        try
        {
            bytes = Strict.GetByteCount(json);
        }
        catch (EncoderFallbackException half)
        {
            throw new ArgumentException($"The document of row '{key}' has half a surrogate pair.", nameof(json), half);
        }

        if (bytes > ITableStore.MaxRowBytes)
            throw new ArgumentException(
                $"The document of row '{key}' is {bytes} bytes long; {ITableStore.MaxRowBytes} are the most.",
                nameof(json)
            );
    }

    // The SDK sends JSON as a JSON string through the default encoder, which writes these as \uXXXX.
    private static int BytesWhenSent(char c) =>
        c is < ' ' or > '~' or '"' or '&' or '\'' or '+' or '<' or '>' or '`' or '\\' ? 6 : 1;
}
