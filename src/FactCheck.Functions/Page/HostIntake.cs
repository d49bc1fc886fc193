using System.Text.Json;

namespace FactCheck.Functions.Page;

/// <summary>Whether new files are taken in. The embedded host watches for them and says so at its own address; on Azure
/// they are brought by events, and there is nobody to ask.</summary>
public sealed class HostIntake : IDisposable
{
    private const int MostBytes = 64 * 1024;

    private readonly Uri? _health;
    private readonly ILogger<HostIntake> _log;
    private readonly HttpClient _http;

    public HostIntake(IConfiguration configuration, ILogger<HostIntake> log)
    {
        _health = configuration["FUNCTIONS_HOST_URL"] is { Length: > 0 } url
            ? new Uri(new Uri(url), "runtime/health")
            : null;
        _log = log;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        };
        // A certificate is made out to the desk's public name; at an address of the machine's own nobody else answers.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) =>
            errors == System.Net.Security.SslPolicyErrors.None
            || _health is { IsLoopback: true } or { HostNameType: UriHostNameType.IPv4 or UriHostNameType.IPv6 };
        _http = new(handler) { MaxResponseContentBufferSize = MostBytes, Timeout = Timeout.InfiniteTimeSpan };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Why not, in a sentence; null when they are. What exactly stands is in the log.</summary>
    /// <param name="limit">How long the host may take to answer.</param>
    public async Task<string?> WhyItStandsAsync(TimeSpan limit, CancellationToken cancellation)
    {
        if (_health is null)
            return null;
        using var expired = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        expired.CancelAfter(limit);
        try
        {
            using var answer = await _http.GetAsync(_health, expired.Token);
            using var said = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(expired.Token));
            if (said.RootElement.GetProperty("intake").GetBoolean())
                return null;
            _log.LogWarning(
                "Not ready, intake stands: {Problems}",
                said.RootElement.GetProperty("problems").GetRawText()
            );
            return "Intake stands: new files are not taken in.";
        }
        catch (Exception error)
            when (!cancellation.IsCancellationRequested
                && error
                    is OperationCanceledException
                        or HttpRequestException
                        or JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
            )
        {
            _log.LogWarning(
                "Not ready, the host does not say whether files are taken in: {Why}",
                error is OperationCanceledException ? $"no answer within {limit.TotalSeconds:0} s" : error.Message
            );
            return "It is not known whether new files are taken in.";
        }
    }
}
