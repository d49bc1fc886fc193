namespace FactCheck.Functions.Http;

// What openapi.json says of a function beyond its signature and its doc comments. Functions bind the request as a
// whole, so that what they read of it shows nowhere else.

/// <summary>Something of the request that a function reads by name.</summary>
public abstract class ReadsAttribute(string place, string name, string meaning) : Attribute
{
    public string Place => place;
    public string Name => name;
    public string Meaning => meaning;
    public Type Type { get; set; } = typeof(string);
    public bool Required { get; set; }

    /// <summary>How many characters; 0 where nothing is said.</summary>
    public int MaxLength { get; set; }

    /// <summary>The largest number, from 1; 0 where nothing is said.</summary>
    public int Maximum { get; set; }
    public object? Default { get; set; }
    public string? Example { get; set; }
}

[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class QueryAttribute(string name, string meaning) : ReadsAttribute("query", name, meaning);

[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class HeaderAttribute(string name, string meaning) : ReadsAttribute("header", name, meaning);

/// <summary>A list that goes on (<see cref="Requests.Cursor"/>).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CursorAttribute : ReadsAttribute
{
    public CursorAttribute()
        : base("query", "cursor", "Where the list goes on: the cursor of the answer before.") =>
        MaxLength = Requests.LongestCursor;
}

/// <summary>A function that is sent a record as JSON (<see cref="Requests.ReadAsync"/>).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TakesAttribute(Type record) : Attribute
{
    public Type Record => record;
}

/// <summary>A function that is sent an article's file.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TakesFileAttribute : Attribute
{
    /// <summary>What a file may look like.</summary>
    public const string Example = """
        ---
        outlet: Lenne Courier
        published: 2026-02-27
        sourceUrl: https://courier.example/bridge
        ---
        # A bridge too late

        The bridge over the Lenne cost 42 million euros.

        """;

    /// <summary>The same as a form, in JSON.</summary>
    public const string FormExample = """
        {
          "file": "The bridge over the Lenne cost 42 million euros.",
          "outlet": "Lenne Courier",
          "published": "2026-02-27",
          "purpose": "ThirdParty"
        }
        """;

    /// <summary>True where a form is taken as well.</summary>
    public bool AlsoForm { get; set; }

    public string Meaning =>
        $"The file itself, at most 10 MB; its name's ending says what it is: {string.Join(", ", ArticleFile.Endings)}."
        + (AlsoForm ? " As a form also what is known beside it." : "");
}

/// <summary>What is in the bytes that a function answers.</summary>
/// <param name="record">What the JSON holds; null for a text.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class SendsAttribute(string mediaType, Type? record = null) : Attribute
{
    public string MediaType => mediaType;
    public Type? Record => record;
}

/// <summary>How a public function learns all the same who calls.</summary>
/// <param name="alternatives">Names of security schemes, by space; empty for a caller that nobody knows.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SecurityAttribute(params string[] alternatives) : Attribute
{
    public IReadOnlyList<string> Alternatives => alternatives;
}
