using FactCheck.Storage.Local;

namespace FactCheck.Storage;

/// <summary>Signs the desk's own tokens. A host without one takes only tokens of an OpenID Connect issuer.</summary>
public sealed record SigningKey(byte[] Bytes)
{
    /// <summary>The key of a data folder, made on first use with mode 0600 (its folder 0700).</summary>
    /// <exception cref="DamagedDeskException">The file that should hold it holds something else.</exception>
    public static SigningKey ReadOrMake(string dataFolder) =>
        new(
            KeyFile.ReadOrMake(
                dataFolder,
                "signing.key",
                "signing key",
                "Remove it to have a new one made; every token and session then ends."
            )
        );
}
