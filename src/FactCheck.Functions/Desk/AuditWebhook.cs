using System.Text;
using System.Text.Json.Nodes;
using FactCheck.Storage.Audit;

namespace FactCheck.Functions.Desk;

/// <summary>Tells an address outside how far the audit log goes. Whoever keeps that finds a log that was cut off: the
/// file it names must have a line there that ends with the seal.</summary>
public sealed class AuditWebhook : IDisposable
{
    private static readonly TimeSpan AnswerTakes = TimeSpan.FromSeconds(30);

    private readonly Uri? _address;
    private readonly ILogger<AuditWebhook> _log;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = AnswerTakes,
        MaxResponseContentBufferSize = 64 * 1024,
    };

    public AuditWebhook(Settings settings, ILogger<AuditWebhook> log) =>
        (_address, _log) = (settings.Audit.Webhook, log);

    /// <summary>Tells it, if there is somebody to be told. One who can't be reached is told the next day.</summary>
    /// <param name="findings">How many cases contradict the log.</param>
    public async Task TellAsync(AuditPosition end, DateTimeOffset at, int findings, CancellationToken cancellation)
    {
        if (_address is null)
            return;
        var told = new JsonObject
        {
            ["at"] = at,
            ["file"] = end.File,
            ["length"] = end.Length,
            ["seal"] = end.Seal,
            ["findings"] = findings,
        };
        try
        {
            using var body = new StringContent(told.ToJsonString(), Encoding.UTF8, "application/json");
            using var answer = await _http.PostAsync(_address, body, cancellation);
            answer.EnsureSuccessStatusCode();
        }
        catch (Exception error)
            when (error is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            _log.LogWarning("{Host} was not told how far the audit log goes: {Why}", _address.Host, error.Message);
        }
    }

    public void Dispose() => _http.Dispose();
}
