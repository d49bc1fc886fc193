using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace FactCheck.AcceptanceTests;

/// <summary>The Bicep compiler, as the package feed has it.</summary>
internal static class Bicep
{
    private static string? Compiler =>
        typeof(Bicep)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .SingleOrDefault(a => a.Key == "Bicep")
            ?.Value;

    /// <summary>The template of a file, as Azure gets it.</summary>
    public static async Task<JsonNode> CompileAsync(string file)
    {
        var (exitCode, template, said) = await RunAsync("build", file, "--stdout");
        Assert.True(exitCode == 0, said);
        return JsonNode.Parse(template)!;
    }

    /// <summary>Runs it; what it wrote, and what it said of the file.</summary>
    public static async Task<(int ExitCode, string Output, string Said)> RunAsync(params string[] arguments)
    {
        Assert.SkipWhen(
            Compiler is null,
            $"needs Linux on x64: the Bicep compiler's package is for no other system, and this is {RuntimeInformation.RuntimeIdentifier}"
        );
        MakeExecutable(Compiler!);
        // A bare machine has no library of languages, and the compiler's messages need none.
        var ran = await Subprocess.RunAsync(
            Compiler!,
            arguments,
            Limits.Verb,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" }
        );
        return (ran.ExitCode, ran.Output, ran.Error);
    }

    // Packages keep no permissions.
    private static void MakeExecutable(string file)
    {
        if (OperatingSystem.IsWindows() || File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute))
            return;
        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
    }
}
