using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FactCheck.Cli.Client;

/// <summary>What the host answered, successfully.</summary>
/// <param name="Body">The JSON as it came; empty for 204.</param>
/// <param name="ETag">With its quotes; null when there is none.</param>
/// <param name="Continuation">Asks for the next page of instances; null on the last, and for anything else.</param>
internal sealed record HostAnswer(byte[] Body, string? ETag, string? Continuation = null)
{
    /// <summary>The body as a record.</summary>
    /// <exception cref="CommandException">The host speaks another language.</exception>
    public T As<T>()
    {
        try
        {
            return JsonSerializer.Deserialize(Body, HttpJson.Of<T>()) ?? throw new JsonException("null");
        }
        catch (JsonException odd)
        {
            throw new CommandException(
                ExitCode.Failed,
                $"The host's answer can't be read as {typeof(T).Name}: {odd.Message} Is it of another release?",
                odd
            );
        }
    }

    public JsonNode Json => JsonNode.Parse(Body)!;
}

/// <summary>Calls a host as one person. A call that may be repeated is, with growing pauses, when the connection is
/// lost, the worker ended (502; on Azure's host a 500 without a word) or the host is busy (429, 503); any other call is
/// made once.</summary>
internal sealed class DeskClient(
    Uri host,
    string? token,
    HttpMessageHandler? handler = null,
    Func<TimeSpan, CancellationToken, Task>? pause = null
) : IDisposable
{
    private const string ContinuationHeader = "x-ms-continuation-token"; // of Durable Functions' HTTP management
    private const int MostTries = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(
        handler
            ?? new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = !host.IsLoopback,
                ConnectTimeout = TimeSpan.FromSeconds(10),
            }
    );
    private readonly Func<TimeSpan, CancellationToken, Task> _pause = pause ?? Task.Delay;

    // A host that never answered is most likely not there: no use in waiting for it.
    private volatile bool _hasAnswered;

    public void Dispose() => _http.Dispose();

    public Task<HostAnswer> GetAsync(string path, CancellationToken cancellation) =>
        SendAsync(new(HttpMethod.Get, path, CanRepeat: true), cancellation);

    public Task<HostAnswer> GetPageAsync(string path, string? continuation, CancellationToken cancellation) =>
        SendAsync(new(HttpMethod.Get, path, Continuation: continuation, CanRepeat: true), cancellation);

    /// <summary>PUT and DELETE may be repeated by what they mean.</summary>
    public Task<HostAnswer> PutAsync(string path, Func<HttpContent>? content, CancellationToken cancellation) =>
        SendAsync(new(HttpMethod.Put, path, content, CanRepeat: true), cancellation);

    public Task<HostAnswer> DeleteAsync(string path, CancellationToken cancellation) =>
        SendAsync(new(HttpMethod.Delete, path, CanRepeat: true), cancellation);

    /// <summary>POST, repeated only where the caller says that twice is as good as once.</summary>
    public Task<HostAnswer> PostAsync(
        string path,
        Func<HttpContent> content,
        bool canRepeat,
        CancellationToken cancellation
    ) => SendAsync(new(HttpMethod.Post, path, content, CanRepeat: canRepeat), cancellation);

    /// <summary>With the ETag that was seen, and a key under which it counts once however often it is sent.</summary>
    public Task<HostAnswer> DecideAsync(
        string path,
        NewDecision decision,
        string etag,
        string key,
        CancellationToken cancellation
    ) =>
        SendAsync(
            new(HttpMethod.Post, path, () => Json(decision, HttpJson.Default.NewDecision), etag, key, CanRepeat: true),
            cancellation
        );

    /// <summary>What a GET answers; null for 404.</summary>
    public async Task<HostAnswer?> FindAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await GetAsync(path, cancellation);
        }
        catch (HostException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    public static HttpContent Json<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new("application/json");
        return content;
    }

    // What the host itself answers, which knows nothing of roles.
    private static bool IsManagement(string path) => path.StartsWith("runtime/", StringComparison.Ordinal);

    private async Task<HostAnswer> SendAsync(Call call, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            var isLast = tries == MostTries || !call.CanRepeat;
            var wait = PauseAfter(tries);
            try
            {
                using var request = RequestOf(call);
                using var response = await _http.SendAsync(request, cancellation);
                var body = await response.Content.ReadAsByteArrayAsync(cancellation);
                _hasAnswered = true;
                if (response.IsSuccessStatusCode)
                    return new(body, response.Headers.ETag?.ToString(), ContinuationOf(response));
                var status = (int)response.StatusCode;
                if (isLast || !(status is 429 or 502 or 503 || (status == 500 && body.Length == 0)))
                    throw HostException.Of(host, status, body, token is not null, IsManagement(call.Path));
                wait = response.Headers.RetryAfter?.Delta is { } asked ? asked : wait;
            }
            catch (HttpRequestException lost)
            {
                if (isLast || !_hasAnswered)
                    throw HostException.Unreachable(host, lost);
            }
            catch (TaskCanceledException late) when (!cancellation.IsCancellationRequested)
            {
                if (isLast)
                    throw HostException.Unreachable(host, late);
            }

            await _pause(wait < LongestPause ? wait : LongestPause, cancellation);
        }
    }

    private HttpRequestMessage RequestOf(Call call)
    {
        var request = new HttpRequestMessage(call.Method, new Uri(host, call.Path))
        {
            Content = call.Content?.Invoke(),
        };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (call.IfMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", call.IfMatch);
        if (call.Continuation is not null)
            request.Headers.TryAddWithoutValidation(ContinuationHeader, call.Continuation);
        if (call.IdempotencyKey is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", call.IdempotencyKey);
        return request;
    }

    private static string? ContinuationOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(ContinuationHeader, out var values)
        && values.FirstOrDefault() is { Length: > 0 } next
            ? next
            : null;

    // Twice as long each time, by a random half, so that callers who were refused together do not come back together.
    private static TimeSpan PauseAfter(int tries) =>
        FirstPause * Math.Pow(2, tries - 1) * (0.5 + Random.Shared.NextDouble() / 2);

    private sealed record Call(
        HttpMethod Method,
        string Path,
        Func<HttpContent>? Content = null,
        string? IfMatch = null,
        string? IdempotencyKey = null,
        string? Continuation = null,
        bool CanRepeat = false
    );
}
