namespace FactCheck.Functions.Cases;

/// <summary>The blob containers, and where things lie in them.</summary>
internal static class Containers
{
    /// <summary>What people upload.</summary>
    public const string Articles = "articles";

    /// <summary>Copies of what was read, and what was found in it.</summary>
    public const string Texts = CaseFiles.Texts;

    /// <summary>What is published.</summary>
    public const string Reports = CaseFiles.Reports;

    /// <summary>Archived copies of evidence.</summary>
    public const string Evidence = "evidence";
}
