using System.Text.Json;
using FactCheck.Extraction.Claims;
using FactCheck.Storage;
using FactCheck.Storage.Local;

namespace FactCheck.Cli.Terminal;

/// <summary>Something that the person at the keyboard can mend; the message says what would help.</summary>
internal class CommandException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}

/// <summary>A user's mistake is a line and an exit code; anything else is a defect and keeps its trace.</summary>
internal static class Failure
{
    public static async Task<int> GuardAsync(Output output, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception wrong) when (CodeOf(wrong) is { } code)
        {
            output.Fail(wrong.Message, code);
            return code;
        }
    }

    private static int? CodeOf(Exception wrong) =>
        wrong switch
        {
            CommandException told => told.ExitCode,
            RosterException => ExitCode.Conflict,
            DamagedDeskException => ExitCode.Damaged,
            FileNotFoundException or DirectoryNotFoundException => ExitCode.NotFound,
            IOException
            or UnauthorizedAccessException
            or JsonException
            or InvalidWeightsException
            or InvalidDataException => ExitCode.Failed,
            _ => null,
        };
}
