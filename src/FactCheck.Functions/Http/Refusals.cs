namespace FactCheck.Functions.Http;

/// <summary>An answer of problem details (RFC 9457). What openapi.json says of a kind is its summary.</summary>
/// <param name="errors">Field to what is wrong with it.</param>
/// <param name="lease">Who is in the way.</param>
public abstract class Refusal(string detail, IReadOnlyDictionary<string, string>? errors = null, Lease? lease = null)
    : IResult
{
    /// <summary>What happened here, in one sentence for the caller.</summary>
    public string Detail => detail;

    private protected virtual int Code => StatusAttribute.Of(this).Code;

    public virtual Task ExecuteAsync(HttpContext httpContext)
    {
        var title = StatusAttribute.Of(this).Title;
        var problem = new Problem(title, Code, detail, errors, lease?.Holder.Name, lease?.Until);
        return Results
            .Json(problem, HttpJson.Default.Problem, "application/problem+json", Code)
            .ExecuteAsync(httpContext);
    }
}

/// <summary>The request can't be understood; the detail says what and where.</summary>
[Status(StatusCodes.Status400BadRequest, "Bad request")]
public sealed class BadRequest(string detail) : Refusal(detail);

/// <summary>No token or session, or one that is over.</summary>
[Status(
    StatusCodes.Status401Unauthorized,
    "Not signed in",
    Header = "WWW-Authenticate",
    HeaderSays = "Bearer, and of a token that was sent why it is refused."
)]
public sealed class NotSignedIn(string detail = "Sign in, or send a bearer token.", string? refused = null)
    : Refusal(detail)
{
    /// <summary>True where nothing was sent that could be refused.</summary>
    public bool IsOfStranger => refused is null;

    /// <summary>Something was sent that is refused.</summary>
    public static NotSignedIn Because(string why) => new($"The token is refused. {why}", why);

    public override Task ExecuteAsync(HttpContext httpContext)
    {
        // RFC 6750, section 3: the description is ASCII without quotes and backslashes.
        httpContext.Response.Headers.WWWAuthenticate = refused is null
            ? "Bearer"
            : $"Bearer error=\"invalid_token\", error_description=\"{refused}\"";
        return base.ExecuteAsync(httpContext);
    }
}

/// <summary>The role does not allow it; the detail names the least one.</summary>
[Status(StatusCodes.Status403Forbidden, "Not allowed")]
public sealed class NotAllowed(string detail) : Refusal(detail);

/// <summary>There is no such thing.</summary>
[Status(StatusCodes.Status404NotFound, "Not found")]
public sealed class NotFound(string what) : Refusal($"There is no such {what}.");

/// <summary>Not in this state; the detail says why, holder and until who is on it.</summary>
[Status(StatusCodes.Status409Conflict, "Conflict")]
public sealed class Conflict(string detail, Lease? lease = null) : Refusal(detail, null, lease);

/// <summary>It was published and taken back.</summary>
[Status(StatusCodes.Status410Gone, "Gone")]
public sealed class Gone(string detail) : Refusal(detail);

/// <summary>The task was changed since it was read: read it again, then decide.</summary>
[Status(StatusCodes.Status412PreconditionFailed, "Changed in the meantime")]
public sealed class Stale() : Refusal("The task was changed since you read it. Read it again, then decide.");

/// <summary>More bytes than the desk takes.</summary>
[Status(StatusCodes.Status413PayloadTooLarge, "Too large")]
public sealed class TooLarge(string detail) : Refusal(detail);

/// <summary>A format that is not read here.</summary>
[Status(StatusCodes.Status415UnsupportedMediaType, "Unsupported format")]
public sealed class Unsupported(string detail) : Refusal(detail);

/// <summary>Understood, but not complete: errors names each field.</summary>
[Status(StatusCodes.Status422UnprocessableEntity, "Incomplete")]
public sealed class Incomplete(string detail, IReadOnlyDictionary<string, string> errors) : Refusal(detail, errors)
{
    public Incomplete(string detail, string field, string problem)
        : this(detail, new Dictionary<string, string>(StringComparer.Ordinal) { [field] = problem }) { }
}

/// <summary>Send If-Match with the ETag that you saw.</summary>
[Status(StatusCodes.Status428PreconditionRequired, "Precondition required")]
public sealed class PreconditionRequired()
    : Refusal("Send If-Match with the ETag that you saw, so that nobody's work is overwritten.");

/// <summary>Too many requests from this address, or from everybody; Retry-After says when to try again.</summary>
[Status(StatusCodes.Status429TooManyRequests, "Too many requests", Header = "Retry-After", HeaderSays = "In seconds.")]
public sealed class TooMany(string detail, TimeSpan wait) : Refusal(detail)
{
    public override Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.RetryAfter = $"{Math.Ceiling(wait.TotalSeconds):0}";
        return base.ExecuteAsync(httpContext);
    }
}

/// <summary>Something went wrong here; the detail names the log entry.</summary>
/// <param name="status">Another one, where whoever found the error knows it.</param>
[Status(StatusCodes.Status500InternalServerError, "Error")]
public sealed class Failed(string detail, int status = StatusCodes.Status500InternalServerError) : Refusal(detail)
{
    private protected override int Code => status;
}

/// <summary>The desk's storage can't be reached; Retry-After says when to try again.</summary>
/// <param name="retryAfter">In seconds.</param>
[Status(
    StatusCodes.Status503ServiceUnavailable,
    "Not ready",
    Header = "Retry-After",
    HeaderSays = "In seconds, where that is known."
)]
public sealed class Away(string detail, int? retryAfter = 10) : Refusal(detail)
{
    public override Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.RetryAfter = retryAfter?.ToString();
        return base.ExecuteAsync(httpContext);
    }
}

/// <summary>Ends a function with a refusal, from wherever it is found.</summary>
internal sealed class RefusedException(Refusal answer) : Exception(answer.Detail)
{
    /// <summary>The request can't be understood.</summary>
    public RefusedException(string detail)
        : this(new BadRequest(detail)) { }

    public Refusal Answer => answer;
}
