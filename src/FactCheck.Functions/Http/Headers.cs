namespace FactCheck.Functions.Http;

/// <summary>Headers that every answer carries.</summary>
internal static class Headers
{
    /// <summary>Where browsers say what the policy made them refuse.</summary>
    public const string PolicyReportsPath = "/api/policy-reports";

    // The pages load their own script and style and nothing else; reports carry JSON-LD, which is data and no script.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-uri "
        + PolicyReportsPath;

    private const string Permissions =
        "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()";

    /// <param name="publicAddress">Where people reach the desk, if that is known: a proxy may end TLS before the
    /// host.</param>
    public static void Secure(HttpContext http, Uri? publicAddress)
    {
        var response = http.Response;
        if (http.Request.IsHttps || publicAddress?.Scheme == Uri.UriSchemeHttps)
            response.Headers.StrictTransportSecurity = "max-age=31536000";
        response.Headers["Permissions-Policy"] = Permissions;
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-store";
    }
}
