using System.Reflection;

namespace FactCheck.AcceptanceTests;

/// <summary>The built <c>factcheck</c>, for a person with a host and a token.</summary>
internal sealed class CommandLine(Uri? host = null, string? token = null)
{
    public static string Path { get; } =
        typeof(CommandLine)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "CommandLine")
            .Value!;

    /// <summary>Runs it to its end.</summary>
    public async Task<Ran> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return await process.EndAsync(Limits.Verb);
    }

    /// <summary>Runs it and leaves it running.</summary>
    public Subprocess Start(params string[] arguments) =>
        Subprocess.Start(
            Subprocess.Dotnet,
            [Path, .. arguments],
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["FACTCHECK_HOST"] = host?.ToString(),
                ["FACTCHECK_TOKEN"] = token,
                ["NO_COLOR"] = null,
            }
        );
}
