using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;

namespace FactCheck.AcceptanceTests;

/// <summary>What <c>factcheck</c> did.</summary>
internal sealed record Ran(int ExitCode, string Output, string Error)
{
    public JsonNode Json => JsonNode.Parse(Output) ?? throw new InvalidOperationException("The answer is null.");

    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The built <c>factcheck</c> as a process of its own, as a shell or a script would run it: its output is no terminal.</summary>
internal sealed class CommandLine(Uri? host = null, string? token = null)
{
    public static string Path { get; } = typeof(CommandLine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CommandLine").Value!;

    private static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Runs it to its end.</summary>
    public async Task<Ran> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await EndAsync(process);
    }

    /// <summary>Runs it and leaves it running.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet, [Path, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, StandardOutputEncoding = Encoding.UTF8 };
        foreach (var name in (string[])["FACTCHECK_HOST", "FACTCHECK_TOKEN", "NO_COLOR"]) start.Environment.Remove(name);
        if (host is not null) start.Environment["FACTCHECK_HOST"] = host.ToString();
        if (token is not null) start.Environment["FACTCHECK_TOKEN"] = token;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    public static async Task<Ran> EndAsync(Process process)
    {
        using var expired = new CancellationTokenSource(Limits.Verb);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(expired.Token), process.StandardError.ReadToEndAsync(expired.Token));
        try
        {
            await process.WaitForExitAsync(expired.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        return new(process.ExitCode, await output, await error);
    }
}
