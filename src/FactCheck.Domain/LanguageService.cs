namespace FactCheck.Domain;

/// <summary>What of Azure AI Language is no call: its setting, and its words in ours.</summary>
public static class LanguageService
{
    /// <summary>The setting that names the resource; without it the local analyser answers.</summary>
    public const string Setting = "Language:Endpoint";

    /// <summary>What a build without the service says when the setting asks for it.</summary>
    public const string IsMissing =
        $"{Setting} names an Azure AI Language resource, and this build can't ask one. Build the app with "
        + "-p:AzureLanguage=true, or remove the setting: then the local analyser answers.";

    /// <summary>The resource's address.</summary>
    /// <exception cref="InvalidOperationException">It is none.</exception>
    public static Uri AddressOf(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            ? address
            : throw new InvalidOperationException(
                $"{Setting} is '{endpoint}'; it is https, the address of the Azure AI Language resource."
            );

    /// <summary>The kind of an entity. The service's (sub)categories grow; what is not listed is Other.</summary>
    public static EntityKind KindOf(string? category, string? subCategory) =>
        (category, subCategory) switch
        {
            ("Person" or "PersonType", _) => EntityKind.Person,
            ("Organization", _) => EntityKind.Organization,
            ("Location" or "Address", _) => EntityKind.Location,
            ("Event", _) => EntityKind.Event,
            ("DateTime", _) => EntityKind.Date,
            ("Quantity", "Currency") => EntityKind.Money,
            ("Quantity", "Percentage") => EntityKind.Percent,
            ("Quantity", _) => EntityKind.Quantity,
            _ => EntityKind.Other,
        };

    /// <summary>A language's code; null where the service is sure of none: a longer word, or no confidence.</summary>
    public static string? LanguageOf(string? code, double confidence) =>
        confidence > 0 && code is { Length: 2 } ? code : null;
}
