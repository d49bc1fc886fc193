using System.Text.Json;

namespace FactCheck.Cli.Client;

internal sealed class HostException(int exitCode, string message, int status = 0, Exception? inner = null)
    : CommandException(exitCode, message, inner)
{
    /// <summary>HTTP status; 0 when no answer came.</summary>
    public int Status { get; } = status;

    /// <summary>No other call would fare better: nobody answers, or nobody lets this person in.</summary>
    public bool ConcernsEveryCall => ExitCode == Terminal.ExitCode.Unreachable || Status is 401 or 403;

    public static HostException Unreachable(Uri host, Exception why) =>
        new(
            Terminal.ExitCode.Unreachable,
            $"Nobody answers at {host} ({Innermost(why).Message}). Start the host (factcheck serve), or name "
                + "another with --host or FACTCHECK_HOST.",
            0,
            why
        );

    /// <summary>An answer other than success, in a sentence, with what would help.</summary>
    public static HostException Of(Uri host, int status, byte[] body, bool hasToken, bool isManagement)
    {
        var problem = Read(body);
        var detail = problem?.Detail ?? $"{host} answered {status} and does not say why. Is it a FactCheck host?";
        var fields = problem?.Errors is { Count: > 0 } errors
            ? string.Concat(errors.Select(e => $"\n  {e.Key}: {e.Value}"))
            : "";
        return new(CodeOf(status), detail + fields + HelpWith(status, hasToken, isManagement, problem), status);
    }

    private static int CodeOf(int status) =>
        status switch
        {
            400 or 413 or 415 or 422 or 428 => Terminal.ExitCode.Usage,
            401 or 403 => Terminal.ExitCode.Refused,
            404 or 410 => Terminal.ExitCode.NotFound,
            409 or 412 => Terminal.ExitCode.Conflict,
            429 or 503 => Terminal.ExitCode.Unreachable,
            _ => Terminal.ExitCode.Failed,
        };

    private static string HelpWith(int status, bool hasToken, bool isManagement, Problem? problem) =>
        status switch
        {
            401 when hasToken =>
                " The host does not take this token: it is over, was revoked, or is of another desk. For a "
                    + "new one: factcheck token create NAME ROLE --data FOLDER",
            401 => " Give a token with --token or FACTCHECK_TOKEN. Whoever runs the desk makes one: factcheck "
                + "token create NAME ROLE --data FOLDER",
            403 when isManagement =>
                " It takes an Operator's token (factcheck token create NAME Operator --data FOLDER); on "
                    + "'factcheck host run', the key that it names.",
            409 when problem?.Until is { } until => $" (until {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC)",
            412 => " To look again: factcheck review show TASK",
            _ => "",
        };

    private static Problem? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, HttpJson.Default.Problem);
        }
        catch (JsonException)
        {
            return null; // a proxy's page, or no body at all
        }
    }

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;
}
