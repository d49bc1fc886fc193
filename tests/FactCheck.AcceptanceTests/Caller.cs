using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FactCheck.AcceptanceTests;

/// <summary>What came back.</summary>
internal sealed record Answer(
    HttpStatusCode Status,
    string Text,
    string? ContentType,
    IReadOnlyDictionary<string, string> Headers
)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException("The answer is null.");

    /// <summary>What a problem says of the fields of a request.</summary>
    public IReadOnlyList<string> Fields => [.. Json["errors"]!.AsObject().Select(e => e.Key)];

    public override string ToString() => $"{(int)Status} {Text}";
}

/// <summary>Calls a host as curl does: no cookies kept, no redirects followed, a connection for each call.</summary>
internal sealed class Caller(Uri host, string? token = null)
{
    private static readonly HttpClient Http = new(
        new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            UseProxy = false,
        }
    )
    {
        Timeout = Limits.Verb,
    };

    public string? Token { get; } = token;

    /// <summary>Trades the code of a sign-in link for a token.</summary>
    /// <param name="said">What the host wrote, for whoever reads the failure.</param>
    public static async Task<Caller> SignInAsync(Uri host, string code, Func<string> said)
    {
        var answer = await new Caller(host).PostAsync("api/token", new { code });
        Assert.True(answer.Status == HttpStatusCode.OK, $"{answer}\n{said()}");
        return new(host, answer.Json.Text("token"));
    }

    /// <summary>Waits until a host that was started answers at a path with 200.</summary>
    public Task UntilOkAsync(string path, Subprocess process, TimeSpan limit) =>
        Limits.UntilAsync(
            limit,
            async () =>
            {
                if (process.HasExited)
                    throw new InvalidOperationException($"The host ended:\n{process.Said}");
                try
                {
                    return await GetAsync(path) is { Status: HttpStatusCode.OK } ready ? ready : null;
                }
                catch (HttpRequestException)
                {
                    return null; // it does not listen yet
                }
            },
            () => $"{path}\n{process.Said}"
        );

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostAsync(string path, object? body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, JsonOf(body), headers);

    public Task<Answer> PutAsync(string path, object? body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, path, JsonOf(body), headers);

    public Task<Answer> DeleteAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Delete, path, null, headers);

    /// <summary>Hands in an article.</summary>
    public Task<Answer> UploadAsync(string name, string text) =>
        SendAsync(
            HttpMethod.Put,
            $"api/articles/{Uri.EscapeDataString(name)}",
            new ByteArrayContent(Encoding.UTF8.GetBytes(text))
        );

    public async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(host, path)) { Content = content };
        request.Headers.ConnectionClose = true;
        if (Token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
        using var response = await Http.SendAsync(request);
        return new(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase)
        );
    }

    private static StringContent? JsonOf(object? body) =>
        body is null ? null : new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
}

/// <summary>Short ways into an answer.</summary>
internal static class JsonNodes
{
    public static string Text(this JsonNode node, string name) =>
        (string?)node[name] ?? throw new InvalidOperationException($"There is no '{name}' in {node}");

    public static int Number(this JsonNode node, string name) =>
        (int?)node[name] ?? throw new InvalidOperationException($"There is no '{name}' in {node}");

    public static IReadOnlyList<JsonNode> List(this JsonNode node, string name) =>
        [.. node[name]!.AsArray().Select(item => item!)];
}
