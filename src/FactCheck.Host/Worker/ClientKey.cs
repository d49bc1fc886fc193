using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace FactCheck.Host.Worker;

/// <summary>Lets the app's durable clients in, and nobody else's on the machine. The host makes a key for its lifetime,
/// and hands it out as the connection name of the client binding, which a client sends with each call.</summary>
internal sealed class ClientKey : Interceptor
{
    /// <summary>Where a client sends it.</summary>
    public const string Header = "durable-connectionname";

    private const int Bytes = 16;

    private readonly byte[] _key = Encoding.ASCII.GetBytes(Convert.ToHexString(RandomNumberGenerator.GetBytes(Bytes)));

    public string Text => Encoding.ASCII.GetString(_key);

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        Check(context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    )
    {
        Check(context);
        return continuation(request, responseStream, context);
    }

    private void Check(ServerCallContext context)
    {
        var given = Encoding.UTF8.GetBytes(context.RequestHeaders.GetValue(Header) ?? string.Empty);
        if (!CryptographicOperations.FixedTimeEquals(given, _key))
            throw new Grpc.Core.RpcException(
                new Status(
                    StatusCode.Unauthenticated,
                    "This is for the app's own durable clients: the binding names the connection."
                )
            );
    }
}
