using System.Text.RegularExpressions;
using Google.Protobuf;

namespace FactCheck.Host.Worker;

/// <summary>Makes of what a worker says of an exception what an orchestration sees of it.</summary>
internal static partial class Failures
{
    private const string Unknown = "(unknown)";

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public static TaskFailureDetails Make(string type, string message) =>
        new() { ErrorType = type, ErrorMessage = message };

    /// <summary>Inside the durable executor an exception becomes JSON in the first line of the message; one from
    /// elsewhere (a converter, a constructor, a middleware) is plain text, type and message, with its stack below; with
    /// EnableUserCodeException, type and message come by themselves.</summary>
    public static TaskFailureDetails Read(Rpc.RpcException error)
    {
        var firstLine = FirstLine(error.Message);
        if (Parse(firstLine) is { } parsed)
            return parsed;
        var (type, message) = error.Type.Length > 0 ? (error.Type, error.Message) : Split(firstLine);
        var failure = Make(type, message);
        if (error.StackTrace.Length > 0)
            failure.StackTrace = error.StackTrace;
        return failure;
    }

    private static TaskFailureDetails? Parse(string line)
    {
        if (!line.StartsWith('{'))
            return null;
        try
        {
            return Parser.Parse<TaskFailureDetails>(line);
        }
        catch (IOException)
        {
            return null; // a message that happens to begin with a brace
        }
    }

    private static (string Type, string Message) Split(string line)
    {
        if (Unnamed().Match(line) is { Success: true } unnamed)
            return (unnamed.Groups["type"].Value, string.Empty);
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && !line.AsSpan(0, colon).Contains(' ')
            ? (line[..colon], line[(colon + 2)..])
            : (Unknown, line);
    }

    private static string FirstLine(string text)
    {
        var end = text.IndexOf('\n');
        return (end < 0 ? text : text[..end]).Trim();
    }

    [GeneratedRegex(
        "^Exception of type '(?<type>[^']+)' was thrown\\.$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Unnamed();
}
