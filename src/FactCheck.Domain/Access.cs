namespace FactCheck.Domain;

/// <summary>What the access log tells of.</summary>
public enum AccessKind
{
    /// <summary>A one-time code became a session or a token.</summary>
    SignedIn,

    /// <summary>A call was answered 401, 403 or 429.</summary>
    Refused,

    /// <summary>A file was handed in over HTTP.</summary>
    Uploaded,
}

/// <summary>A line of the access log. It holds no code and no token.</summary>
/// <param name="Call">The function that was called, as openapi.json names it.</param>
/// <param name="Status">Of the answer.</param>
/// <param name="Address">Of the caller, as far as the desk knows it; of IPv6 the network.</param>
/// <param name="Name">Whose call it was; null for a stranger's.</param>
/// <param name="PersonId">The same, by id.</param>
/// <param name="Subject">Of an upload the article's name.</param>
public sealed record AccessEntry(
    AccessKind What,
    string Call,
    int Status,
    string Address,
    string? Name = null,
    string? PersonId = null,
    string? Subject = null
)
{
    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>How many refusals within the hour the line stands for; 1 for any other.</summary>
    public int Times { get; init; } = 1;
}
