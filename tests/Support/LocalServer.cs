using System.Net;
using System.Net.Sockets;

namespace FactCheck.Support;

/// <summary>A web server of a test's own on this machine.</summary>
public sealed class LocalServer : IDisposable
{
    // Below the ports that the system gives to outgoing connections, so that none of them takes one in between.
    private const int FirstPort = 20_000;
    private const int LastPort = 30_000;

    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerContext, Task> _answer;

    // Requests are answered one after the other; who answers one closes it.
    public LocalServer(Func<HttpListenerContext, Task> answer)
    {
        _answer = answer;
        Address = FreeAddress();
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>An address on this machine that nobody listens on.</summary>
    public static Uri FreeAddress()
    {
        while (true)
        {
            var port = Random.Shared.Next(FirstPort, LastPort);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return new($"http://127.0.0.1:{port}/");
            }
            catch (SocketException)
            {
                // Somebody has it: try another.
            }
        }
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext call;
            try
            {
                call = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is ObjectDisposedException or HttpListenerException)
            {
                return; // closed by the test
            }

            await _answer(call);
        }
    }
}
