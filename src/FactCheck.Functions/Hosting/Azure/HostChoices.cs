namespace FactCheck.Functions;

/// <summary>What differs between the hosts and must be a constant: an attribute's argument can't be a setting.</summary>
internal static class HostChoices
{
    /// <summary>Flex Consumption takes no other source.</summary>
    public const BlobTriggerSource ArticleSource = BlobTriggerSource.EventGrid;
}
