using System.Text;

namespace FactCheck.AcceptanceTests;

/// <summary>A data folder that goes away with its test.</summary>
internal sealed class DataFolder : IDisposable
{
    public DataFolder() => Directory.CreateDirectory(Articles);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"factcheck-{Guid.NewGuid():N}");

    public string Articles => System.IO.Path.Combine(Path, "articles");

    public void Dispose()
    {
        for (var tries = 1; Directory.Exists(Path); tries++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (IOException) when (tries < 20)
            {
                Thread.Sleep(100); // what was killed just now may still have been writing
            }
        }
    }

    /// <summary>Puts a file where articles are watched for.</summary>
    public void Drop(string name, string text) => Drop(name, Encoding.UTF8.GetBytes(text));

    public void Drop(string name, byte[] content) =>
        File.WriteAllBytes(System.IO.Path.Combine(Articles, name), content);
}
