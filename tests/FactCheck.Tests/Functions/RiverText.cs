namespace FactCheck.Tests.Functions;

/// <summary>Short articles in versions.</summary>
internal static class RiverText
{
    public const string A = """
        River clean-up falls behind

        The agency removed 4,200 tonnes of waste from the river in 2024, 12 percent less than in 2023.

        "We had two boats where we needed five," said Mira Kovač, head of the agency.

        According to the audit office, the programme has cost 31 million euros since 2019.

        The river is lovely in spring.
        """;

    /// <summary>One figure changed, one paragraph added, the rest as it was.</summary>
    public const string B = """
        River clean-up falls behind

        The agency removed 3,900 tonnes of waste from the river in 2024, 12 percent less than in 2023.

        "We had two boats where we needed five," said Mira Kovač, head of the agency.

        According to the audit office, the programme has cost 31 million euros since 2019.

        The river is lovely in spring.

        The city will debate the report next week.
        """;

    /// <summary>The figure is gone.</summary>
    public const string WithoutFigure = """
        River clean-up falls behind

        "We had two boats where we needed five," said Mira Kovač, head of the agency.

        According to the audit office, the programme has cost 31 million euros since 2019.

        The river is lovely in spring.
        """;
}
