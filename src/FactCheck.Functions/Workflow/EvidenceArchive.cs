using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using FactCheck.Domain;
using FactCheck.Extraction;

namespace FactCheck.Functions.Workflow;

/// <summary>Archived copies of evidence, and later looks at it.</summary>
public sealed class EvidenceArchive(IBlobStore blobs, EvidenceFetcher fetcher, FileReader reader, TimeProvider time)
{
    // A page has no more characters than bytes; a document is packed, and may have more: as many as a long report.
    // Each takes some hundred bytes while it is read.
    private const int LongestDocument = 1_000_000;

    /// <summary>True for a closed task with links that nobody tried to copy yet.</summary>
    public static bool IsWanted(ReviewTask task) =>
        task is { State: TaskState.Decided, Decision: { Rating: not null } decision }
        && decision.Evidence.Any(e => e is { Url: not null, Snapshot: null, SnapshotProblem: null });

    /// <summary>The evidence with its copy, or with why none could be taken.</summary>
    public async Task<Evidence> CopyAsync(Evidence evidence, CancellationToken cancellation)
    {
        if (evidence is not { Url: { } url, Snapshot: null })
            return evidence;
        var look = await LookAsync(url, cancellation);
        if (look.Text is null)
            return evidence with { SnapshotProblem = look.Problem };
        var bytes = Encoding.UTF8.GetBytes(look.Text);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await blobs.WriteAsync(
            Containers.Evidence,
            $"{hash}.txt",
            bytes,
            "text/plain; charset=utf-8",
            null,
            cancellation
        );
        return evidence with { Snapshot = new(hash, $"{hash}.txt", time.GetUtcNow()), SnapshotProblem = null };
    }

    /// <summary>The text of the archived copy; null when there is none, or when it is not what was archived.</summary>
    public async Task<string?> ArchivedAsync(Evidence evidence, CancellationToken cancellation)
    {
        if (
            evidence.Snapshot is not { } snapshot
            || await blobs.ReadAsync(Containers.Evidence, snapshot.Blob, cancellation) is not { } blob
        )
            return null;
        return Convert.ToHexStringLower(SHA256.HashData(blob.Content)) == snapshot.Sha256
            ? Encoding.UTF8.GetString(blob.Content)
            : null;
    }

    /// <summary>The text that a link shows now.</summary>
    public async Task<EvidenceLook> LookAsync(Uri url, CancellationToken cancellation)
    {
        var page = await fetcher.FetchAsync(url, cancellation);
        if (page.Content is null)
            return new(null, page.Problem);
        ReadResult read;
        try
        {
            var limits = new ReadLimits(
                page.Content.Length + 1,
                FileReader.IsDocument(page.Content) ? LongestDocument : page.Content.Length + 1
            );
            read = await reader.ReadInTurnAsync(page.Content, page.FileName, limits, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // a page that nobody here wrote must not hold up a publication
            return new(null, $"It can't be read: {error.Message}");
        }

        var file = $"File with SHA-256 {Convert.ToHexStringLower(SHA256.HashData(page.Content))}.";
        return read switch
        {
            ReadResult.Read { Article: var article } => new(article.Text, null, file),
            // What can't be read as text (an image, a scan) can still be told from another version of itself.
            ReadResult.Rejected
            {
                Rejection.Reason: RejectionReason.Unsupported
                    or RejectionReason.NotText
                    or RejectionReason.Encrypted
                    or RejectionReason.ImageOnly
            } => new(file, null, file),
            ReadResult.Rejected when FileReader.IsDocument(page.Content) => new(file, null, file),
            ReadResult.Rejected { Rejection: var rejection } => new(null, rejection.Message),
            var other => throw new InvalidOperationException($"Nothing is known to do with {other}."),
        };
    }
}

/// <summary>What a link answered.</summary>
public sealed record FetchedPage(byte[]? Content, string FileName, string? Problem);

/// <summary>
/// Fetches pages that strangers may have chosen: only http and https, only public addresses (checked on the address
/// that is connected to, so that a name can't be switched in between), few redirects, bounded bytes and time.
/// </summary>
public sealed class EvidenceFetcher : IDisposable
{
    private readonly EvidenceSettings _settings;
    private readonly HttpClient _http;

    public EvidenceFetcher(Settings settings)
    {
        _settings = settings.Evidence;
        _http = new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                AutomaticDecompression = DecompressionMethods.All,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                ConnectCallback = ConnectAsync,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("FactCheck", "1.0"));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A problem with the link is an answer; only cancellation throws.</summary>
    public async Task<FetchedPage> FetchAsync(Uri url, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_settings.Timeout);
        try
        {
            return await FollowAsync(url, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Problem($"No answer within {_settings.Timeout.TotalSeconds:0} seconds.");
        }
        catch (HttpRequestException error)
        {
            return Problem(
                error.InnerException is PrivateAddressException refused
                    ? refused.Message
                    : $"No answer: {error.Message}"
            );
        }
        catch (Exception error)
            when (error is UriFormatException or ArgumentException or NotSupportedException or InvalidOperationException
            )
        {
            return Problem($"The address, or one that it leads to, can't be used: {error.Message}");
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            return Problem($"The answer broke off: {error.Message}");
        }
    }

    private async Task<FetchedPage> FollowAsync(Uri url, CancellationToken cancellation)
    {
        for (var redirects = 0; redirects <= _settings.MaxRedirects; redirects++)
        {
            if (url is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
                return Problem("Only http and https addresses are fetched.");
            using var response = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } next)
            {
                url = new Uri(url, next);
                continue;
            }

            return response.IsSuccessStatusCode
                ? await ReadAsync(response, cancellation)
                : Problem(
                    $"It answers {(int)response.StatusCode} {response.ReasonPhrase}.".Replace(
                        " .",
                        ".",
                        StringComparison.Ordinal
                    )
                );
        }

        return Problem($"More than {_settings.MaxRedirects} redirects.");
    }

    private async Task<FetchedPage> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, cancellation)) > 0; )
        {
            if (bytes.Length + read > _settings.MaxBytes)
                return Problem($"It has more than {_settings.MaxBytes:N0} bytes.");
            bytes.Write(buffer, 0, read);
        }

        return new(
            bytes.ToArray(),
            response.Content.Headers.ContentType?.MediaType is "text/plain" or "text/markdown"
                ? "page.txt"
                : "page.html",
            null
        );
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation);
        if (!_settings.AllowPrivateAddresses && addresses.FirstOrDefault(a => !PublicAddress.Is(a)) is { } refused)
            throw new PrivateAddressException(context.DnsEndPoint.Host, refused);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static FetchedPage Problem(string problem) => new(null, "", problem);
}

/// <summary>A link that leads into the desk's own network.</summary>
internal sealed class PrivateAddressException(string host, IPAddress address)
    : IOException($"{host} leads to {address}, which is no public address.");

/// <summary>
/// Which addresses are public. After the IANA special-purpose address registries (RFC 6890 and its successors).
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "168.63.129.16/32",
            "::/96",
            "::1/128",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Special.Any(network =>
            network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain)
        );
    }
}
