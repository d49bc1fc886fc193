namespace FactCheck.Domain;

/// <summary>Addresses that people may be shown and sent to.</summary>
public static class WebAddress
{
    /// <summary>True for an absolute address of http or https. None with a user name: what stands before the @ is taken
    /// for the site.</summary>
    public static bool Is(Uri? url) => url is { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "" };
}
