using System.Collections.Frozen;

namespace FactCheck.Extraction.Documents.Html;

/// <summary>Kinds of elements that an end, written or implied, does not reach beyond.</summary>
[Flags]
internal enum Barriers
{
    /// <summary>Cells, buttons and other worlds of their own.</summary>
    Scope = 1,
    List = 2,
    Row = 4,
    Table = 8,
    Block = 16,

    /// <summary>Ordinary markup inside of a drawing.</summary>
    InDrawing = 32,
}

/// <summary>
/// The elements that are open, innermost last. The depths of each name and of each kind of barrier are kept apart, so
/// that no question walks over all that is open.
/// </summary>
internal sealed class OpenElements
{
    private static readonly FrozenDictionary<string, Barriers[]> Kinds = (
        ((Barriers Kind, IEnumerable<string> Names)[])
            [
                (Barriers.Block, Tags.Blocks),
                (Barriers.Scope, Tags.Scopes),
                (Barriers.List, ["ul", "ol", "menu", "dir", "dl"]),
                (Barriers.Row, ["tr"]),
                (Barriers.Table, ["table"]),
                (Barriers.InDrawing, ["foreignobject", "desc"]),
            ]
    )
        .SelectMany(k => k.Names.Select(name => (Name: name, k.Kind)))
        .GroupBy(k => k.Name, k => k.Kind, StringComparer.Ordinal)
        .ToFrozenDictionary(k => k.Key, k => k.ToArray(), StringComparer.Ordinal);

    private readonly List<(int Node, string Name)> _open = [];
    private readonly Dictionary<string, Stack<int>> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<Barriers, Stack<int>> _barriers = Enum.GetValues<Barriers>()
        .ToDictionary(barrier => barrier, _ => new Stack<int>());

    internal int Count => _open.Count;

    internal (int Node, string Name) Innermost => _open[^1];

    internal void Push(int node, string name)
    {
        _open.Add((node, name));
        if (!_names.TryGetValue(name, out var depths))
            _names[name] = depths = new();
        depths.Push(_open.Count);
        foreach (var barrier in Of(name))
            _barriers[barrier].Push(_open.Count);
    }

    /// <returns>The node that was innermost.</returns>
    internal int Pop()
    {
        var (node, name) = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        _names[name].Pop();
        foreach (var barrier in Of(name))
            _barriers[barrier].Pop();
        return node;
    }

    internal bool IsOpen(string name) => Depth(name) > 0;

    /// <summary>How many elements end with the innermost of this name; 0 when none is open on this side of the
    /// barriers.</summary>
    internal int CountUpTo(string name, Barriers barriers)
    {
        var depth = Depth(name);
        if (depth == 0)
            return 0;
        foreach (var (barrier, depths) in _barriers)
            if (barriers.HasFlag(barrier) && depths.TryPeek(out var at) && at > depth)
                return 0;
        return _open.Count - depth + 1;
    }

    private int Depth(string name) =>
        _names.TryGetValue(name, out var depths) && depths.TryPeek(out var depth) ? depth : 0;

    private static Barriers[] Of(string name) => Kinds.GetValueOrDefault(name) ?? [];
}
