namespace FactCheck.Functions;

/// <summary>What differs between the hosts and must be a constant: an attribute's argument can't be a setting.</summary>
internal static class HostChoices
{
    /// <summary>The embedded host watches the container itself.</summary>
    public const BlobTriggerSource ArticleSource = BlobTriggerSource.LogsAndContainerScan;
}
