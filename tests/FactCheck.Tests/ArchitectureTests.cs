using System.Xml.Linq;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace FactCheck.Tests;

/// <summary>The arrows of docs/architecture.md: what a project may use, and what a namespace within it.</summary>
public sealed class ArchitectureTests
{
    // Each project with its assembly, the projects that it references, and its namespaces from the top down: what
    // stands in a list uses only what stands after it. An empty name is the project's own.
    private static readonly Dictionary<string, (string Assembly, string[] Uses, string[] Namespaces)> Projects = new(
        StringComparer.Ordinal
    )
    {
        ["Cli"] = (
            "factcheck",
            ["Contracts", "Domain", "Extraction", "Host", "Storage"],
            ["", "Soak", "Extract", "Operate", "Desk", "Runtime", "Client", "Terminal"]
        ),
        ["Functions"] = (
            "FactCheck.Functions",
            ["AzureLanguage", "Contracts", "Domain", "Extraction", "Storage"],
            [
                "",
                "Articles",
                "Review",
                "Desk",
                "Reverification",
                "Page",
                "Publishing",
                "Archive",
                "Cases",
                "Reading",
                "Access",
                "Http",
                "Configuration",
            ]
        ),
        ["Training"] = ("FactCheck.Training", ["Extraction"], [""]),
        ["Contracts"] = ("FactCheck.Contracts", ["Domain"], [""]),
        ["Storage"] = ("FactCheck.Storage", ["Domain"], ["", "Local", "Azure", "Audit", "Rules"]),
        ["Extraction"] = (
            "FactCheck.Extraction",
            ["Domain"],
            [
                "Evaluation",
                "",
                "Insights",
                "Claims",
                "Languages",
                "Quotes",
                "Quotes.Model",
                "Documents.Pdf",
                "Documents",
                "Documents.Html",
                "Text",
            ]
        ),
        ["Domain"] = ("FactCheck.Domain", [], [""]),
        ["Host"] = (
            "FactCheck.Host",
            [],
            [
                "Hosting",
                "Http",
                "Triggers",
                "Worker",
                "Worker.Rpc",
                "Durable.Protocol",
                "Durable.WorkItems",
                "Durable",
                "Storage",
                "",
            ]
        ),
    };

    private static readonly Architecture Code = new ArchLoader()
        .LoadAssemblies([.. Projects.Values.Select(project => System.Reflection.Assembly.Load(project.Assembly))])
        .Build();

    public static TheoryData<string> Names => [.. Projects.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_namespace_uses_only_what_stands_below_it(string project)
    {
        var spaces = Projects[project].Namespaces.Select(name => $"FactCheck.{project}.{name}".TrimEnd('.')).ToArray();
        Assert.Equal(
            spaces.Order(StringComparer.Ordinal),
            Code.Types.Select(type => type.Namespace.FullName)
                .Where(space => $"{space}.".StartsWith($"FactCheck.{project}.", StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
        );
        for (var at = 1; at < spaces.Length; at++)
            Types()
                .That()
                .ResideInNamespace(spaces[at])
                .Should()
                .NotDependOnAny(Types().That().ResideInNamespaceMatching($"^({string.Join('|', spaces[..at])})$"))
                .Check(Code);
    }

    [Fact]
    public void A_project_references_what_it_may_and_the_domain_and_the_host_stand_alone()
    {
        var references = Directory
            .EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .ToDictionary(ShortName, file => NamesIn(file, "ProjectReference"), StringComparer.Ordinal);

        var expected = Projects.ToDictionary(one => one.Key, one => one.Value.Uses, StringComparer.Ordinal);
        expected.Add("AzureLanguage", ["Domain"]);
        Assert.Equivalent(expected, references, strict: true);
        Assert.Empty(NamesIn(Repository.PathOf("src/FactCheck.Domain/FactCheck.Domain.csproj"), "PackageReference"));

        static string[] NamesIn(string file, string kind) =>
            [
                .. XDocument
                    .Load(file)
                    .Descendants(kind)
                    .Select(one => ShortName((string)one.Attribute("Include")!))
                    .Order(StringComparer.Ordinal),
            ];

        static string ShortName(string file) =>
            Path.GetFileNameWithoutExtension(file).Replace("FactCheck.", "", StringComparison.Ordinal);
    }
}
