using System.Net.Sockets;

namespace FactCheck.Host.Worker;

/// <summary>Waits for a port to answer: a worker may be connected before it listens for requests.</summary>
internal static class Reachable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <exception cref="FunctionHostException">None could within <paramref name="limit"/>.</exception>
    public static async Task WhenAsync(Uri address, TimeSpan limit, CancellationToken cancellation)
    {
        var end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (true)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(address.Host, address.Port, cancellation);
                return;
            }
            catch (SocketException exception)
            {
                if (Environment.TickCount64 > end)
                    throw new FunctionHostException(
                        $"The worker said it answers at {address}, but nothing listens there: {exception.Message}",
                        exception
                    );
            }
            await Task.Delay(Pause, cancellation);
        }
    }
}
