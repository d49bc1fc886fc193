using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Win32.SafeHandles;

namespace FactCheck.Host.Triggers;

/// <summary>Folders as Azure's blob service shows containers: properties and content of a blob, all that a worker needs
/// to bind <c>Stream</c>, <c>BlobClient</c> or its own type. On loopback, with a secret for the worker alone.</summary>
internal sealed class FolderBlobService : IAsyncDisposable
{
    /// <summary>The worker's setting that holds the connection string.</summary>
    public const string ConnectionName = "FunctionsHostFolders";

    private const string Account = "folders"; // the first part of the path, as where an account is no host name
    private const string Version = "2023-11-03"; // of Azure's API: any that has these headers

    private readonly string _root;
    private readonly byte[] _secret = Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(32));
    private readonly WebApplication _server;

    private FolderBlobService(FunctionHostOptions options, ILoggerFactory loggers)
    {
        _root = Path.GetFullPath(options.BlobRoot ?? options.DataDirectory);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Listen(IPAddress.Loopback, 0);
            });
        builder.Services.AddSingleton(loggers);
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public string ConnectionString { get; private set; } = string.Empty;

    /// <summary>Begins to answer, at a port of its own.</summary>
    public static async Task<FolderBlobService> StartAsync(FunctionHostOptions options, ILoggerFactory loggers)
    {
        var service = new FolderBlobService(options, loggers);
        await service._server.StartAsync();
        var address = service
            ._server.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        var secret = Encoding.ASCII.GetString(service._secret);
        service.ConnectionString = $"BlobEndpoint={address}/{Account};SharedAccessSignature=sv={Version}&sig={secret}";
        return service;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers["x-ms-version"] = Version;
        response.Headers["x-ms-request-id"] = context.TraceIdentifier;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(request.Query["sig"].ToString()), _secret))
            await RefuseAsync(context, 403, "AuthenticationFailed", "The signature is another host's.");
        else if (
            !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            || request.Query.ContainsKey("comp")
        )
            await RefuseAsync(
                context,
                405,
                "UnsupportedHttpVerb",
                "Blobs of folders can be read here, and nothing else."
            );
        else if (PathOf(context.Features.Get<IHttpRequestFeature>()!.RawTarget) is not { } path)
            await RefuseAsync(context, 404, "BlobNotFound", "There is no such blob.");
        else
            await AnswerAsync(context, path);
    }

    private static async Task AnswerAsync(HttpContext context, string path)
    {
        SafeFileHandle file;
        try
        {
            file = RegularFile.Open(path);
        }
        catch (FileHeldException)
        {
            // asked again after a while
            await RefuseAsync(context, 503, "ServerBusy", "Another program holds the file.");
            return;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await RefuseAsync(context, 404, "BlobNotFound", "There is no such blob.");
            return;
        }
        using (file)
        {
            var (length, modified) = (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
            var headers = context.Response.Headers;
            headers.ETag = $"\"{FolderListing.ETag(modified, length)}\"";
            headers.LastModified = modified.ToString("R");
            headers.AcceptRanges = "bytes";
            headers["x-ms-blob-type"] = "BlockBlob";
            headers["x-ms-creation-time"] = modified.ToString("R");
            if (context.Request.Headers.IfMatch is [{ } wanted, ..] && wanted != "*" && wanted != headers.ETag)
                await RefuseAsync(context, 412, "ConditionNotMet", "It was overwritten.");
            else if (Range(context.Request, length) is not var (first, count))
                await RefuseAsync(context, 416, "InvalidRange", "It ends before.");
            else
                await SendAsync(context, file, length, first, count);
        }
    }

    private static async Task SendAsync(HttpContext context, SafeFileHandle file, long length, long first, long count)
    {
        var response = context.Response;
        response.ContentType = "application/octet-stream";
        response.ContentLength = count;
        if (count < length || HasRange(context.Request))
        {
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {first}-{first + count - 1}/{length}";
        }
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        for (var end = first + count; first < end; )
        {
            var piece = response.BodyWriter.GetMemory(64 * 1024);
            var read = await RandomAccess.ReadAsync(
                file,
                piece[..(int)Math.Min(piece.Length, end - first)],
                first,
                context.RequestAborted
            );
            if (read == 0)
            {
                context.Abort(); // it became shorter
                return;
            }
            response.BodyWriter.Advance(read);
            await response.BodyWriter.FlushAsync(context.RequestAborted);
            first += read;
        }
    }

    private static bool HasRange(HttpRequest request) =>
        request.Headers.ContainsKey("x-ms-range") || request.Headers.ContainsKey("Range");

    /// <summary>Which part is asked for; all of it when none is; null when it ends before.</summary>
    private static (long First, long Count)? Range(HttpRequest request, long length)
    {
        var asked = request.Headers["x-ms-range"].ToString() is { Length: > 0 } range
            ? range
            : request.Headers.Range.ToString();
        if (!asked.StartsWith("bytes=", StringComparison.Ordinal) || HttpMethods.IsHead(request.Method))
            return (0, length);
        var parts = asked["bytes=".Length..].Split('-');
        if (!long.TryParse(parts[0], out var first) || first >= length)
            return null;
        var last = parts.Length > 1 && long.TryParse(parts[1], out var given) && given < length ? given : length - 1;
        return (first, last - first + 1);
    }

    /// <summary>The file of <c>/folders/container/name</c>; null when it leads out of its container.</summary>
    private string? PathOf(string target)
    {
        if (target.Split('?')[0].Split('/', 4) is not ["", Account, var container, var name])
            return null;
        var (folder, blob) = (Uri.UnescapeDataString(container), Uri.UnescapeDataString(name));
        if (
            folder is "" or "." or ".."
            || folder.AsSpan().ContainsAny('/', '\\', '\0')
            || blob.Contains('\0', StringComparison.Ordinal)
        )
            return null;
        var parts = blob.Split('/');
        return Array.Exists(parts, part => part.Length == 0 || UploadNames.IsLeftAlone(part))
            ? null
            : Path.Combine([_root, folder, .. parts]);
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-ms-error-code"] = code;
        context.Response.ContentType = "application/xml";
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.WriteAsync(
                $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
            );
    }
}
