using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FactCheck.Functions.Reading;

/// <summary>How a reader is started: the app's own program, on the runtime that runs the app, with nothing of the app's
/// environment, where its keys are.</summary>
internal static class ReaderProgram
{
    // Where a system keeps the libraries that .NET loads, if not in their usual place.
    private static readonly string[] Needed = ["SystemRoot", "LD_LIBRARY_PATH"];

    /// <param name="memory">Bytes that it may hold.</param>
    /// <exception cref="IOException">There is no program to start.</exception>
    public static ProcessStartInfo Describe(long memory)
    {
        var (program, arguments) = Command();
        var start = new ProcessStartInfo(program, [.. arguments, Reader.Argument])
        {
            WorkingDirectory = Path.GetTempPath(),
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var name in Needed)
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                start.Environment[name] = value;
        // Less than the whole, so that the heap is swept before the process is ended for what lies about in it.
        start.Environment["DOTNET_GCHeapHardLimit"] = $"{memory / 4 * 3:X}";
        start.Environment["DOTNET_gcConcurrent"] = "0"; // a thread that a small heap gains nothing by
        start.Environment["DOTNET_TieredPGO"] = "0"; // it costs the first files more than it saves the others
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // no door to it, which its end would leave in the folder
        return start;
    }

    // What runs this process may be Azure's own program, which has the app loaded into it: so it isn't looked at.
    private static (string Program, IEnumerable<string> Arguments) Command()
    {
        var ending = OperatingSystem.IsWindows() ? ".exe" : "";
        var app = typeof(ReaderProgram).Assembly.Location;
        var dotnet = Path.GetFullPath(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet" + ending)
        );
        if (File.Exists(dotnet))
            return (dotnet, [app]);
        // An app that was published with a runtime of its own.
        var own = Path.ChangeExtension(app, null) + ending;
        return File.Exists(own)
            ? (own, [])
            : throw new IOException($"Files can't be read: there is neither {dotnet} nor {own} to read them.");
    }
}
