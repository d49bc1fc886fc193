using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace FactCheck.Functions.Publishing;

/// <summary>What anybody may read may be kept by browsers and caches, for a minute and a half at most: what is taken
/// back is gone by then. Whoever has it already is answered 304.</summary>
internal static class PublicAnswer
{
    private const string Kept = "public, max-age=60, stale-while-revalidate=30";

    public static FileContentHttpResult Of(HttpRequest request, byte[] content, string contentType)
    {
        request.HttpContext.Response.Headers.CacheControl = Kept;
        var tag = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));
        return TypedResults.Bytes(content, contentType, entityTag: new EntityTagHeaderValue($"\"{tag}\""));
    }
}
