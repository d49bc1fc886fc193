using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using FactCheck.Storage.Local;
using Microsoft.AspNetCore.Http;

namespace FactCheck.Cli.Operate;

/// <summary>The key to a host's management routes, as Azure's host takes its own: header <c>x-functions-key</c> or
/// query <c>code</c>; a bearer token will do too.</summary>
internal sealed class HostKey
{
    private const int Bytes = 32;

    private readonly byte[] _text;

    private HostKey(string file, string text) => (File, _text) = (file, Encoding.ASCII.GetBytes(text));

    public string File { get; }

    /// <summary>The key of a data folder, made on first use. Only the owner of the folder can read it.</summary>
    /// <exception cref="CommandException">The file that should hold it holds something else.</exception>
    public static HostKey ReadOrMake(string data)
    {
        var folder = Path.Combine(data, "keys");
        LocalFiles.CreateFolder(folder);
        var file = Path.Combine(folder, "host.key");
        try
        {
            using var stream = new FileStream(file, LocalFiles.NewFile(FileMode.CreateNew));
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes))));
            stream.Flush(flushToDisk: true);
        }
        catch (IOException) when (System.IO.File.Exists(file))
        {
            // Made by an earlier start.
        }

        var text = System.IO.File.ReadAllText(file).Trim();
        return text.Length == 2 * Bytes && text.All(char.IsAsciiHexDigit)
            ? new(file, text)
            : throw new CommandException(
                ExitCode.Failed,
                $"'{file}' is no host key. Remove it to have a new one made."
            );
    }

    public bool Opens(HttpRequest request) =>
        Given(request).Any(given => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _text));

    private static IEnumerable<string> Given(HttpRequest request)
    {
        if (request.Headers["x-functions-key"].ToString() is { Length: > 0 } header)
            yield return header;
        if (request.Query["code"].ToString() is { Length: > 0 } code)
            yield return code;
        if (
            AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var bearer)
            && bearer is { Scheme: "Bearer", Parameter: { } token }
        )
            yield return token;
    }
}
