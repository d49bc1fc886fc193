using System.Text.RegularExpressions;

namespace FactCheck.Host.Triggers;

/// <summary>A blob path such as <c>articles/{name}</c>: a container, and which names in it, in parts.</summary>
internal sealed class BlobPattern
{
    private readonly Regex _regex;

    /// <exception cref="FormatException">It has no container, or its braces don't match.</exception>
    public BlobPattern(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == path.Length - 1)
            throw new FormatException(
                $"blob path '{path}' is not of the form container/name, such as 'articles/{{name}}'"
            );
        Container = path[..slash];
        if (Container.Contains('{', StringComparison.Ordinal) || Container is "." or "..")
            throw new FormatException($"blob path '{path}' must name its container");
        var pattern = path[(slash + 1)..];
        var regex = Regex.Replace(
            pattern,
            @"(?<double>\{\{|\}\})|\{(?<part>[A-Za-z_]\w*)\}(?<next>/?)|(?<text>[^{}]+)|(?<brace>[{}])",
            Translate,
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(1)
        );
        _regex = new Regex(
            $@"\A{regex}\z",
            RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline,
            TimeSpan.FromSeconds(1)
        );
        Parts = [.. _regex.GetGroupNames().Where(name => !char.IsDigit(name[0]))];

        string Translate(Match match) =>
            match switch
            {
                _ when match.Groups["brace"].Success => throw new FormatException(
                    $"blob path '{path}' has a brace that is not part of a {{name}}"
                ),
                _ when match.Groups["double"].Success => Regex.Escape(match.Value[..1]),
                _ when match.Groups["text"].Success => Regex.Escape(match.Value),
                // Before a slash a part is one folder; elsewhere it spans folders, as on Azure.
                _ when match.Groups["next"].Length > 0 => $"(?<{match.Groups["part"].Value}>[^/]+)/",
                _ => $"(?<{match.Groups["part"].Value}>.+)",
            };
    }

    public string Container { get; }

    /// <summary>The names in braces.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>The parts of a name; null when it doesn't match.</summary>
    public Dictionary<string, string>? Match(string name)
    {
        var match = _regex.Match(name);
        return match.Success
            ? Parts.ToDictionary(part => part, part => match.Groups[part].Value, StringComparer.OrdinalIgnoreCase)
            : null;
    }
}
