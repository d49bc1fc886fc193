using System.Reflection;

namespace FactCheck.Functions.Http;

/// <summary>What HTTP calls an answer of this type; openapi.json is written from it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StatusAttribute(int code, string title = "") : Attribute
{
    public int Code => code;

    /// <summary>The kind of problem, as problem details name it; empty for what is none.</summary>
    public string Title => title;

    /// <summary>A header that comes with it; null for none.</summary>
    public string? Header { get; set; }

    /// <summary>What that header says.</summary>
    public string? HeaderSays { get; set; }

    internal static StatusAttribute Of(IResult answer) => answer.GetType().GetCustomAttribute<StatusAttribute>()!;
}

/// <summary>A record as JSON: the type says which one, under which status and with which header.</summary>
public abstract class RecordAnswer<T>(T value, string? header = null) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var status = StatusAttribute.Of(this);
        if (status.Header is { } name)
            httpContext.Response.Headers[name] = header;
        return Results.Json(value, HttpJson.Of<T>(), statusCode: status.Code).ExecuteAsync(httpContext);
    }
}

[Status(StatusCodes.Status200OK)]
public sealed class Json<T>(T value) : RecordAnswer<T>(value);

[Status(StatusCodes.Status200OK, Header = "ETag", HeaderSays = "The version of the task; send it back as If-Match.")]
public sealed class Tagged<T>(T value, string tag) : RecordAnswer<T>(value, tag);

[Status(StatusCodes.Status201Created, Header = "Location", HeaderSays = "Where it is found.")]
public sealed class CreatedAt<T>(string location, T value) : RecordAnswer<T>(value, location);

[Status(StatusCodes.Status202Accepted, Header = "Location", HeaderSays = "Where it is found.")]
public sealed class AcceptedAt<T>(string location, T value) : RecordAnswer<T>(value, location);
