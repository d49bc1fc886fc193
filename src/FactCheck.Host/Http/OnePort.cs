using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace FactCheck.Host.Http;

/// <summary>HTTP/1.1 and HTTP/2 at one port without TLS. Kestrel tells them apart by what TLS negotiated; here the
/// bytes do by which every HTTP/2 client begins (RFC 9113, 3.4), and Kestrel is told as if TLS had.</summary>
internal static class OnePort
{
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    /// <summary>Looks at a connection's first bytes, which stay where they are.</summary>
    /// <param name="limit">How long they may be on their way.</param>
    public static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next, TimeSpan limit)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        late.CancelAfter(limit);
        try
        {
            if (await IsHttp2Async(connection, late.Token))
            {
                connection.Features.Set<ITlsConnectionFeature>(Negotiated.Http2);
                connection.Features.Set<ITlsApplicationProtocolFeature>(Negotiated.Http2);
            }
        }
        catch (Exception silent) when (silent is OperationCanceledException or IOException)
        {
            connection.Abort(new ConnectionAbortedException("The client said nothing."));
            return;
        }
        await next(connection);
    }

    private static async Task<bool> IsHttp2Async(ConnectionContext connection, CancellationToken late)
    {
        var input = connection.Transport.Input;
        for (; ; )
        {
            var read = await input.ReadAsync(late);
            var (isPreface, isEnough) = Look(read.Buffer);
            var examined = isEnough || read.IsCompleted ? read.Buffer.Start : read.Buffer.End;
            input.AdvanceTo(read.Buffer.Start, examined);
            if (isEnough || read.IsCompleted)
                return isPreface;
        }
    }

    private static (bool IsPreface, bool IsEnough) Look(System.Buffers.ReadOnlySequence<byte> bytes)
    {
        var index = 0;
        foreach (var segment in bytes)
        {
            foreach (var one in segment.Span)
            {
                if (one != Preface[index++])
                    return (false, true);
                if (index == Preface.Length)
                    return (true, true);
            }
        }
        return (false, false);
    }

    /// <summary>What TLS would have negotiated. Nothing is encrypted: requests keep the scheme they name.</summary>
    private sealed class Negotiated : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public static readonly Negotiated Http2 = new();

        public X509Certificate2? ClientCertificate { get; set; }

        public ReadOnlyMemory<byte> ApplicationProtocol => SslApplicationProtocol.Http2.Protocol;

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
            Task.FromResult<X509Certificate2?>(null);
    }
}
