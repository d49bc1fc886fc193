using System.Text;

namespace FactCheck.Support;

/// <summary>A data folder that goes away with its test.</summary>
public sealed class DataFolder : TempFolder
{
    public DataFolder() => Directory.CreateDirectory(Articles);

    public string Articles => this["articles"];

    /// <summary>Puts a file where articles are watched for.</summary>
    public void Drop(string name, string text) => Drop(name, Encoding.UTF8.GetBytes(text));

    public void Drop(string name, byte[] content) => File.WriteAllBytes(this["articles", name], content);
}
