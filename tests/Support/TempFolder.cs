namespace FactCheck.Support;

/// <summary>A folder that is gone after the test.</summary>
public class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("factcheck-").FullName;

    public string this[params ReadOnlySpan<string> parts] => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
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
}
