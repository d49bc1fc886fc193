using Grpc.Core;

namespace FactCheck.Host.Durable.Protocol;

/// <summary>What is refused, with the status codes of Microsoft's backends.</summary>
internal static class Refusals
{
    /// <summary>The most that is taken of one input or payload, in UTF-16 code units.</summary>
    public const int MostCharacters = 10 * 1024 * 1024;

    private const int MostIdCharacters = 1_000;

    /// <exception cref="RpcException">It can't be one.</exception>
    public static string Id(string id) =>
        id switch
        {
            null or "" => throw Invalid("The instance's id is missing."),
            { Length: > MostIdCharacters } => throw Invalid(
                $"An instance's id has at most {MostIdCharacters} characters."
            ),
            _ => id,
        };

    /// <exception cref="RpcException">It is too large.</exception>
    public static string? Limited(string? text, string what) =>
        text is { Length: > MostCharacters }
            ? throw Invalid(
                $"{what} has {text.Length:N0} characters; the most is {MostCharacters:N0}. Store it, and pass its id."
            )
            : text;

    public static RpcException Invalid(string why) => new(new Status(StatusCode.InvalidArgument, why));

    public static RpcException NotFound(string id) =>
        new(new Status(StatusCode.NotFound, $"There is no instance '{id}'."));

    public static RpcException NotNow(string why) => new(new Status(StatusCode.FailedPrecondition, why));

    /// <summary>A client that asks again finds the next host.</summary>
    public static RpcException Stops() => new(new Status(StatusCode.Unavailable, "The host stops."));

    public static RpcException NotHere(string why) => new(new Status(StatusCode.Unimplemented, why));

    public static RpcException NoEntities() =>
        NotHere("This host runs orchestrations and activities; it has no entities.");

    public static RpcException Of(RefusedException refused)
    {
        var code = refused.Reason switch
        {
            Refusal.Exists => StatusCode.AlreadyExists,
            Refusal.Missing => StatusCode.NotFound,
            _ => StatusCode.FailedPrecondition,
        };
        return new(new Status(code, refused.Message));
    }
}
