#pragma warning disable CA1822
using System.Text.Json.Nodes;

namespace FactCheck.Host.Durable;

internal sealed class RuntimeFile : IDisposable
{
    public string? Owner { get; }
    public IReadOnlyList<string> PoisonBlobs { get; } = [];
    public static RuntimeFile OpenRead(string dataDirectory) => throw new FileNotFoundException($"'{dataDirectory}' holds no runtime.db.");
    public (IReadOnlyList<JsonObject> Items, string? Next) List(string? prefix, IReadOnlyList<string>? states, DateTimeOffset? from, int size, string? cursor) => ([], null);
    public JsonObject? Find(string instanceId, bool history = false) => null;
    public static JsonObject AsJson(string blob) => [];
    public void Dispose() { }
}
