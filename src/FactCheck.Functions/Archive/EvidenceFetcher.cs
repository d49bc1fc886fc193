using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace FactCheck.Functions.Archive;

/// <summary>What a link answered.</summary>
public sealed record FetchedPage(byte[]? Content, string FileName, string? Problem);

/// <summary>Fetches pages that strangers may have chosen: only http and https, only public addresses (checked on the
/// address that is connected to, so that a name can't be switched in between), few redirects, bounded bytes and
/// time.</summary>
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
            if (!WebAddress.Is(url))
                return Problem("Only http and https addresses without a user name are fetched.");
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
        if (!_settings.AllowPrivateAddresses && !Array.TrueForAll(addresses, PublicAddress.Is))
            throw new PrivateAddressException(context.DnsEndPoint.Host);
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
