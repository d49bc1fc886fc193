using System.Text.Json;
using System.Text.Json.Nodes;
using FactCheck.Host.Worker;
using FactCheck.Host.Worker.Rpc;
using Google.Protobuf;

namespace FactCheck.Host.Triggers;

/// <summary>A function that blobs start, and what it is sent.</summary>
internal sealed class BlobFunction
{
    /// <summary>The most that is sent of a blob; who wants more binds something that reads it by itself.</summary>
    public const int MostContent = 64 * 1024 * 1024;

    private readonly string _connection;
    private readonly bool _isDeferred;

    /// <exception cref="FunctionHostException">Its path can't be meant.</exception>
    public BlobFunction(HostedFunction function, FunctionHostOptions options)
    {
        Function = function;
        try
        {
            Pattern = new BlobPattern(BindingText.Resolve(function.Trigger.Text("path") ?? "", options));
        }
        catch (FormatException exception)
        {
            throw new FunctionHostException($"Function '{function.Name}': {exception.Message}.", exception);
        }
        var wantsContent =
            function.Trigger.Text("dataType") is { } type
            && (
                type.Equals("string", StringComparison.OrdinalIgnoreCase)
                || type.Equals("binary", StringComparison.OrdinalIgnoreCase)
            );
        _isDeferred = !wantsContent && function.Trigger.HasProperty("supportsDeferredBinding");
        _connection = options.BlobService is null
            ? FolderBlobService.ConnectionName
            : function.Trigger.Text("connection") ?? "AzureWebJobsStorage";
    }

    public HostedFunction Function { get; }

    public BlobPattern Pattern { get; }

    public string Name => Function.Name;

    /// <summary>Whether it is sent the bytes; else it is told where they are, and reads them if it wants to.</summary>
    public bool NeedsContent => !_isDeferred;

    public BlobKey KeyOf(FoundBlob blob) => new(Name, Pattern.Container, blob.Name);

    /// <param name="content">Its bytes, when they are needed.</param>
    public Invocation CallFor(BlobDetails blob, ReadOnlyMemory<byte> content) =>
        new(
            Function,
            _isDeferred
                ? new() { ModelBindingData = Reference(blob.Blob) }
                : new() { Bytes = UnsafeByteOperations.UnsafeWrap(content) },
            Metadata(blob)
        );

    private ModelBindingData Reference(FoundBlob blob) =>
        new()
        {
            Version = "1.0",
            Source = "AzureStorageBlobs",
            ContentType = "application/json",
            Content = ByteString.CopyFromUtf8(
                new JsonObject
                {
                    ["Connection"] = _connection,
                    ["ContainerName"] = Pattern.Container,
                    ["BlobName"] = blob.Name,
                }.ToJsonString()
            ),
        };

    private Dictionary<string, TypedData> Metadata(BlobDetails blob)
    {
        var name = blob.Blob.Name;
        var metadata = Pattern
            .Match(name)!
            .ToDictionary(
                part => part.Key,
                part => new TypedData { String = part.Value },
                StringComparer.OrdinalIgnoreCase
            );
        metadata["BlobTrigger"] = new() { String = $"{Pattern.Container}/{name}" };
        metadata["Uri"] = new() { Json = JsonSerializer.Serialize(blob.Uri.AbsoluteUri) };
        metadata["Properties"] = new()
        {
            Json = new JsonObject
            {
                ["LastModified"] = blob.LastModified,
                ["ContentLength"] = blob.Length,
                ["ContentType"] = blob.ContentType,
                ["ETag"] = blob.Blob.ETag,
            }.ToJsonString(),
        };
        metadata["Metadata"] = new() { Json = JsonSerializer.Serialize(blob.Metadata) };
        return metadata;
    }
}
