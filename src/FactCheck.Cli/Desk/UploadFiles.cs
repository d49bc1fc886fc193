using System.Text.RegularExpressions;
using FactCheck.Storage.Rules;

namespace FactCheck.Cli.Desk;

/// <summary>A file, and what the article will be called, with "/" between parts.</summary>
internal sealed record UploadFile(string Path, string Name)
{
    /// <summary>What lies beside it as <c>NAME.meta.json</c>, with what the command line says put over it. Only the
    /// names that a host understands.</summary>
    /// <exception cref="CommandException">The file beside it can't be read.</exception>
    public IReadOnlyDictionary<string, string> MetadataWith(IReadOnlyDictionary<string, string> given)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var sidecar = BlobSidecar.NameOf(Path);
        if (File.Exists(sidecar))
        {
            var beside = BlobSidecar.Read(File.ReadAllBytes(sidecar));
            if (beside.TryGetValue(BlobSidecar.Error, out var problem))
                throw new CommandException(ExitCode.Usage, $"{sidecar}: {problem}");
            foreach (var name in ArticleFile.MetadataNames)
                if (beside.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value))
                    metadata[name] = value;
        }

        foreach (var (name, value) in given)
            metadata[name] = value;
        return metadata;
    }
}

/// <summary>Files, folders and patterns as the command line names them, as the files to send.</summary>
internal static class UploadFiles
{
    /// <summary>A file is called by its own name; one of a folder or of a pattern by its path from there. Of folders
    /// and patterns only the kinds of text that a host reads are taken, nothing hidden, and no links: they lead out of
    /// the folder, or round in it. A file or folder that is named is taken whatever it is.</summary>
    /// <exception cref="CommandException">Something is not there, or two files would get one name.</exception>
    public static IReadOnlyList<UploadFile> Expand(IReadOnlyList<string> paths, string? prefix = null)
    {
        var files = paths
            .SelectMany(Expand)
            .DistinctBy(f => Path.GetFullPath(f.Path), StringComparer.Ordinal)
            .Select(f => f with { Name = prefix + f.Name })
            .OrderBy(f => f.Name, StringComparer.Ordinal)
            .ToList();
        if (files.GroupBy(f => f.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new CommandException(
                ExitCode.Usage,
                $"Two files would both be called '{same.Key}': {string.Join(" and ", same.Select(f => f.Path))}. "
                    + "Send them one by one, with --name-prefix."
            );
        return files;
    }

    /// <summary>Files of folders and patterns whose kind is not read, but for the metadata beside an article.</summary>
    public static IReadOnlyList<string> PassedOver(IReadOnlyList<string> paths) =>
        [
            .. paths
                .Where(path => !File.Exists(path))
                .Select(PlaceOf)
                .SelectMany(place => Below(place.Folder).Where(file => place.IsWanted(file.Name)))
                .Where(file => !ArticleFile.IsNamed(file.Name) && !BlobSidecar.IsNamed(file.Name))
                .DistinctBy(file => Path.GetFullPath(file.Path), StringComparer.Ordinal)
                .Select(file => file.Name)
                .Order(StringComparer.Ordinal),
        ];

    private static IEnumerable<UploadFile> Expand(string path)
    {
        if (File.Exists(path))
            return [new(path, Path.GetFileName(path))];
        var (folder, isWanted) = PlaceOf(path);
        var found = Below(folder).Where(file => ArticleFile.IsNamed(file.Name) && isWanted(file.Name)).ToList();
        var otherwise = Directory.Exists(path) ? $"'{path}' holds no article" : $"No article matches '{path}'";
        return found.Count > 0
            ? found
            : throw new CommandException(
                ExitCode.NotFound,
                $"{otherwise}: files ending in {string.Join(", ", ArticleFile.Endings)}."
            );
    }

    private static (string Folder, Func<string, bool> IsWanted) PlaceOf(string path)
    {
        if (Directory.Exists(path))
            return (path, _ => true);
        if (!IsPattern(path))
            throw new CommandException(ExitCode.NotFound, $"There is no file or folder '{path}'.");

        // What stands before the first part with a wildcard is a folder.
        var parts = path.Replace('\\', '/').Split('/');
        var fixedParts = parts.TakeWhile(p => !IsPattern(p)).Count();
        var folder =
            fixedParts == 0
                ? "."
                : string.Join('/', parts[..fixedParts]) + (fixedParts == 1 && parts[0].Length == 0 ? "/" : "");
        if (!Directory.Exists(folder))
            throw new CommandException(ExitCode.NotFound, $"There is no folder '{folder}'.");
        var pattern = PatternOf(string.Join('/', parts[fixedParts..]));
        return (folder, pattern.IsMatch);
    }

    private static IEnumerable<UploadFile> Below(string folder)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
            IgnoreInaccessible = false,
        };
        return Directory
            .EnumerateFiles(folder, "*", options)
            .Select(path => new UploadFile(
                path,
                Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/')
            ));
    }

    private static bool IsPattern(string path) => path.AsSpan().IndexOfAny("*?[") >= 0;

    // "**" is any number of folders, "*" and "?" stay inside one name, [abc] and [!abc] are one of some characters.
    private static Regex PatternOf(string pattern)
    {
        var regex = Regex
            .Escape(pattern)
            .Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal)
            .Replace(@"\*\*", ".*", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal)
            .Replace(@"\?", "[^/]", StringComparison.Ordinal)
            .Replace(@"\[!", "[^", StringComparison.Ordinal)
            .Replace(@"\[", "[", StringComparison.Ordinal);
        try
        {
            return new($"^(?:{regex})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException)
        {
            throw new CommandException(ExitCode.Usage, $"'{pattern}' is no pattern: a '[' has no end.");
        }
    }
}
