using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;

namespace FactCheck.Functions.Reading;

/// <summary>The app's program as a reader: it reads one file after the other for the process that started it, and ends
/// with it.</summary>
internal static class Reader
{
    /// <summary>The one argument that makes the program a reader.</summary>
    public const string Argument = "--read";

    /// <summary>The exit code of a reader that a file needed too much memory of.</summary>
    public const int OutOfMemory = 3;

    // The kernel's choice, where memory is short: this process rather than the app or its host.
    private const string OomScore = "/proc/self/oom_score_adj";
    private const string FirstToGo = "1000";

    private const string Text = "# The river\n\nIt rose by 4 metres.\n\n“It was never higher,” said Ana Kovač.";
    private const string Page = "<!doctype html><title>The river</title><article><p>It rose by 4 metres.</p></article>";

    public static async Task<int> RunAsync()
    {
        var (input, output) = (Console.OpenStandardInput(), Console.OpenStandardOutput());
        Console.SetOut(TextWriter.Null); // what a parser says would be taken for an answer
        GiveWay();
        await WarmUpAsync();
        await Wire.SayReadyAsync(output);
        var files = Channel.CreateBounded<FileToRead>(1);
        // On a thread of its own, since it looks while a file is read: who waits for that may be gone.
        new Thread(() => Receive(input, files.Writer)) { IsBackground = true, Name = "Orders" }.Start();
        try
        {
            await foreach (var (content, name, known, limits, asked) in files.Reader.ReadAllAsync())
                await Wire.WriteAsync(
                    output,
                    ArticleReader.Read(content, name, known, limits, asked, CancellationToken.None),
                    CancellationToken.None
                );
            return 0;
        }
        catch (OutOfMemoryException)
        {
            return OutOfMemory;
        }
    }

    // The end of the input is the end of whoever asked.
    private static void Receive(Stream input, ChannelWriter<FileToRead> files)
    {
        try
        {
            while (Wire.ReadFileAsync(input, CancellationToken.None).GetAwaiter().GetResult() is { } file)
                files.WriteAsync(file).AsTask().GetAwaiter().GetResult();
            Environment.Exit(0);
        }
        catch (OutOfMemoryException)
        {
            Environment.Exit(OutOfMemory);
        }
    }

    // People and the queue come first, and neither takes a right to say so.
    private static void GiveWay()
    {
        try
        {
            using var self = Process.GetCurrentProcess();
            self.PriorityClass = ProcessPriorityClass.BelowNormal;
            if (File.Exists(OomScore))
                File.WriteAllText(OomScore, FirstToGo);
        }
        catch (Exception error) when (error is Win32Exception or IOException or UnauthorizedAccessException)
        {
            // It is not let: then it reads as if it were as urgent as anything.
        }
    }

    // The first page takes a hundred times as long as the second: nobody shall wait for that but who starts it.
    private static async Task WarmUpAsync()
    {
        foreach (var (name, content) in new[] { ("a.html", Page), ("a.md", Text), ("a.txt", Text) })
        {
            var result = ArticleReader.Read(Encoding.UTF8.GetBytes(content), name, new(), ReadLimits.Default);
            await Wire.WriteAsync(Stream.Null, result, CancellationToken.None);
        }
    }
}
