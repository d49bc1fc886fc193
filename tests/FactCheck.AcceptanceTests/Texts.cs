namespace FactCheck.AcceptanceTests;

/// <summary>Articles to hand in.</summary>
internal static class Texts
{
    /// <summary>Four paragraphs, each with something to check.</summary>
    public const string Ferry = """
        Ferry line to the islands to close

        The ferry to the Outer Islands carried 182,000 passengers in 2023, 31 percent fewer than in 2019.

        The line lost €4.6 million in 2023.

        “We have asked for help in eleven letters and got two answers,” said harbour master Iveta Brandsma.

        The council approved a loan of €9 million for new ships in March 2022.

        """;

    /// <summary>The loss is another one, the loan is gone, the rest is as it was.</summary>
    public static readonly string FerryRevised = Ferry
        .Replace("€4.6 million", "€5.1 million", StringComparison.Ordinal)
        .Replace(
            "The council approved a loan of €9 million for new ships in March 2022.",
            "It is not known who will run the ferry next year.",
            StringComparison.Ordinal
        );

    /// <summary>An article with very little to check, for what comes after the decisions.</summary>
    public const string Short = """
        Quay wall gives way

        The harbour of Ostmoor spent €3.4 million on its quay walls in 2021.

        """;

    /// <summary>The files of a folder of seeds, by name.</summary>
    public static IReadOnlyList<FileInfo> SeedsIn(string folder) =>
        [
            .. new DirectoryInfo(Repository.PathOf("seeds", folder))
                .GetFiles()
                .OrderBy(f => f.Name, StringComparer.Ordinal),
        ];

    public static byte[] Seed(string name) => File.ReadAllBytes(Repository.PathOf("seeds", name));
}
