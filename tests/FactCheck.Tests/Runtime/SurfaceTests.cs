using System.Runtime.CompilerServices;
using FactCheck.Runtime;
using Xunit;

namespace FactCheck.Tests.Runtime;

/// <summary>The runtime's public types are Microsoft's, letter for letter, as far as they go: the app's files compile against both.</summary>
public sealed class SurfaceTests
{
    /// <summary>Types that are this host's alone, or that the listings don't hold.</summary>
    private static readonly string[] Ours =
    [
        nameof(EmbeddedHost), nameof(EmbeddedHostOptions), nameof(EmbeddedHostException), nameof(SynchronousMode), nameof(PoisonBlob), nameof(RuntimeFile),
        nameof(TestHost), nameof(TestHostBuilder),
        nameof(OrchestrationAlreadyExistsException), // DurableTask.Core.Exceptions'
    ];

    [Fact]
    public void The_surface_is_what_was_copied_no_less_and_no_more()
    {
        var approved = File.ReadAllLines(Path.Combine(Folder(), "surface.approved.txt"));
        var names = approved
            .Select(line => line.Split(" :: ")[0])
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(name => name[(name.LastIndexOf('.', name.Contains('<', StringComparison.Ordinal) ? name.IndexOf('<', StringComparison.Ordinal) : name.Length - 1) + 1)..], StringComparer.Ordinal);
        var printer = new SurfacePrinter(typeof(EmbeddedHost).Assembly, names);

        var actual = typeof(EmbeddedHost).Assembly.GetExportedTypes()
            .Where(type => !Ours.Contains(type.Name, StringComparer.Ordinal))
            .SelectMany(printer.Print)
            .ToHashSet(StringComparer.Ordinal);

        var missing = approved.Where(line => !actual.Contains(line)).Select(line => "missing  " + line);
        var extra = actual.Except(approved, StringComparer.Ordinal).Select(line => "extra    " + line);
        Assert.Equal("", string.Join('\n', missing.Concat(extra).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Everything_public_is_in_one_namespace()
    {
        var spaces = typeof(EmbeddedHost).Assembly.GetExportedTypes().Select(type => type.Namespace).Distinct(StringComparer.Ordinal);

        Assert.Equal("FactCheck.Runtime", Assert.Single(spaces));
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
