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
        catch (CommandException told)
        {
            output.Fail(told.Message, told.ExitCode);
            return told.ExitCode;
        }
        catch (RosterException told)
        {
            output.Fail(told.Message, ExitCode.Conflict);
            return ExitCode.Conflict;
        }
        catch (DamagedDeskException damaged)
        {
            output.Fail(damaged.Message, ExitCode.Damaged);
            return ExitCode.Damaged;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            output.Fail(missing.Message, ExitCode.NotFound);
            return ExitCode.NotFound;
        }
        catch (Exception wrong)
            when (wrong
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or InvalidWeightsException
                        or InvalidDataException
            )
        {
            output.Fail(wrong.Message, ExitCode.Failed);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }
}
